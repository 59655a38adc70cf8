package io.promptmonitor.reports.text;

import io.promptmonitor.common.metrics.Metric;
import io.promptmonitor.common.metrics.Quantity;
import io.promptmonitor.common.metrics.Sample;
import org.jspecify.annotations.Nullable;

/**
 * Values and differences of a metric as reports show them.
 *
 * @param quantity what the metric measures; null if the metric is not known
 * @param sample what it is taken from
 */
public record MetricFormat(@Nullable Quantity quantity, Sample sample) {

  public static MetricFormat of(Metric metric) {
    return new MetricFormat(metric.quantity(), metric.sample());
  }

  /**
   * The format of a metric by its column in {@code window_metrics}; of one that is not known it has
   * no unit.
   */
  public static MetricFormat of(String column) {
    Metric metric = Metric.named(column);
    return metric == null ? new MetricFormat(null, Sample.EXECUTIONS) : of(metric);
  }

  /** A value: {@code 97.64%}, {@code 842ms}, {@code 512.3}, {@code 4.21/5}. */
  public String value(double value) {
    if (quantity == null) {
      return plain(value);
    }
    return switch (quantity) {
      case RATE -> Numbers.percent(value);
      case LATENCY -> Numbers.milliseconds(value);
      case RATING -> Numbers.fixed(value, 2) + "/5";
      default -> plain(value);
    };
  }

  /** A difference of two values: {@code +1.20 pp} (percentage points), {@code -12ms}. */
  public String difference(double value) {
    String magnitude = magnitude(Math.abs(value));
    boolean isZero = magnitude.chars().noneMatch(c -> c >= '1' && c <= '9');
    return (isZero ? "±" : value < 0 ? "-" : "+")
        + magnitude
        + (quantity == Quantity.RATE ? " pp" : "");
  }

  private String magnitude(double value) {
    if (quantity == null) {
      return plain(value);
    }
    return switch (quantity) {
      case RATE -> Numbers.fixed(value * 100, 2);
      case LATENCY -> Numbers.milliseconds(value);
      default -> plain(value);
    };
  }

  private String plain(double value) {
    if (quantity == Quantity.COUNT) {
      return Numbers.fixed(value, 0);
    }
    return Numbers.fixed(value, quantity == Quantity.TOKENS ? 1 : 2);
  }

  /** How many there are of what the metric is taken from: {@code 12,345 executions}. */
  public String sampleSize(long n) {
    return Numbers.count(n, sample.plural());
  }
}
