package io.promptmonitor.common.alerts;

import io.promptmonitor.common.metrics.Metric;
import java.util.Objects;

/**
 * The part of a window from which {@link Evidence} is taken: how many executions failed, or were
 * too slow, of how many.
 *
 * @param metric what the condition is about: a failure rate or a percentile of the latency
 * @param slowerThan of a percentile the latency in milliseconds above which executions count; NaN
 *     of a failure rate, of which those count that failed
 * @param counted how many executions count
 * @param executions of how many
 * @param tolerated the share of them that is fine as far as the version's rules and the condition
 *     tell, 0 to 1; NaN if they do not
 */
public record EvidenceSample(
    Metric metric, double slowerThan, long counted, long executions, double tolerated) {

  public EvidenceSample {
    Objects.requireNonNull(metric, "metric");
  }

  /** Whether it is about failures, not about latency. */
  public boolean ofFailures() {
    return metric.percentile() == 0;
  }

  /** The e-value against {@link #tolerated}; NaN if there is none. */
  public double eValue() {
    return eValue(tolerated);
  }

  /** The e-value against a share that is fine; NaN if that is not between 0 and 1. */
  public double eValue(double fine) {
    return Evidence.eValue(counted, executions, fine);
  }
}
