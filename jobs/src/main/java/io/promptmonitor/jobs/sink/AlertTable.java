package io.promptmonitor.jobs.sink;

import io.promptmonitor.common.alerts.AlertAction;
import io.promptmonitor.common.alerts.AlertEvent;
import io.promptmonitor.common.alerts.AlertReading;
import io.promptmonitor.common.alerts.AlertTransition.Change;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.List;
import java.util.Locale;
import java.util.Objects;

/**
 * The table {@code alert}: a row for each episode. What was seen when the alert began to fire stays
 * when it ends.
 */
final class AlertTable implements JdbcTable<AlertEvent> {

  private static final int BEGUN = 0;
  private static final int ENDED = 1;

  /**
   * What has ended stays so if the beginning is told again. An episode of the same rule and version
   * that still goes on in the table is one that no job knows any more: a new one ends it.
   */
  private static final String BEGIN =
      "WITH begun AS (INSERT INTO promptmon.alert (alert_id, prompt_id, prompt_version, rule, kind, severity,"
          + " condition, hold, actions, phase, cause, pending_since, fired_at, ended_at, operator,"
          + " flagged_for_review, "
          + Parameters.READING
          + ") VALUES (?, ?, ?, ?, ?, ?, ?, make_interval(secs => ?), ?, ?, ?, ?, ?, NULL, ?, ?, "
          + Parameters.READING_VALUES
          + ") ON CONFLICT (alert_id) DO UPDATE SET phase = EXCLUDED.phase, cause = EXCLUDED.cause,"
          + " fired_at = EXCLUDED.fired_at, ended_at = NULL, operator = EXCLUDED.operator,"
          + " flagged_for_review = EXCLUDED.flagged_for_review, metric = EXCLUDED.metric,"
          + " value = EXCLUDED.value, threshold = EXCLUDED.threshold,"
          + " baseline = EXCLUDED.baseline, sample_count = EXCLUDED.sample_count,"
          + " window_length = EXCLUDED.window_length, evidence = EXCLUDED.evidence,"
          + " updated_at = now()"
          + " WHERE alert.ended_at IS NULL"
          + " OR alert.fired_at IS NULL AND EXCLUDED.fired_at IS NOT NULL"
          + " RETURNING alert_id, prompt_id, prompt_version, rule, pending_since)"
          + " UPDATE promptmon.alert SET cause = 'superseded', ended_at = begun.pending_since,"
          + " phase = CASE WHEN alert.fired_at IS NULL THEN 'cancelled' ELSE 'resolved' END,"
          + " updated_at = now() FROM begun"
          + " WHERE alert.prompt_id = begun.prompt_id"
          + " AND alert.prompt_version = begun.prompt_version AND alert.rule = begun.rule"
          + " AND alert.ended_at IS NULL AND alert.pending_since < begun.pending_since";

  private static final String END =
      "UPDATE promptmon.alert SET phase = ?, cause = ?, ended_at = ?, updated_at = now()"
          + " WHERE alert_id = ?";

  @Override
  public String name() {
    return "alert";
  }

  @Override
  public List<String> statements() {
    return List.of(BEGIN, END);
  }

  @Override
  public boolean expectsRow(int statement) {
    return statement == ENDED;
  }

  @Override
  public int statement(AlertEvent event) {
    return event.change() == Change.PENDING || event.change() == Change.FIRING ? BEGUN : ENDED;
  }

  @Override
  public Object key(AlertEvent event) {
    return Objects.requireNonNull(event.alertId(), "of an episode");
  }

  @Override
  public void bind(AlertEvent event, PreparedStatement statement) throws SQLException {
    Parameters parameters = new Parameters(statement);
    String alertId = Objects.requireNonNull(event.alertId(), "of an episode");
    String phase = event.change().name().toLowerCase(Locale.ROOT);
    String cause = event.cause().name().toLowerCase(Locale.ROOT);
    if (statement(event) == ENDED) {
      parameters.text(phase).text(cause).time(event.time()).text(alertId);
      return;
    }
    AlertReading reading = event.reading();
    parameters
        .text(alertId)
        .text(event.key().promptVersion().promptId())
        .text(event.key().promptVersion().version())
        .text(event.key().rule())
        .text(event.rule().kind().label())
        .text(event.rule().severity().label())
        .text(event.rule().condition())
        .seconds(event.rule().hold())
        .texts(event.rule().actions().stream().map(AlertAction::label).toList())
        .text(phase)
        .text(cause)
        .time(event.episode())
        .time(event.firingSince())
        .text(reading == null ? null : reading.operator().symbol())
        .bool(event.demands(AlertAction.FLAG_FOR_REVIEW))
        .reading(reading);
  }
}
