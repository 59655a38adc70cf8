package io.promptmonitor.jobs.sink;

import io.promptmonitor.common.alerts.AlertEvent;
import io.promptmonitor.common.alerts.AlertPhase;
import io.promptmonitor.common.alerts.AlertTransition.Cause;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.List;
import java.util.Locale;

/**
 * The table {@code rule_status}: a row for each rule of a version, until the rule does not hold for
 * it any more.
 */
final class RuleStatusTable implements JdbcTable<AlertEvent> {

  private static final int STATUS = 0;
  private static final int REMOVAL = 1;

  private static final String UPSERT =
      "INSERT INTO promptmon.rule_status (prompt_id, prompt_version, rule, kind, severity, phase,"
          + " data_status, reason, since, alert_id) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"
          + " ON CONFLICT (prompt_id, prompt_version, rule) DO UPDATE SET kind = EXCLUDED.kind,"
          + " severity = EXCLUDED.severity, phase = EXCLUDED.phase,"
          + " data_status = EXCLUDED.data_status, reason = EXCLUDED.reason,"
          + " since = EXCLUDED.since, alert_id = EXCLUDED.alert_id, updated_at = now()";

  private static final String DELETE =
      "DELETE FROM promptmon.rule_status"
          + " WHERE prompt_id = ? AND prompt_version = ? AND rule = ?";

  @Override
  public String name() {
    return "rule_status";
  }

  @Override
  public List<String> statements() {
    return List.of(UPSERT, DELETE);
  }

  @Override
  public int statement(AlertEvent event) {
    return event.cause() == Cause.RULE_REMOVED ? REMOVAL : STATUS;
  }

  @Override
  public Object key(AlertEvent event) {
    return event.key();
  }

  @Override
  public void bind(AlertEvent event, PreparedStatement statement) throws SQLException {
    Parameters parameters =
        new Parameters(statement)
            .text(event.key().promptVersion().promptId())
            .text(event.key().promptVersion().version())
            .text(event.key().rule());
    if (statement(event) == STATUS) {
      parameters
          .text(event.rule().kind().label())
          .text(event.rule().severity().label())
          .text(event.phase().name().toLowerCase(Locale.ROOT))
          .text(event.data().name().toLowerCase(Locale.ROOT))
          .text(event.reason())
          .time(event.time())
          .text(event.phase() == AlertPhase.INACTIVE ? null : event.alertId());
    }
  }
}
