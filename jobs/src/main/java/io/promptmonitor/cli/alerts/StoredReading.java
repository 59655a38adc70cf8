package io.promptmonitor.cli.alerts;

import io.promptmonitor.common.config.DurationText;
import io.promptmonitor.common.metrics.Metric;
import io.promptmonitor.common.metrics.MetricText;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What was seen of a metric, as the tables have it; null where it is not known.
 *
 * @param operator how the value was compared
 * @param windowSeconds length of the window that was looked at
 * @param evidence the e-value
 */
record StoredReading(
    @Nullable String metric,
    @Nullable Double value,
    @Nullable String operator,
    @Nullable Double threshold,
    @Nullable Double baseline,
    @Nullable Long sampleCount,
    @Nullable Double windowSeconds,
    @Nullable Double evidence) {

  static StoredReading read(ResultSet row, @Nullable String operator) throws SQLException {
    return new StoredReading(
        row.getString("metric"),
        row.getObject("value", Double.class),
        operator,
        row.getObject("threshold", Double.class),
        row.getObject("baseline", Double.class),
        row.getObject("sample_count", Long.class),
        row.getObject("window_seconds", Double.class),
        row.getObject("evidence", Double.class));
  }

  /** For example {@code error_rate 12.5% > 5%}; empty if nothing was seen. */
  String comparison() {
    return metric == null || value == null
        ? ""
        : MetricText.comparison(metric, value, operator, threshold);
  }

  /** For example {@code 312 executions, window of 5m, baseline 2000 ms}; empty if not known. */
  String circumstances() {
    List<String> parts = new ArrayList<>();
    Metric known = metric == null ? null : Metric.named(metric);
    if (sampleCount != null) {
      parts.add(sampleCount + " " + (known == null ? "samples" : known.sample().plural()));
    }
    if (windowSeconds != null) {
      parts.add(
          "window of " + DurationText.format(Duration.ofMillis(Math.round(windowSeconds * 1_000))));
    }
    if (metric != null && baseline != null) {
      parts.add("baseline " + MetricText.value(metric, baseline));
    }
    if (evidence != null) {
      parts.add("e-value " + MetricText.number(evidence));
    }
    return String.join(", ", parts);
  }

  void putInto(Map<String, @Nullable Object> values) {
    values.put("metric", metric);
    values.put("value", value);
    if (operator != null) {
      values.put("operator", operator);
    }
    values.put("threshold", threshold);
    values.put("baseline", baseline);
    values.put("sample_count", sampleCount);
    values.put("window_seconds", windowSeconds);
    values.put("evidence", evidence);
  }
}
