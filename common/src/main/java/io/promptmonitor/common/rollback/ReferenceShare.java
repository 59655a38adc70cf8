package io.promptmonitor.common.rollback;

import io.promptmonitor.common.alerts.EvidenceSample;
import io.promptmonitor.common.metrics.WindowAggregate;
import io.promptmonitor.common.sketch.QuantileSketch;
import org.jspecify.annotations.Nullable;

/**
 * The share of executions that fail, or are too slow, of a version that is fine: that to which a
 * failing one is compared.
 *
 * @param share 0 to 1; NaN if it is not known
 * @param executions of how many executions it is the share; 0 if it was not measured
 */
public record ReferenceShare(double share, long executions) {

  /** Executions that it takes to measure it. */
  public static final int LEAST_EXECUTIONS = 500;

  /**
   * The share of the version to go back to, in its last 24 hours of traffic; with fewer than
   * {@value #LEAST_EXECUTIONS} executions what the rules tolerate.
   *
   * <p>Of {@code k} among {@code n} it is {@code (k + 1) / (n + 2)} (Laplace's rule of succession):
   * that none failed does not mean that none ever will.
   *
   * @param target the last traffic of the version to go back to
   */
  static ReferenceShare of(EvidenceSample sample, WindowAggregate target) {
    long executions = target.executionCount();
    if (executions < LEAST_EXECUTIONS) {
      return new ReferenceShare(sample.tolerated(), 0);
    }
    double counted =
        sample.ofFailures()
            ? target.failureCount()
            : executions * shareAbove(target.latencyQuantiles(), sample.slowerThan());
    return new ReferenceShare((counted + 1) / (executions + 2), executions);
  }

  /** The share of values above a threshold, from the quantiles: within the sketch's error. */
  private static double shareAbove(@Nullable QuantileSketch values, double threshold) {
    if (values == null || values.count() == 0 || values.quantile(1) <= threshold) {
      return 0;
    }
    if (values.quantile(0) > threshold) {
      return 1;
    }
    double notAbove = 0;
    double above = 1;
    while (above - notAbove > 1e-9) {
      double middle = (notAbove + above) / 2;
      if (values.quantile(middle) > threshold) {
        above = middle;
      } else {
        notAbove = middle;
      }
    }
    return 1 - above;
  }
}
