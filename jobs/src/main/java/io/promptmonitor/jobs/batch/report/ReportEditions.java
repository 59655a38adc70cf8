package io.promptmonitor.jobs.batch.report;

import io.promptmonitor.common.report.DailyReport;
import io.promptmonitor.database.Database;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.LocalDate;
import java.util.Collections;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * The table {@code daily_report}. An edition is written only onto the one that it was made after,
 * so that of several at once each gets a number of its own. Not thread-safe.
 */
final class ReportEditions implements AutoCloseable {

  /** Whoever loses that often against others has another problem. */
  private static final int ATTEMPTS = 100;

  private static final String PREVIOUS =
      "SELECT revision, feedback_count + automated_score_count AS feedback"
          + " FROM promptmon.daily_report WHERE prompt_id = ? AND report_date = ?";

  private static final String WRITE =
      "INSERT INTO promptmon.daily_report ("
          + String.join(", ", ReportColumns.names())
          + ") VALUES ("
          + String.join(", ", Collections.nCopies(ReportColumns.names().size(), "?"))
          + ") ON CONFLICT (prompt_id, report_date) DO UPDATE SET "
          + ReportColumns.names().stream()
              .map(column -> column + " = EXCLUDED." + column)
              .collect(Collectors.joining(", "))
          + ", generated_at = now() WHERE daily_report.revision = EXCLUDED.revision - 1";

  private final Connection connection;

  /**
   * The edition before.
   *
   * @param revision its number
   * @param feedback how many ratings and scores it counted
   */
  record Previous(int revision, long feedback) {}

  /**
   * Connects.
   *
   * @throws io.promptmonitor.database.DatabaseException if the database cannot be reached
   */
  ReportEditions(Database database) {
    try {
      connection = database.connect();
    } catch (SQLException e) {
      throw database.cannotConnect(e);
    }
  }

  /**
   * Writes the next edition of a report.
   *
   * @param edition makes it, after the one before; called again if meanwhile another one came
   * @return what was written
   */
  DailyReport write(
      String promptId, LocalDate date, Function<@Nullable Previous, DailyReport> edition)
      throws SQLException {
    for (int attempt = 0; attempt < ATTEMPTS; attempt++) {
      DailyReport report = edition.apply(previous(promptId, date));
      if (writeAfterPrevious(report)) {
        return report;
      }
    }
    throw new SQLException(
        "the report of %s on %s is being written by too many others".formatted(promptId, date));
  }

  private @Nullable Previous previous(String promptId, LocalDate date) throws SQLException {
    try (PreparedStatement statement = connection.prepareStatement(PREVIOUS)) {
      statement.setString(1, promptId);
      statement.setObject(2, date);
      try (ResultSet row = statement.executeQuery()) {
        return row.next() ? new Previous(row.getInt("revision"), row.getLong("feedback")) : null;
      }
    }
  }

  private boolean writeAfterPrevious(DailyReport report) throws SQLException {
    try (PreparedStatement statement = connection.prepareStatement(WRITE)) {
      ReportColumns.bind(report, statement);
      return statement.executeUpdate() == 1;
    }
  }

  @Override
  public void close() throws SQLException {
    connection.close();
  }
}
