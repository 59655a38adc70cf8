package io.promptmonitor.jobs.sink;

import io.promptmonitor.common.rollback.RollbackJson;
import io.promptmonitor.common.rollback.RollbackRecord;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.List;

/**
 * The table {@code rollback_event}. The registry writes to the same row in the transaction that
 * switches, so what is written here may be older than what is there: a rollback that happened stays
 * one, and neither a step nor an outcome is ever taken back.
 */
final class RollbackTable implements JdbcTable<RollbackRecord> {

  /** Those that the registry knows best once it has switched. */
  private static final List<String> BEFORE =
      List.of(
          "kind",
          "prompt_id",
          "from_version",
          "to_version",
          "status",
          "refusal",
          "refusal_reason",
          "requested_by",
          "reason",
          "triggered_at",
          "switched_at",
          "registry_event_id",
          "cause",
          "evidence");

  /** Those that are written once. */
  private static final List<String> AFTER =
      List.of(
          "snapshot",
          "watch_until",
          "outcome",
          "outcome_reason",
          "outcome_at",
          "recovery",
          "stragglers",
          "analysis");

  private static final String UPSERT = upsert();

  private static String upsert() {
    String columns =
        "rollback_id, " + String.join(", ", BEFORE) + ", " + String.join(", ", AFTER) + ", steps";
    StringBuilder sql =
        new StringBuilder("INSERT INTO promptmon.rollback_event (")
            .append(columns)
            .append(") SELECT ")
            .append(columns)
            .append(" FROM jsonb_populate_record(NULL::promptmon.rollback_event, ?::jsonb)")
            .append(" ON CONFLICT (rollback_id) DO UPDATE SET updated_at = now(), steps =")
            .append(
                " CASE WHEN rollback_event.outcome IS NULL AND (rollback_event.status <> 'switched'")
            .append(
                " OR jsonb_array_length(EXCLUDED.steps) >= jsonb_array_length(rollback_event.steps))")
            .append(" THEN EXCLUDED.steps ELSE rollback_event.steps END");
    for (String column : BEFORE) {
      sql.append(", ").append(column).append(" = EXCLUDED.").append(column);
    }
    for (String column : AFTER) {
      sql.append(", ")
          .append(column)
          .append(" = coalesce(rollback_event.")
          .append(column)
          .append(", EXCLUDED.")
          .append(column)
          .append(')');
    }
    return sql.append(" WHERE rollback_event.status <> 'switched' OR EXCLUDED.status = 'switched'")
        .toString();
  }

  @Override
  public String name() {
    return "rollback_event";
  }

  @Override
  public List<String> statements() {
    return List.of(UPSERT);
  }

  @Override
  public int statement(RollbackRecord rollback) {
    return 0;
  }

  @Override
  public Object key(RollbackRecord rollback) {
    return rollback.rollbackId();
  }

  @Override
  public void bind(RollbackRecord rollback, PreparedStatement statement) throws SQLException {
    new Parameters(statement).text(RollbackJson.write(rollback));
  }
}
