package io.promptmonitor.database.retention;

import io.promptmonitor.common.retention.RetentionLimit;
import io.promptmonitor.database.Database;
import io.promptmonitor.database.DatabaseException;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.ZoneOffset;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Consumer;

/**
 * Old rows of the tables: counts them, or removes them batch by batch. Each batch is a transaction
 * of its own; whoever is stopped in between goes on where it was when it is run again. Not
 * thread-safe.
 */
public final class Retention implements AutoCloseable {

  /** Held while rows are removed; of this database only. Its number says nothing. */
  private static final long LOCK = 0x70726f6d70746d6eL;

  private final Database database;
  private final Connection connection;

  /**
   * How fast rows are removed.
   *
   * @param batchSize how many rows, with what belongs to them, in a transaction; from 1 to 100,000
   * @param pause how long between two transactions
   */
  public record Pace(int batchSize, Duration pause) {}

  private Retention(Database database, Connection connection) {
    this.database = database;
    this.connection = connection;
  }

  /**
   * Opens the database.
   *
   * @throws DatabaseException if it cannot be reached
   */
  public static Retention open(Database database) {
    try {
      return new Retention(database, database.connect());
    } catch (SQLException e) {
      throw database.cannotConnect(e);
    }
  }

  /**
   * Keeps others from removing rows until this is closed, or its connection breaks.
   *
   * @return whether nobody else is removing rows now
   */
  public boolean lock() {
    try (Statement statement = connection.createStatement();
        ResultSet rows = statement.executeQuery("SELECT pg_try_advisory_lock(" + LOCK + ")")) {
      rows.next();
      return rows.getBoolean(1);
    } catch (SQLException e) {
      throw failure(e);
    }
  }

  /** How many rows are old, by table. */
  public Map<String, Long> count(RetentionLimit limit) {
    try (PreparedStatement statement =
        connection.prepareStatement(
            "SELECT table_name, row_count FROM promptmon.retention_count(?, ?)")) {
      return rowsByTable(statement, limit);
    } catch (SQLException e) {
      throw failure(e);
    }
  }

  /**
   * Removes all that is old, except rows that somebody else is writing just now.
   *
   * @param progress is told after each batch how many rows it removed, by table; the last one none
   */
  public void remove(RetentionLimit limit, Pace pace, Consumer<Map<String, Long>> progress)
      throws InterruptedException {
    while (true) {
      Map<String, Long> removed = removeBatch(limit, pace.batchSize());
      progress.accept(removed);
      if (removed.values().stream().allMatch(rows -> rows == 0)) {
        return;
      }
      Thread.sleep(pace.pause().toMillis());
    }
  }

  /** Removes a part of what is old: nothing if nothing is left. */
  Map<String, Long> removeBatch(RetentionLimit limit, int batchSize) {
    try (PreparedStatement statement =
        connection.prepareStatement(
            "SELECT table_name, row_count FROM promptmon.retention_remove(?, ?, ?)")) {
      statement.setInt(3, batchSize);
      return rowsByTable(statement, limit);
    } catch (SQLException e) {
      throw failure(e);
    }
  }

  private static Map<String, Long> rowsByTable(PreparedStatement statement, RetentionLimit limit)
      throws SQLException {
    statement.setString(1, limit.kind());
    statement.setObject(2, limit.before().atOffset(ZoneOffset.UTC));
    Map<String, Long> result = new LinkedHashMap<>();
    try (ResultSet rows = statement.executeQuery()) {
      while (rows.next()) {
        result.put(rows.getString(1), rows.getLong(2));
      }
    }
    return result;
  }

  private DatabaseException failure(SQLException e) {
    String said = Database.reason(e);
    String state = e.getSQLState() == null ? "" : e.getSQLState();
    String message =
        switch (state) {
          case "42501" -> "removing old rows takes the role promptmon_maintenance: " + said;
          case "42883", "42P01", "3F000" ->
              "the database " + database + " is older than this program: run promptmon migrate";
          case "55P03" -> "a table is locked by somebody else; run it again: " + said;
          default -> "cannot remove old rows from the database " + database + ": " + said;
        };
    return new DatabaseException(message, e);
  }

  @Override
  public void close() {
    try (connection;
        Statement statement = connection.createStatement()) {
      // The server would only notice some time after the connection is closed.
      statement.execute("SELECT pg_advisory_unlock_all()");
    } catch (SQLException e) {
      // It broke: the server unlocks when it notices.
      return;
    }
  }
}
