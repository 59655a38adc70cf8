package io.promptmonitor.common.comparison;

import com.fasterxml.jackson.databind.PropertyNamingStrategies.SnakeCaseStrategy;
import com.fasterxml.jackson.databind.annotation.JsonNaming;
import io.promptmonitor.common.metrics.Metric;
import io.promptmonitor.common.metrics.Worse;
import org.jspecify.annotations.Nullable;

/**
 * A metric of one span compared with that of another, in the metric's unit.
 *
 * @param difference the one minus the other; null if either cannot be known
 * @param lower the lower limit of its 95 % interval; null if there is none or it cannot be known
 * @param upper the upper limit; null if there is none or it cannot be known
 * @param verdict whether the one is worse or better than the other
 */
@JsonNaming(SnakeCaseStrategy.class)
public record MetricComparison(
    @Nullable Double difference, @Nullable Double lower, @Nullable Double upper, Verdict verdict) {

  /** Compares a metric of one span with that of another. */
  public static MetricComparison of(Metric metric, ObservedSpan one, ObservedSpan other) {
    return of(metric, MetricEstimate.of(metric, one), MetricEstimate.of(metric, other));
  }

  public static MetricComparison of(Metric metric, MetricEstimate one, MetricEstimate other) {
    return of(one.value() - other.value(), one.ofDifference(other), metric.worse());
  }

  /** Compares a metric of a span with what it should be: a number that is not estimated. */
  public static MetricComparison of(Metric metric, MetricEstimate one, double expected) {
    Interval interval = one.interval();
    return of(
        one.value() - expected,
        new Interval(interval.lower() - expected, interval.upper() - expected),
        metric.worse());
  }

  private static MetricComparison of(double difference, Interval interval, Worse worse) {
    return new MetricComparison(
        MetricReading.finite(difference),
        MetricReading.finite(interval.lower()),
        MetricReading.finite(interval.upper()),
        verdict(interval, worse));
  }

  private static Verdict verdict(Interval interval, Worse worse) {
    if (!interval.isKnown() || worse == Worse.NEITHER) {
      return Verdict.UNKNOWN;
    }
    if (interval.isAbove(0)) {
      return worse == Worse.HIGHER ? Verdict.WORSE : Verdict.BETTER;
    }
    if (interval.isBelow(0)) {
      return worse == Worse.HIGHER ? Verdict.BETTER : Verdict.WORSE;
    }
    return Verdict.NOT_DISTINGUISHABLE;
  }
}
