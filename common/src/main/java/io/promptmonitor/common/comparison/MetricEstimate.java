package io.promptmonitor.common.comparison;

import io.promptmonitor.common.metrics.Metric;
import io.promptmonitor.common.metrics.QualityCounts;
import io.promptmonitor.common.metrics.WindowAggregate;
import io.promptmonitor.common.sketch.QuantileSketch;
import org.jspecify.annotations.Nullable;

/**
 * A metric's value in a span with its interval, by what the metric is: a rate, a percentile, a
 * mean, or the distance of a mean from a prediction.
 *
 * @param moments of the values whose mean it is, if their variance is known; else null
 */
public record MetricEstimate(
    double value, Interval interval, long n, @Nullable SampleMoments moments) {

  private static final Interval RATINGS = new Interval(1, 5);
  private static final Interval QUALITIES = new Interval(0, 10);

  public static MetricEstimate of(Metric metric, ObservedSpan span) {
    WindowAggregate window = span.aggregate();
    QualityCounts quality = window.quality();
    double value = span.value(metric);
    long executions = window.executionCount();
    long qualities = quality.ratingCount() + quality.scoreCount();
    return switch (metric) {
      case SUCCESS_RATE, ERROR_RATE -> bounded(value, new Interval(0, 1), executions);
      case USER_FEEDBACK_NEGATIVE_RATE -> bounded(value, new Interval(0, 1), quality.ratingCount());
      case AVG_USER_FEEDBACK -> bounded(value, RATINGS, quality.ratingCount());
      case AVG_AUTOMATED_SCORE -> bounded(value, QUALITIES, quality.scoreCount());
      case AVG_CALIBRATION_DELTA ->
          new MetricEstimate(
              value, bias(span.predictedQuality(), quality, qualities).absolute(), qualities, null);
      case CALIBRATION_BIAS ->
          new MetricEstimate(
              value, bias(span.predictedQuality(), quality, qualities), qualities, null);
      case LATENCY_P50, LATENCY_P95, LATENCY_P99 ->
          percentile(value, metric, window.latencyQuantiles(), executions);
      case LATENCY_AVG -> mean(value, window.latencyQuantiles(), executions);
      case AVG_TOTAL_TOKENS -> mean(value, window.tokenQuantiles(), executions);
      default -> new MetricEstimate(value, Interval.UNKNOWN, executions, null);
    };
  }

  /** The value with its interval, as it is shown and stored. */
  public MetricReading reading() {
    return MetricReading.of(value, interval, n);
  }

  /** The interval of this minus {@code other}. */
  public Interval ofDifference(MetricEstimate other) {
    return moments != null && other.moments != null
        ? moments.ofDifference(other.moments)
        : Interval.ofDifference(value, interval, other.value, other.interval);
  }

  /** A mean of values between two bounds: a rate, once these are 0 and 1. */
  private static MetricEstimate bounded(double value, Interval bounds, long n) {
    return new MetricEstimate(value, boundedInterval(value, bounds, n), n, null);
  }

  private static Interval boundedInterval(double value, Interval bounds, long n) {
    double width = bounds.upper() - bounds.lower();
    Interval share = RateIntervals.wilson((value - bounds.lower()) / width, n);
    return new Interval(
        bounds.lower() + width * share.lower(), bounds.lower() + width * share.upper());
  }

  private static Interval bias(double predicted, QualityCounts quality, long n) {
    Interval actual = boundedInterval(quality.averageQuality(), QUALITIES, n);
    return new Interval(predicted - actual.upper(), predicted - actual.lower());
  }

  private static MetricEstimate percentile(
      double value, Metric metric, @Nullable QuantileSketch sketch, long n) {
    // Too small a sample has no such percentile: its greatest value stands for it.
    Interval interval =
        sketch == null || n < metric.minSamples()
            ? Interval.UNKNOWN
            : PercentileIntervals.of(sketch, metric.percentile() / 100.0);
    return new MetricEstimate(value, interval, n, null);
  }

  private static MetricEstimate mean(double value, @Nullable QuantileSketch sketch, long n) {
    SampleMoments moments =
        new SampleMoments(n, value, sketch == null ? Double.NaN : sketch.variance());
    Interval interval = moments.ofMean();
    return new MetricEstimate(
        value, new Interval(Math.max(0, interval.lower()), interval.upper()), n, moments);
  }

  /** Whether a metric does not depend on the length of the span, as counts do. */
  public static boolean isCompared(Metric metric) {
    return metric.type() == Metric.Type.NUMBER;
  }
}
