package io.promptmonitor.jobs.sink;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import io.promptmonitor.common.execution.PromptVersionId;
import io.promptmonitor.common.metrics.Metric;
import io.promptmonitor.common.windows.WindowSize;
import io.promptmonitor.common.windows.WindowUpdate;
import java.io.IOException;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Types;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** The table {@code window_metrics}: a column for each {@link Metric}. */
final class WindowMetricsTable implements JdbcTable<WindowUpdate> {

  private static final int ROW = 0;
  private static final int QUALITY = 1;

  private static final List<Metric> METRICS = List.of(Metric.values());
  private static final List<Metric> QUALITY_METRICS =
      METRICS.stream().filter(Metric::isQuality).toList();

  private static final String KEY = "prompt_id, prompt_version, window_size, window_start";
  private static final List<String> STATEMENTS = List.of(upsert(), qualityUpdate());
  private static final List<String> BACKFILL = List.of(fillUpsert(), fillQuality());

  private final boolean backfill;

  /** The table, into which the job writes as the last word. */
  WindowMetricsTable() {
    this(false);
  }

  /**
   * The table.
   *
   * @param backfill whether rows that are there give way only to rows of as many executions or
   *     more, that say something else, and never if their window is still open
   */
  WindowMetricsTable(boolean backfill) {
    this.backfill = backfill;
  }

  private static final JsonFactory JSON = new JsonFactory();

  private record Key(PromptVersionId promptVersion, WindowSize size, long start) {
    @Override
    public String toString() {
      return promptVersion + " " + size.label() + " " + Timestamps.ofMillis(start);
    }
  }

  private static String upsert() {
    List<String> columns = new ArrayList<>(List.of("window_end", "is_final", "revision"));
    METRICS.forEach(metric -> columns.add(metric.column()));
    return "INSERT INTO promptmon.window_metrics ("
        + KEY
        + ", "
        + String.join(", ", columns)
        + ") VALUES ("
        + String.join(", ", Collections.nCopies(4 + columns.size(), "?"))
        + ") ON CONFLICT ("
        + KEY
        + ") DO UPDATE SET "
        + columns.stream().map(c -> c + " = EXCLUDED." + c).collect(Collectors.joining(", "))
        + ", updated_at = now()";
  }

  /** Each rewrite of a row that is there has a higher revision than that. */
  private static String fillUpsert() {
    List<String> content = new ArrayList<>(List.of("window_end", "is_final"));
    METRICS.forEach(metric -> content.add(metric.column()));
    return upsert()
            .replace("revision = EXCLUDED.revision", "revision = window_metrics.revision + 1")
        + " WHERE window_metrics.is_final AND EXCLUDED.execution_count >="
        + " window_metrics.execution_count AND EXCLUDED.feedback_count >="
        + " window_metrics.feedback_count AND EXCLUDED.automated_score_count >="
        + " window_metrics.automated_score_count AND ("
        + columns("window_metrics.", content)
        + ") IS DISTINCT FROM ("
        + columns("EXCLUDED.", content)
        + ")";
  }

  private static String columns(String prefix, List<String> columns) {
    return columns.stream().map(column -> prefix + column).collect(Collectors.joining(", "));
  }

  /** A correction that leaves less feedback than is there, or changes nothing, is none. */
  private static String fillQuality() {
    return "UPDATE promptmon.window_metrics SET revision = greatest(revision + 1, ?), "
        + QUALITY_METRICS.stream().map(m -> m.column() + " = ?").collect(Collectors.joining(", "))
        + ", updated_at = now()"
        + " WHERE prompt_id = ? AND prompt_version = ? AND window_size = ? AND window_start = ?"
        + " AND is_final AND feedback_count <= ? AND automated_score_count <= ? AND ("
        + columns("", QUALITY_METRICS.stream().map(Metric::column).toList())
        + ") IS DISTINCT FROM ("
        + String.join(", ", Collections.nCopies(QUALITY_METRICS.size(), "?"))
        + ")";
  }

