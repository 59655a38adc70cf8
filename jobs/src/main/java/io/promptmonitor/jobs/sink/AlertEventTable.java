package io.promptmonitor.jobs.sink;

import io.promptmonitor.common.alerts.AlertEvent;
import io.promptmonitor.common.alerts.AlertTransition.Change;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.List;
import java.util.Locale;
import java.util.Objects;

/** The table {@code alert_event}: a row for each transition; a replay leaves it as it is. */
final class AlertEventTable implements JdbcTable<AlertEvent> {

  private static final String INSERT =
      "INSERT INTO promptmon.alert_event (alert_id, at, change, cause, data_status, reason, "
          + Parameters.READING
          + ") VALUES (?, ?, ?, ?, ?, ?, "
          + Parameters.READING_VALUES
          + ") ON CONFLICT (alert_id, at, change) DO UPDATE SET cause = EXCLUDED.cause,"
          + " data_status = EXCLUDED.data_status, reason = EXCLUDED.reason,"
          + " metric = EXCLUDED.metric, value = EXCLUDED.value, threshold = EXCLUDED.threshold,"
          + " baseline = EXCLUDED.baseline, sample_count = EXCLUDED.sample_count,"
          + " window_length = EXCLUDED.window_length, evidence = EXCLUDED.evidence";

  private record Key(String alertId, long at, Change change) {
    @Override
    public String toString() {
      return alertId + " " + change + " at " + Timestamps.ofMillis(at);
    }
  }

  @Override
  public String name() {
    return "alert_event";
  }

  @Override
  public List<String> statements() {
    return List.of(INSERT);
  }

  @Override
  public int statement(AlertEvent event) {
    return 0;
  }

  @Override
  public Object key(AlertEvent event) {
    return new Key(
        Objects.requireNonNull(event.alertId(), "of an episode"), event.time(), event.change());
  }

  @Override
  public void bind(AlertEvent event, PreparedStatement statement) throws SQLException {
    new Parameters(statement)
        .text(event.alertId())
        .time(event.time())
        .text(event.change().name().toLowerCase(Locale.ROOT))
        .text(event.cause().name().toLowerCase(Locale.ROOT))
        .text(event.data().name().toLowerCase(Locale.ROOT))
        .text(event.reason())
        .reading(event.reading());
  }
}
