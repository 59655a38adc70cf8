package io.promptmonitor.jobs.sink;

import io.promptmonitor.common.notifications.EscalationRow;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.List;

/** The table {@code alert_escalation}: a row for each episode that people are told of. */
final class AlertEscalationTable implements JdbcTable<EscalationRow> {

  private static final String UPSERT =
      "INSERT INTO promptmon.alert_escalation (alert_id, prompt_id, firing_since, told_at,"
          + " escalated_at, acknowledged_at, acknowledged_by, acknowledged_comment, muted_by,"
          + " due_at, messages, ended_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"
          + " ON CONFLICT (alert_id) DO UPDATE SET firing_since = EXCLUDED.firing_since,"
          + " told_at = EXCLUDED.told_at, escalated_at = EXCLUDED.escalated_at,"
          + " acknowledged_at = EXCLUDED.acknowledged_at,"
          + " acknowledged_by = EXCLUDED.acknowledged_by,"
          + " acknowledged_comment = EXCLUDED.acknowledged_comment,"
          + " muted_by = EXCLUDED.muted_by, due_at = EXCLUDED.due_at,"
          + " messages = EXCLUDED.messages, ended_at = EXCLUDED.ended_at, updated_at = now()";

  @Override
  public String name() {
    return "alert_escalation";
  }

  @Override
  public List<String> statements() {
    return List.of(UPSERT);
  }

  @Override
  public int statement(EscalationRow row) {
    return 0;
  }

  @Override
  public Object key(EscalationRow row) {
    return row.alertId();
  }

  @Override
  public void bind(EscalationRow row, PreparedStatement statement) throws SQLException {
    new Parameters(statement)
        .text(row.alertId())
        .text(row.promptId())
        .time(row.firingSince())
        .time(row.toldAt())
        .time(row.escalatedAt())
        .time(row.acknowledgedAt())
        .text(row.acknowledgedBy())
        .text(row.comment())
        .text(row.mutedBy())
        .time(row.dueAt())
        .integer(row.messages())
        .time(row.endedAt());
  }
}
