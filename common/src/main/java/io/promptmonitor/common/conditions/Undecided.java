package io.promptmonitor.common.conditions;

import io.promptmonitor.common.metrics.BaselineSource;
import io.promptmonitor.common.metrics.Metric;
import java.util.Objects;

/**
 * Why a comparison could not be decided.
 *
 * @param cause what is missing
 * @param metric the metric that was to be compared
 * @param found how many of the metric's sample there are; 0 or more
 * @param needed how many of them it takes
 */
public record Undecided(Cause cause, Metric metric, long found, long needed) {

  /** What was missing. */
  public enum Cause {
    /** Fewer executions, ratings or scores than it takes. */
    TOO_FEW,
    /** The version does not say what is expected. */
    BASELINE_MISSING,
    /** What is expected is 0 or less, so that nothing can be compared with it. */
    BASELINE_NOT_POSITIVE,
    /** The quality that was predicted for the version is not known. */
    PREDICTED_QUALITY_MISSING,
    /** The metric has no value for another reason, such as 0/0. */
    NO_VALUE
  }

  public Undecided {
    Objects.requireNonNull(cause, "cause");
    Objects.requireNonNull(metric, "metric");
  }

  /** The reason in words, for people: {@code latency_p95 needs 20 executions, found 7}. */
  @Override
  public String toString() {
    return switch (cause) {
      case TOO_FEW ->
          metric.column()
              + " needs "
              + needed
              + " "
              + metric.sample().plural()
              + ", found "
              + found;
      case BASELINE_MISSING ->
          "the version states no " + baselineKey() + ", the baseline of " + metric.column();
      case BASELINE_NOT_POSITIVE ->
          "the baseline of " + metric.column() + ", from " + baselineKey() + ", is not above 0";
      case PREDICTED_QUALITY_MISSING ->
          "the version states no predicted_quality, which " + metric.column() + " needs";
      case NO_VALUE -> metric.column() + " cannot be known from what is in the window";
    };
  }

  private String baselineKey() {
    BaselineSource source = metric.baseline();
    return source == null ? "baseline" : source.key();
  }
}
