package io.promptmonitor.cli.alerts;

import io.promptmonitor.common.config.DurationText;
import io.promptmonitor.common.metrics.Metric;
import io.promptmonitor.common.metrics.Quantity;
import java.math.BigDecimal;
import java.math.MathContext;
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
    if (metric == null || value == null) {
      return "";
    }
    String text = metric + " " + show(value);
    return operator == null || threshold == null
        ? text
        : text + " " + operator + " " + show(threshold);
  }

  /** For example {@code 312 executions, window of 5m, baseline 2000 ms}; empty if not known. */
  String circumstances() {
    List<String> parts = new ArrayList<>();
    Metric known = known();
    if (sampleCount != null) {
      parts.add(sampleCount + " " + (known == null ? "samples" : known.sample().plural()));
    }
    if (windowSeconds != null) {
      parts.add(
          "window of " + DurationText.format(Duration.ofMillis(Math.round(windowSeconds * 1_000))));
    }
    if (baseline != null) {
      parts.add("baseline " + show(baseline));
    }
    if (evidence != null) {
      parts.add("e-value " + rounded(evidence));
    }
    return String.join(", ", parts);
  }

  private @Nullable Metric known() {
    return metric == null ? null : Metric.named(metric);
  }

  private String show(double number) {
    Metric known = known();
    Quantity quantity = known == null ? null : known.quantity();
    return quantity == null ? rounded(number) : quantity.show(number);
  }

  private static String rounded(double number) {
    return Double.isFinite(number)
        ? new BigDecimal(number).round(new MathContext(3)).stripTrailingZeros().toPlainString()
        : "beyond measure";
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