  private static String qualityUpdate() {
    return "UPDATE promptmon.window_metrics SET revision = ?, "
        + QUALITY_METRICS.stream().map(m -> m.column() + " = ?").collect(Collectors.joining(", "))
        + ", updated_at = now()"
        + " WHERE prompt_id = ? AND prompt_version = ? AND window_size = ? AND window_start = ?";
  }

  @Override
  public String name() {
    return "window_metrics";
  }

  @Override
  public List<String> statements() {
    return backfill ? BACKFILL : STATEMENTS;
  }

  /** A backfill leaves what is there as it is if it knows less. */
  @Override
  public boolean expectsRow(int statement) {
    return statement == QUALITY && !backfill;
  }

  @Override
  public int statement(WindowUpdate value) {
    return value.qualityOnly() ? QUALITY : ROW;
  }

  @Override
  public Object key(WindowUpdate value) {
    return new Key(value.promptVersion(), value.size(), value.start());
  }

  @Override
  public void bind(WindowUpdate value, PreparedStatement statement) throws SQLException {
    if (value.qualityOnly()) {
      statement.setInt(1, value.revision());
      int next = bindMetrics(QUALITY_METRICS, value, statement, 2);
      next = bindKey(value, statement, next);
      if (backfill) {
        statement.setObject(next++, value.value(Metric.FEEDBACK_COUNT), Types.BIGINT);
        statement.setObject(next++, value.value(Metric.AUTOMATED_SCORE_COUNT), Types.BIGINT);
        bindMetrics(QUALITY_METRICS, value, statement, next);
      }
    } else {
      int next = bindKey(value, statement, 1);
      statement.setObject(next++, Timestamps.ofMillis(value.end()));
      statement.setBoolean(next++, value.isFinal());
      statement.setInt(next++, value.revision());
      bindMetrics(METRICS, value, statement, next);
    }
  }

  private static int bindKey(WindowUpdate value, PreparedStatement statement, int first)
      throws SQLException {
    statement.setString(first, value.promptVersion().promptId());
    statement.setString(first + 1, value.promptVersion().version());
    statement.setString(first + 2, value.size().label());
    statement.setObject(first + 3, Timestamps.ofMillis(value.start()));
    return first + 4;
  }

  private static int bindMetrics(
      List<Metric> metrics, WindowUpdate value, PreparedStatement statement, int first)
      throws SQLException {
    int index = first;
    for (Metric metric : metrics) {
      bind(metric, value.value(metric), statement, index++);
    }
    return index;
  }

  @SuppressWarnings("unchecked") // Metric.Type says what the value is
  private static void bind(
      Metric metric, @Nullable Object value, PreparedStatement statement, int index)
      throws SQLException {
    switch (metric.type()) {
      case COUNT -> statement.setObject(index, value, Types.BIGINT);
      case NUMBER -> statement.setObject(index, value, Types.DOUBLE);
      case BYTES -> statement.setBytes(index, (byte[]) value);
      case COUNTS_BY_NAME -> {
        Map<String, Long> counts = value == null ? Map.of() : (Map<String, Long>) value;
        String json = metric == Metric.TOP_ERRORS ? array(counts) : object(counts);
        statement.setObject(index, json, Types.OTHER);
      }
    }
  }

  /** The counts as {@code {"name": count, …}}. */
  static String object(Map<String, Long> counts) {
    return json(
        json -> {
          json.writeStartObject();
          for (Map.Entry<String, Long> count : counts.entrySet()) {
            json.writeNumberField(count.getKey(), count.getValue());
          }
          json.writeEndObject();
        });
  }

  /** The error types as an array, because an object in {@code jsonb} loses their order. */
  static String array(Map<String, Long> counts) {
    return json(
        json -> {
          json.writeStartArray();
          for (Map.Entry<String, Long> count : counts.entrySet()) {
            json.writeStartObject();
            json.writeStringField("error_type", count.getKey());
            json.writeNumberField("count", count.getValue());
            json.writeEndObject();
          }
          json.writeEndArray();
        });
  }

  private interface Content {
    void write(JsonGenerator json) throws IOException;
  }

  private static String json(Content content) {
    StringWriter text = new StringWriter();
    try (JsonGenerator json = JSON.createGenerator(text)) {
      content.write(json);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return text.toString();
  }
}
