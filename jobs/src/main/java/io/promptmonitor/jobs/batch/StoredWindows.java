package io.promptmonitor.jobs.batch;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.promptmonitor.common.execution.PromptVersionId;
import io.promptmonitor.common.metrics.Metric;
import io.promptmonitor.common.metrics.WindowAggregate;
import io.promptmonitor.common.windows.WindowSize;
import io.promptmonitor.common.windows.WindowUpdate;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.OffsetDateTime;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Rows of {@code window_metrics} as the windows they were written from. */
public final class StoredWindows {

  private static final ObjectMapper JSON = new ObjectMapper();
  private static final TypeReference<LinkedHashMap<String, Long>> COUNTS = new TypeReference<>() {};

  /** A prediction has at most as many decimals; a bias is a difference with a rounding error. */
  private static final double PREDICTION_UNITS = 1e6;

  /** The columns that {@link #read} needs, for a {@code SELECT}. */
  public static final String COLUMNS =
      "prompt_id, prompt_version, window_size, window_start, is_final, revision, "
          + Arrays.stream(Metric.values()).map(Metric::column).collect(Collectors.joining(", "));

  private StoredWindows() {}

  /**
   * The window of the present row. What rows do not keep is unknown, see {@link
   * WindowAggregate#restore}; the predicted quality is the one that the row's bias was computed
   * with.
   *
   * @throws SQLException if a column cannot be read; the message names the row
   */
  public static WindowUpdate read(ResultSet row) throws SQLException {
    PromptVersionId version =
        new PromptVersionId(row.getString("prompt_id"), row.getString("prompt_version"));
    WindowSize size = WindowSize.ofLabel(row.getString("window_size"));
    OffsetDateTime start = row.getObject("window_start", OffsetDateTime.class);
    WindowAggregate aggregate;
    try {
      aggregate = aggregate(row);
    } catch (IOException | UncheckedIOException e) {
      throw new SQLException(
          "window_metrics, %s %s %s: cannot be read: %s"
              .formatted(version, size.label(), start.toInstant(), e.getMessage()),
          e);
    }
    double bias = row.getDouble(Metric.CALIBRATION_BIAS.column());
    double predicted =
        row.wasNull()
            ? Double.NaN
            : Math.rint((bias + aggregate.quality().averageQuality()) * PREDICTION_UNITS)
                / PREDICTION_UNITS;
    return new WindowUpdate(
        version,
        size,
        start.toInstant().toEpochMilli(),
        row.getBoolean("is_final"),
        row.getInt("revision"),
        false,
        predicted,
        aggregate);
  }

  @SuppressWarnings("NullAway") // null is what restore takes where something is not known
  private static WindowAggregate aggregate(ResultSet row) throws IOException {
    return WindowAggregate.restore(metric -> value(row, metric));
  }

  private static @Nullable Object value(ResultSet row, Metric metric) {
    String column = metric.column();
    try {
      return switch (metric.type()) {
        case COUNT -> row.getObject(column, Long.class);
        case NUMBER -> row.getObject(column, Double.class);
        case BYTES -> row.getBytes(column);
        case COUNTS_BY_NAME -> counts(row.getString(column));
      };
    } catch (SQLException | JsonProcessingException e) {
      throw new UncheckedIOException(new IOException(column + ": " + e.getMessage(), e));
    }
  }

  private static Map<String, Long> counts(@Nullable String json) throws JsonProcessingException {
    return json == null ? Map.of() : JSON.readValue(json, COUNTS);
  }
}
