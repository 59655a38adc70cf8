package io.promptmonitor.common.comparison;

import com.fasterxml.jackson.databind.PropertyNamingStrategies.SnakeCaseStrategy;
import com.fasterxml.jackson.databind.annotation.JsonNaming;
import io.promptmonitor.common.metrics.Metric;
import io.promptmonitor.common.metrics.MetricText;
import org.jspecify.annotations.Nullable;

/**
 * The value of a metric in one span, in the metric's unit.
 *
 * @param value null if it cannot be known
 * @param lower the lower limit of its 95 % interval; null if there is none or it cannot be known
 * @param upper the upper limit; null if there is none or it cannot be known
 * @param n how many of the metric's sample, such as executions or ratings, it is taken from
 */
@JsonNaming(SnakeCaseStrategy.class)
public record MetricReading(
    @Nullable Double value, @Nullable Double lower, @Nullable Double upper, long n) {

  public static MetricReading of(double value, Interval interval, long n) {
    return new MetricReading(finite(value), finite(interval.lower()), finite(interval.upper()), n);
  }

  static @Nullable Double finite(double value) {
    return Double.isFinite(value) ? value : null;
  }

  /** For messages: {@code 2% (95% interval 1.5% to 2.7%, 2000 executions)}. */
  public String text(Metric metric) {
    String sample = n + " " + metric.sample().plural();
    if (value == null) {
      return "unknown (" + sample + ")";
    }
    return show(metric, value) + " (" + limits(metric) + sample + ")";
  }

  private String limits(Metric metric) {
    if (lower == null && upper == null) {
      return "";
    }
    if (upper == null) {
      return lower == null ? "" : "95% interval from " + show(metric, lower) + ", ";
    }
    return lower == null
        ? "95% interval up to " + show(metric, upper) + ", "
        : "95% interval " + show(metric, lower) + " to " + show(metric, upper) + ", ";
  }

  private static String show(Metric metric, double shown) {
    return MetricText.value(metric.column(), shown);
  }
}
