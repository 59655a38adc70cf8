package io.promptmonitor.cli.alerts;

import io.promptmonitor.database.Database;
import io.promptmonitor.database.DatabaseException;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What the tables have of alerts. Connects when it is needed. */
final class StoredAlerts implements AutoCloseable {

  private static final String NOT_AUTHORIZED = "42501";

  /** A schema, table, column or function that does not exist. */
  private static final List<String> NOT_MIGRATED = List.of("3F000", "42P01", "42703", "42883");

  private final Database database;
  private @Nullable Connection connection;

  /** A transition in the life of an alert. */
  record Transition(
      Instant at,
      String change,
      String cause,
      String dataStatus,
      @Nullable String reason,
      StoredReading reading) {}

  /**
   * A message about an alert to a channel.
   *
   * @param about why it was sent: firing, repeated, escalated, acknowledged, resolved
   * @param lastError why the last attempt failed; null if it did not
   */
  record Told(
      Instant createdAt,
      String about,
      String channel,
      String status,
      int attempts,
      @Nullable Instant settledAt,
      @Nullable String lastError,
      @Nullable Instant nextAttemptAt) {}

  /** An execution as evidence of an alert. */
  record Evidence(
      String executionIdHash,
      Instant executedAt,
      int latencyMs,
      boolean success,
      @Nullable String errorType,
      @Nullable String model,
      @Nullable String branch,
      @Nullable String inputHash,
      @Nullable String outputHash) {}

  /** A rule that cannot be decided. */
  record UndecidedRule(
      String promptId,
      String promptVersion,
      String rule,
      String severity,
      String phase,
      String dataStatus,
      @Nullable String reason,
      Instant since) {}

  StoredAlerts(Database database) {
    this.database = database;
  }

  private interface RowReader<T> {
    T read(ResultSet row) throws SQLException;
  }

  /** The alerts of a filter, the worst first; at most one more than its limit. */
  List<StoredAlert> list(AlertFilter filter) {
    AlertFilter.Clause where = filter.ofEpisodes("a");
    return query(
        StoredAlert.SELECT
            + "WHERE "
            + where.sql()
            + " ORDER BY a.ended_at IS NOT NULL, a.ended_at DESC, a.phase <> 'firing',"
            + " a.severity <> 'critical', coalesce(a.fired_at, a.pending_since), a.alert_id"
            + limit(filter),
        where.parameters(),
        StoredAlert::read);
  }

  /** The alerts that go on. */
  List<StoredAlert> goingOn() {
    return query(StoredAlert.SELECT + "WHERE a.ended_at IS NULL", List.of(), StoredAlert::read);
  }

  /** The rules of a filter that cannot be decided; at most one more than its limit. */
  List<UndecidedRule> undecided(AlertFilter filter) {
    AlertFilter.Clause where = filter.ofRules("r");
    return query(
        "SELECT r.prompt_id, r.prompt_version, r.rule, r.severity, r.phase, r.data_status,"
            + " r.reason, r.since FROM promptmon.rule_status r"
            + " WHERE r.data_status <> 'sufficient' AND "
            + where.sql()
            + " ORDER BY r.prompt_id, r.prompt_version, r.rule"
            + limit(filter),
        where.parameters(),
        row ->
            new UndecidedRule(
                row.getString("prompt_id"),
                row.getString("prompt_version"),
                row.getString("rule"),
                row.getString("severity"),
                row.getString("phase"),
                row.getString("data_status"),
                row.getString("reason"),
                time(row, "since")));
  }

  private static String limit(AlertFilter filter) {
    return filter.limit() == 0 ? "" : " LIMIT " + (filter.limit() + 1L);
  }

  /**
   * The alert whose id begins so.
   *
   * @throws IllegalArgumentException if there is none, or more than one
   */
  StoredAlert find(String prefix) {
    List<StoredAlert> found =
        query(
            StoredAlert.SELECT
                + "WHERE starts_with(a.alert_id, ?) ORDER BY a.alert_id <> ?, a.alert_id LIMIT 3",
            List.of(prefix, prefix),
            StoredAlert::read);
    if (found.isEmpty()) {
      throw new IllegalArgumentException("there is no alert " + prefix);
    }
    StoredAlert first = found.get(0);
    if (found.size() > 1 && !first.alertId().equals(prefix)) {
      throw new IllegalArgumentException(
          "several alerts begin with %s: %s, %s%s"
              .formatted(
                  prefix,
                  first.alertId(),
                  found.get(1).alertId(),
                  found.size() > 2 ? " and others" : ""));
    }
    return first;
  }

