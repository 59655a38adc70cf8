package io.promptmonitor.cli.backtest;

import io.promptmonitor.common.backtest.RowSpan;
import io.promptmonitor.common.backtest.StoredRow;
import io.promptmonitor.common.execution.PromptVersionId;
import io.promptmonitor.common.metrics.MetricPart;
import io.promptmonitor.common.metrics.RowMetrics;
import io.promptmonitor.common.sketch.DistinctSketch;
import io.promptmonitor.common.sketch.QuantileSketch;
import io.promptmonitor.common.windows.WindowSize;
import io.promptmonitor.database.Database;
import java.io.ByteArrayInputStream;
import java.io.DataInput;
import java.io.DataInputStream;
import java.io.IOException;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** The rows of {@code window_metrics}, over a connection of its own; for one thread. */
final class StoredRows implements AutoCloseable {

  /** Rows that are fetched at once. */
  private static final int FETCH = 2_000;

  private static final String FIRST =
      "SELECT (extract(epoch FROM window_start) * 1000)::bigint FROM promptmon.window_metrics"
          + " WHERE window_size = ? AND window_start >= ? AND window_start < ? AND is_final"
          + " ORDER BY window_start LIMIT 1";

  /** Goes from one prompt to the next in the index. */
  private static final String PROMPTS =
      "WITH RECURSIVE prompts AS ("
          + "(SELECT prompt_id FROM promptmon.window_metrics WHERE window_size = ? ORDER BY"
          + " prompt_id LIMIT 1) UNION ALL SELECT (SELECT m.prompt_id FROM"
          + " promptmon.window_metrics m WHERE m.window_size = ? AND m.prompt_id > p.prompt_id"
          + " ORDER BY m.prompt_id LIMIT 1) FROM prompts p WHERE p.prompt_id IS NOT NULL)"
          + " SELECT p.prompt_id FROM prompts p WHERE p.prompt_id IS NOT NULL AND EXISTS (SELECT"
          + " FROM promptmon.window_metrics m WHERE m.window_size = ? AND m.prompt_id ="
          + " p.prompt_id AND m.window_start >= ? AND m.window_start < ?)";

  private final Connection connection;
  private final int parts;
  private final Map<WindowSize, PreparedStatement> statements = new EnumMap<>(WindowSize.class);

  /**
   * Opens them.
   *
   * @param parts mask of the parts of aggregates that rules look at; other sketches are not read
   */
  StoredRows(Database database, int parts) throws SQLException {
    this.parts = parts;
    try {
      // Digests are bytes: as text they are twice as long, and have to be parsed.
      this.connection = database.connect(Map.of("prepareThreshold", "-1"));
      connection.setReadOnly(true);
      connection.setAutoCommit(false);
    } catch (SQLException e) {
      throw database.cannotConnect(e);
    }
  }

  /** Where the first row of each size begins in a time; without the sizes that have none. */
  Map<WindowSize, Long> first(long from, long to) throws SQLException {
    Map<WindowSize, Long> first = new EnumMap<>(WindowSize.class);
    try (PreparedStatement statement = connection.prepareStatement(FIRST)) {
      for (WindowSize size : RowSpan.SIZES) {
        statement.setString(1, size.label());
        setTimes(statement, 2, from, to);
        try (ResultSet rows = statement.executeQuery()) {
          if (rows.next()) {
            first.put(size, rows.getLong(1));
          }
        }
      }
    }
    return first;
  }

  /** The prompts that have rows in the spans, in their order. */
  List<String> promptIds(List<RowSpan> spans) throws SQLException {
    TreeSet<String> prompts = new TreeSet<>();
    try (PreparedStatement statement = connection.prepareStatement(PROMPTS)) {
      for (RowSpan span : spans) {
        statement.setString(1, span.size().label());
        statement.setString(2, span.size().label());
        statement.setString(3, span.size().label());
        setTimes(statement, 4, span.from(), span.to());
        try (ResultSet rows = statement.executeQuery()) {
          while (rows.next()) {
            prompts.add(rows.getString(1));
          }
        }
      }
    }
    return List.copyOf(prompts);
  }

  private static void setTimes(PreparedStatement statement, int first, long from, long to)
      throws SQLException {
    statement.setObject(first, Instant.ofEpochMilli(from).atOffset(ZoneOffset.UTC));
    statement.setObject(first + 1, Instant.ofEpochMilli(to).atOffset(ZoneOffset.UTC));
  }

  /** The rows of a prompt in the spans, only those that have ended. */
  List<StoredRow> of(String promptId, List<RowSpan> spans) throws SQLException {
    List<StoredRow> rows = new ArrayList<>();
    Map<String, PromptVersionId> versions = new HashMap<>();
    for (RowSpan span : spans) {
      PreparedStatement statement = statements.get(span.size());
      if (statement == null) {
        statement = connection.prepareStatement(sql(span.size()));
        statement.setFetchSize(FETCH);
        statements.put(span.size(), statement);
      }
      statement.setString(1, promptId);
      setTimes(statement, 2, span.from(), span.to());
      try (ResultSet found = statement.executeQuery()) {
        while (found.next()) {
          PromptVersionId version =
              versions.computeIfAbsent(
                  found.getString(1), number -> new PromptVersionId(promptId, number));
          rows.add(new StoredRow(version, span.size(), found.getLong(2), metrics(found)));
        }
      }
    }
    return rows;
  }

  private String sql(WindowSize size) {
    return "SELECT prompt_version, (extract(epoch FROM window_start) * 1000)::bigint,"
        + " execution_count, success_count, latency_avg, avg_input_tokens, avg_output_tokens,"
        + " feedback_count, avg_user_feedback, user_feedback_negative_rate, automated_score_count,"
        + " avg_automated_score, "
        + (MetricPart.LATENCY.in(parts) ? "latency_digest" : "NULL::bytea")
        + ", "
        + (MetricPart.USERS.in(parts) ? "users_sketch" : "NULL::bytea")
        + " FROM promptmon.window_metrics WHERE window_size = '"
        + size.label()
        + "' AND prompt_id = ? AND window_start >= ? AND window_start < ? AND is_final"
        + " ORDER BY window_start, prompt_version";
  }

  private static RowMetrics metrics(ResultSet row) throws SQLException {
    return new RowMetrics(
        row.getLong(3),
        row.getLong(4),
        number(row, 5),
        number(row, 6),
        number(row, 7),
        row.getLong(8),
        number(row, 9),
        number(row, 10),
        row.getLong(11),
        number(row, 12),
        sketch(row.getBytes(13), QuantileSketch::read),
        sketch(row.getBytes(14), DistinctSketch::read));
  }

  private static double number(ResultSet row, int column) throws SQLException {
    double value = row.getDouble(column);
    return row.wasNull() ? Double.NaN : value;
  }

  private interface Reader<T> {
    T read(DataInput in) throws IOException;
  }

  private static <T> @Nullable T sketch(byte @Nullable [] bytes, Reader<T> reader)
      throws SQLException {
    if (bytes == null) {
      return null;
    }
    try {
      return reader.read(new DataInputStream(new ByteArrayInputStream(bytes)));
    } catch (IOException e) {
      throw new SQLException("window_metrics has a sketch that cannot be read: " + e.getMessage());
    }
  }

  @Override
  public void close() throws SQLException {
    connection.close();
  }
}
