package io.promptmonitor.jobs.batch.calibration;

import com.fasterxml.jackson.databind.node.ArrayNode;
import io.promptmonitor.common.calibration.CalibrationAnalysis;
import io.promptmonitor.common.calibration.CalibrationJson;
import io.promptmonitor.database.Database;
import io.promptmonitor.database.DatabaseException;
import java.io.IOException;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.List;
import java.util.stream.Collectors;
import org.apache.flink.api.connector.sink2.Sink;
import org.apache.flink.api.connector.sink2.SinkWriter;
import org.apache.flink.api.connector.sink2.WriterInitContext;

/**
 * An analysis into the table {@code calibration_result}, in one transaction: it replaces what was
 * found in the same span before, so that a second run gives the same rows with a higher revision.
 */
final class CalibrationResultSink implements Sink<CalibrationAnalysis> {

  private static final long serialVersionUID = 1;

  private static final String KEY = "from_day, to_day, scope, subject";

  private static final List<String> VALUES =
      List.of(
          "prompt_id",
          "prompt_version",
          "techniques",
          "complexity",
          "versions",
          "days",
          "quality_count",
          "predicted",
          "actual",
          "bias",
          "bias_lower",
          "bias_upper",
          "interval_basis",
          "mean_absolute_error",
          "root_mean_squared_error",
          "status",
          "drift_began",
          "drift_before",
          "drift_after",
          "drift_p_value",
          "effect",
          "effect_lower",
          "effect_upper",
          "correction",
          "proposed_correction",
          "proposal",
          "expected_calibration_error",
          "rank_correlation",
          "heuristic_version");

  private static final String ROWS =
      " jsonb_populate_recordset(NULL::promptmon.calibration_result, ?::jsonb) AS r";

  private static final String UPSERT =
      "INSERT INTO promptmon.calibration_result AS t (%1$s, %2$s) SELECT %1$s, %2$s FROM%3$s ORDER BY %1$s ON CONFLICT (%1$s) DO UPDATE SET %4$s, revision = t.revision + 1, updated_at = now()"
          .formatted(
              KEY,
              String.join(", ", VALUES),
              ROWS,
              VALUES.stream().map(c -> c + " = EXCLUDED." + c).collect(Collectors.joining(", ")));

  private static final String DELETE =
      "DELETE FROM promptmon.calibration_result t WHERE from_day = ? AND to_day = ? AND NOT EXISTS"
          + " (SELECT FROM"
          + ROWS
          + " WHERE r.scope = t.scope AND r.subject = t.subject)";

  private final Database database;

  CalibrationResultSink(Database database) {
    this.database = database;
  }

  @Override
  public SinkWriter<CalibrationAnalysis> createWriter(WriterInitContext context) {
    return new Writer(database);
  }

  /** Writes each analysis as it comes. */
  private record Writer(Database database) implements SinkWriter<CalibrationAnalysis> {

    @Override
    public void write(CalibrationAnalysis analysis, Context context) throws IOException {
      ArrayNode rows = CalibrationJson.rows(analysis);
      try (Connection connection = database.connect()) {
        connection.setAutoCommit(false);
        try (PreparedStatement upsert = connection.prepareStatement(UPSERT);
            PreparedStatement delete = connection.prepareStatement(DELETE)) {
          upsert.setString(1, rows.toString());
          upsert.executeUpdate();
          delete.setObject(1, analysis.from());
          delete.setObject(2, analysis.to());
          delete.setString(3, rows.toString());
          delete.executeUpdate();
        }
        connection.commit();
      } catch (SQLException e) {
        throw new DatabaseException(
            "cannot write what was found to calibration_result: " + Database.reason(e), e);
      }
    }

    @Override
    public void flush(boolean endOfInput) {
      // Nothing waits.
    }

    @Override
    public void close() {
      // Nothing is open.
    }
  }
}
