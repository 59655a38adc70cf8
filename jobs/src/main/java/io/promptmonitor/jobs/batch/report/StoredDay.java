package io.promptmonitor.jobs.batch.report;

import io.promptmonitor.database.Database;
import io.promptmonitor.database.DatabaseException;
import java.io.Serializable;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What can be said of a day before its reports are made.
 *
 * @param prompts how many prompts are to be reported
 * @param unknownPrompts those of the named prompts that are neither registered nor ever had
 *     executions
 * @param deadLetters records of all prompts of the day that were not counted, by reason
 * @param hasExecutions whether any prompt had executions on the day
 * @param firstDay the first day of which executions are stored; null if there are none at all
 * @param lastDay the last such day
 */
public record StoredDay(
    int prompts,
    List<String> unknownPrompts,
    Map<String, Long> deadLetters,
    boolean hasExecutions,
    @Nullable LocalDate firstDay,
    @Nullable LocalDate lastDay) {

  private static final String IS_KNOWN =
      "SELECT EXISTS (SELECT FROM promptmon.prompt WHERE prompt_id = ?) OR EXISTS (SELECT FROM"
          + " promptmon.window_metrics WHERE window_size = '24h' AND prompt_id = ?)";

  /** By the time of the execution; where that could not be read, by the time it was received. */
  private static final String DEAD_LETTERS =
      "SELECT reason, count(*) AS records FROM promptmon.dead_letter"
          + " WHERE coalesce(event_time, received_at) >= ? AND coalesce(event_time, received_at) < ?"
          + " GROUP BY reason";

  private static final String DAYS =
      "SELECT (min(window_start) AT TIME ZONE 'UTC')::date AS first,"
          + " (max(window_start) AT TIME ZONE 'UTC')::date AS last,"
          + " coalesce(bool_or(window_start = ?), false) AS has_executions"
          + " FROM promptmon.window_metrics WHERE window_size = '24h'";

  public StoredDay {
    unknownPrompts = List.copyOf(unknownPrompts);
    deadLetters = Map.copyOf(deadLetters);
  }

  /**
   * Looks the day up.
   *
   * @throws DatabaseException if the database cannot be reached or asked
   */
  public static StoredDay read(Database database, ReportScope scope) {
    try (Connection connection = connect(database)) {
      Days days = query(connection, DAYS, Days::read, scope.start()).get(0);
      return new StoredDay(
          prompts(connection, scope),
          unknownPrompts(connection, scope.promptIds()),
          deadLetters(connection, scope),
          days.hasExecutions(),
          days.first(),
          days.last());
    } catch (SQLException e) {
      throw new DatabaseException(
          "cannot read the tables of " + database + ": " + Database.reason(e), e);
    }
  }

  private static Connection connect(Database database) {
    try {
      return database.connect();
    } catch (SQLException e) {
      throw database.cannotConnect(e);
    }
  }

  private static int prompts(Connection connection, ReportScope scope) throws SQLException {
    return scope.promptIds().isEmpty()
        ? query(
                connection,
                "SELECT count(*) FROM (" + ReportTables.PROMPTS + ") AS prompts",
                row -> row.getInt(1),
                scope.start(),
                scope.end(),
                scope.start())
            .get(0)
        : scope.promptIds().size();
  }

  private static List<String> unknownPrompts(Connection connection, List<String> promptIds)
      throws SQLException {
    List<String> unknown = new ArrayList<>();
    for (String promptId : promptIds) {
      if (!query(connection, IS_KNOWN, row -> row.getBoolean(1), promptId, promptId).get(0)) {
        unknown.add(promptId);
      }
    }
    return unknown;
  }

  private static Map<String, Long> deadLetters(Connection connection, ReportScope scope)
      throws SQLException {
    Map<String, Long> records = new LinkedHashMap<>();
    query(
        connection,
        DEAD_LETTERS,
        row -> records.put(row.getString("reason"), row.getLong("records")),
        scope.start(),
        scope.end());
    return records;
  }

  /** The days of which executions are stored. */
  private record Days(boolean hasExecutions, @Nullable LocalDate first, @Nullable LocalDate last) {

    static Days read(ResultSet row) throws SQLException {
      return new Days(
          row.getBoolean("has_executions"),
          row.getObject("first", LocalDate.class),
          row.getObject("last", LocalDate.class));
    }
  }

  private interface Mapper<T> {
    T map(ResultSet row) throws SQLException;
  }

  private static <T> List<T> query(
      Connection connection, String sql, Mapper<T> mapper, Serializable... parameters)
      throws SQLException {
    try (PreparedStatement statement = connection.prepareStatement(sql)) {
      for (int i = 0; i < parameters.length; i++) {
        Serializable parameter = parameters[i];
        statement.setObject(
            i + 1, parameter instanceof Instant time ? time.atOffset(ZoneOffset.UTC) : parameter);
      }
      try (ResultSet rows = statement.executeQuery()) {
        List<T> found = new ArrayList<>();
        while (rows.next()) {
          found.add(mapper.map(rows));
        }
        return found;
      }
    }
  }
}
