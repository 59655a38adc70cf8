package io.promptmonitor.cli;

import io.promptmonitor.common.metrics.MetricText;
import io.promptmonitor.database.Database;
import java.io.PrintWriter;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.LocalDate;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.HashSet;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Tells what happens to a prompt as it comes into the tables. */
final class DemoStory implements AutoCloseable {

  private static final DateTimeFormatter TIME =
      DateTimeFormatter.ofPattern("HH:mm:ss", Locale.ROOT).withZone(ZoneOffset.UTC);

  private static final String LAST_MINUTE =
      "SELECT max(window_end) FROM promptmon.window_metrics WHERE prompt_id = ? AND window_size ="
          + " '1m' AND window_start >= ?";

  private static final String ALERTS =
      "SELECT alert_id, rule, prompt_version, fired_at, ended_at, metric, value, operator, threshold,"
          + " sample_count FROM promptmon.alert WHERE prompt_id = ? AND fired_at >= ? AND severity ="
          + " 'critical' AND kind IN ('alert_rule', 'rollback_trigger') ORDER BY fired_at, rule";

  private static final String ROLLBACKS =
      "SELECT rollback_id, from_version, to_version, triggered_at, watch_until, outcome,"
          + " outcome_reason, outcome_at, evidence ->> 'counted' AS counted,"
          + " evidence ->> 'executions' AS executions, (evidence ->> 'e_value')::double precision AS"
          + " e_value, round(100 * (evidence ->> 'reference')::numeric, 2) AS reference_pct,"
          + " stragglers ->> 'executions' AS stragglers, stragglers ->> 'lag_seconds' AS lag,"
          + " analysis #>> '{performance_to_exploration_mapping,recommendations,0}' AS advice"
          + " FROM promptmon.rollback_event WHERE prompt_id = ? AND triggered_at >= ?"
          + " AND status = 'switched' ORDER BY triggered_at";

  private final Connection connection;
  private final String promptId;
  private final OffsetDateTime start;
  private final PrintWriter out;
  private final Set<String> told = new HashSet<>();
  private Instant now;
  private @Nullable String rollbackId;
  private LocalDate rollbackDay;
  private boolean over;

  /** The story of a prompt from a time on. */
  DemoStory(Database database, String promptId, Instant start, PrintWriter out)
      throws SQLException {
    this.connection = database.connect(Map.of());
    this.promptId = promptId;
    this.start = start.atOffset(ZoneOffset.UTC);
    this.now = start;
    this.rollbackDay = day(start);
    this.out = out;
  }

  /** Up to when there are metrics. */
  Instant now() {
    return now;
  }

  /** Whether a rollback's recovery was watched to the end. */
  boolean isOver() {
    return over;
  }

  /** The rollback; null if there was none yet. */
  @Nullable String rollbackId() {
    return rollbackId;
  }

  /** The day (UTC) of the rollback, or on which the story began. */
  LocalDate rollbackDay() {
    return rollbackDay;
  }

  private static LocalDate day(Instant time) {
    return time.atOffset(ZoneOffset.UTC).toLocalDate();
  }

  /** Tells what is new. */
  void tell() throws SQLException {
    query(LAST_MINUTE, this::minute);
    query(ROLLBACKS, this::rollback);
    query(ALERTS, this::alert);
  }

  private interface Row {
    void read(ResultSet row) throws SQLException;
  }

  private void query(String sql, Row each) throws SQLException {
    try (PreparedStatement statement = connection.prepareStatement(sql)) {
      statement.setString(1, promptId);
      statement.setObject(2, start);
      try (ResultSet rows = statement.executeQuery()) {
        while (rows.next()) {
          each.read(rows);
        }
      }
    }
  }

  private void minute(ResultSet row) throws SQLException {
    Instant time = time(row, "max");
    if (time != null) {
      if (told.add("begin")) {
        say(start.toInstant(), "traffic of " + promptId + " begins, about 300 executions a minute");
      }
      now = time;
    }
  }

  private void alert(ResultSet row) throws SQLException {
    Instant fired = time(row, "fired_at");
    if (fired != null && told.add("alert " + row.getString("alert_id"))) {
      String metric = row.getString("metric");
      say(
          fired,
          "ALERT        "
              + row.getString("rule")
              + ", "
              + row.getString("prompt_version")
              + (metric == null
                  ? ""
                  : ": "
                      + MetricText.comparison(
                          metric,
                          row.getDouble("value"),
                          row.getString("operator"),
                          row.getDouble("threshold"))
                      + " ("
                      + row.getLong("sample_count")
                      + " executions)"));
    }
  }

  private void rollback(ResultSet row) throws SQLException {
    String id = row.getString("rollback_id");
    Instant triggered = time(row, "triggered_at");
    Instant watched = time(row, "watch_until");
    if (triggered != null && watched != null && told.add(id)) {
      rollbackId = id;
      rollbackDay = day(triggered);
      String versions = row.getString("from_version") + " → " + row.getString("to_version");
      say(triggered, "ROLLED BACK  " + versions + ", automatically");
      say(
          triggered,
          "             "
              + row.getString("counted")
              + " of "
              + row.getString("executions")
              + " executions failed, "
              + row.getString("reference_pct")
              + "% would be fine: e-value "
              + MetricText.number(row.getDouble("e_value")));
      say(
          triggered,
          "             recovery of "
              + row.getString("to_version")
              + " is watched until "
              + TIME.format(watched));
    }
    String outcome = row.getString("outcome");
    Instant decided = time(row, "outcome_at");
    if (outcome != null && decided != null && told.add(id + outcome)) {
      over = true;
      String said = outcome.toUpperCase(Locale.ROOT).replace('_', ' ');
      say(decided, String.format("%-13s", said) + row.getString("outcome_reason"));
      String lag = row.getString("lag");
      say(
          decided,
          "             executions that still reported "
              + row.getString("from_version")
              + ": "
              + row.getString("stragglers")
              + (lag == null ? "" : ", the last " + lag + " s after the switch"));
      String advice = row.getString("advice");
      if (advice != null) {
        say(decided, "             analysis: " + advice);
      }
    }
  }

  private void say(Instant time, String text) {
    out.println(TIME.format(time) + "  " + text);
    out.flush();
  }

  private static @Nullable Instant time(ResultSet row, String column) throws SQLException {
    OffsetDateTime time = row.getObject(column, OffsetDateTime.class);
    return time == null ? null : time.toInstant();
  }

  @Override
  public void close() throws SQLException {
    connection.close();
  }
}