  /** The transitions of an alert, in order. */
  List<Transition> transitions(StoredAlert alert) {
    return query(
        """
        SELECT at, change, cause, data_status, reason, metric, value, threshold, baseline, sample_count,
            extract(epoch FROM window_length)::float8 AS window_seconds, evidence
        FROM promptmon.alert_event WHERE alert_id = ?
        ORDER BY at, array_position(ARRAY['pending', 'firing', 'resolved', 'cancelled'], change)
        """,
        List.of(alert.alertId()),
        row ->
            new Transition(
                time(row, "at"),
                row.getString("change"),
                row.getString("cause"),
                row.getString("data_status"),
                row.getString("reason"),
                StoredReading.read(row, alert.reading().operator())));
  }

  /** The messages about an alert, in order. */
  List<Told> told(StoredAlert alert) {
    return query(
        """
        SELECT n.created_at, message ->> 'reason' AS about, n.channel, n.status, n.attempts, n.settled_at, n.last_error, n.next_attempt_at
        FROM promptmon.notification n, jsonb_array_elements(n.content -> 'alerts') AS message
        WHERE n.prompt_id = ? AND message ->> 'alert_id' = ?
        ORDER BY n.created_at, (message ->> 'number')::int, n.channel
        """,
        List.of(alert.promptId(), alert.alertId()),
        row ->
            new Told(
                time(row, "created_at"),
                row.getString("about"),
                row.getString("channel"),
                row.getString("status"),
                row.getInt("attempts"),
                timeOrNull(row, "settled_at"),
                row.getString("last_error"),
                timeOrNull(row, "next_attempt_at")));
  }

  /** The executions that are evidence of an alert; null if this user may not see them. */
  @Nullable List<Evidence> evidence(StoredAlert alert) {
    boolean mayRead =
        query(
                "SELECT has_table_privilege('promptmon.alert_exemplar', 'SELECT') AS may",
                List.of(),
                row -> row.getBoolean("may"))
            .get(0);
    if (!mayRead) {
      return null;
    }
    return query(
        """
        SELECT execution_id_hash, executed_at, latency_ms, success, error_type, model, branch, input_hash, output_hash
        FROM promptmon.alert_exemplar WHERE alert_id = ? AND expires_at > now()
        ORDER BY executed_at, execution_id_hash
        """,
        List.of(alert.alertId()),
        row ->
            new Evidence(
                row.getString("execution_id_hash"),
                time(row, "executed_at"),
                row.getInt("latency_ms"),
                row.getBoolean("success"),
                row.getString("error_type"),
                row.getString("model"),
                row.getString("branch"),
                row.getString("input_hash"),
                row.getString("output_hash")));
  }

  private <T> List<T> query(String sql, List<? extends Object> parameters, RowReader<T> reader) {
    Connection open = connected();
    try (PreparedStatement statement = open.prepareStatement(sql)) {
      for (int i = 0; i < parameters.size(); i++) {
        statement.setObject(i + 1, parameters.get(i));
      }
      List<T> result = new ArrayList<>();
      try (ResultSet rows = statement.executeQuery()) {
        while (rows.next()) {
          result.add(reader.read(rows));
        }
      }
      return result;
    } catch (SQLException e) {
      throw new DatabaseException(failure(e), e);
    }
  }

  private Connection connected() {
    if (connection == null) {
      try {
        connection = database.connect(Map.of("readOnly", "true"));
      } catch (SQLException e) {
        throw database.cannotConnect(e);
      }
    }
    return connection;
  }

  private String failure(SQLException e) {
    String state = e.getSQLState() == null ? "" : e.getSQLState();
    if (state.equals(NOT_AUTHORIZED)) {
      return "cannot read alerts: that takes the role promptmon_analyst, promptmon_investigator or"
          + " promptmon_operator ("
          + Database.reason(e)
          + ")";
    }
    return NOT_MIGRATED.contains(state)
        ? "the database " + database + " has no schema, or an old one: run promptmon migrate"
        : "cannot read alerts in " + database + ": " + Database.reason(e);
  }

  /** A time that is there. */
  static Instant time(ResultSet row, String column) throws SQLException {
    return row.getObject(column, OffsetDateTime.class).toInstant();
  }

  /** A time that may not be there. */
  static @Nullable Instant timeOrNull(ResultSet row, String column) throws SQLException {
    OffsetDateTime time = row.getObject(column, OffsetDateTime.class);
    return time == null ? null : time.toInstant();
  }

  /** A time as a parameter of a statement. */
  static Object parameter(Instant time) {
    return time.atOffset(ZoneOffset.UTC);
  }

  @Override
  public void close() {
    if (connection != null) {
      try {
        connection.close();
      } catch (SQLException e) {
        // It was only read from.
      } finally {
        connection = null;
      }
    }
  }
}
