package io.promptmonitor.common.conditions;

import io.promptmonitor.common.metrics.Metric;
import io.promptmonitor.common.metrics.Sample;

/** The metrics of one window of a prompt version: what a condition is evaluated on. */
@FunctionalInterface
public interface MetricValues {

  /** The value of a numeric metric in the metric's unit, or NaN if it cannot be known. */
  double value(Metric metric);

  /** How many of something there are in the window. */
  default long count(Sample sample) {
    return switch (sample) {
      case EXECUTIONS -> count(Metric.EXECUTION_COUNT);
      case RATINGS -> count(Metric.FEEDBACK_COUNT);
      case SCORES -> count(Metric.AUTOMATED_SCORE_COUNT);
      case RATINGS_AND_SCORES -> count(Metric.FEEDBACK_COUNT) + count(Metric.AUTOMATED_SCORE_COUNT);
    };
  }

  /**
   * How many of the values that a percentile is taken from are above a threshold, in the metric's
   * unit; -1 if it is not known.
   *
   * @param percentile the metric; it is not known of others
   */
  default long countAbove(Metric percentile, double threshold) {
    return -1;
  }

  private long count(Metric metric) {
    return (long) value(metric); // 0 for NaN
  }
}
