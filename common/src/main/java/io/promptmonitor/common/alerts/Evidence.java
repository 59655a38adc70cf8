package io.promptmonitor.common.alerts;

import io.promptmonitor.common.conditions.Expression;
import io.promptmonitor.common.conditions.MetricValues;
import io.promptmonitor.common.metrics.Metric;
import java.math.BigDecimal;
import java.util.EnumSet;
import java.util.Set;

/**
 * How improbable it is that a window has so many failures by chance.
 *
 * <p>The e-value of {@code k} failures in {@code n} executions against a failure rate {@code p0} is
 * the likelihood of a rate drawn uniformly from (p0, 1], divided by that of p0. If executions fail
 * independently with a probability of at most p0, a window reaches an e-value of {@code 1 / alpha}
 * with a probability of at most {@code alpha}.
 */
public final class Evidence {

  private static final Set<Metric> FAILURES = EnumSet.of(Metric.ERROR_RATE, Metric.SUCCESS_RATE);

  private Evidence() {}

  /** Whether there can be evidence for a condition: it is about the rate of failures, once. */
  static boolean isFor(Expression expression) {
    return expression.comparisons().stream()
            .filter(comparison -> FAILURES.contains(comparison.metric()))
            .count()
        == 1;
  }

  /** The failure rate from which on a comparison is breached; NaN if it is about something else. */
  static double failureRate(Metric metric, double threshold) {
    return switch (metric) {
      case ERROR_RATE -> threshold;
      // In decimal: 1 - 0.95 is 0.05, not 0.050000000000000044.
      case SUCCESS_RATE ->
          Double.isNaN(threshold)
              ? threshold
              : BigDecimal.ONE.subtract(BigDecimal.valueOf(threshold)).doubleValue();
      default -> Double.NaN;
    };
  }

  /**
   * The e-value of a window; NaN if {@code p0} is not between 0 and 1.
   *
   * @param p0 the failure rate to which the window is compared
   */
  static double of(MetricValues window, double p0) {
    double log =
        logEValue(
            (long) window.value(Metric.FAILURE_COUNT),
            (long) window.value(Metric.EXECUTION_COUNT),
            p0);
    return Math.exp(Math.min(MAX_LOG, log));
  }

  /** Keeps an e-value finite. */
  private static final double MAX_LOG = 700;

  /**
   * The natural logarithm of the e-value; NaN if {@code p0} is not between 0 and 1, both excluded.
   *
   * @param failures 0 to {@code executions}
   * @param executions 0 or more
   * @param p0 the failure rate to which the window is compared
   */
  public static double logEValue(long failures, long executions, double p0) {
    if (!(p0 > 0 && p0 < 1)) {
      return Double.NaN;
    }
    long successes = executions - failures;
    // The integral of p^k (1 - p)^(n - k) from p0 to 1 is B(k + 1, n - k + 1) times the share of it
    // above p0; divided by the length of (p0, 1] and by the integrand at p0.
    double above = IncompleteBeta.regularized(1 - p0, successes + 1.0, failures + 1.0);
    return IncompleteBeta.logBeta(failures + 1.0, successes + 1.0)
        + Math.log(above)
        - Math.log1p(-p0)
        - failures * Math.log(p0)
        - successes * Math.log1p(-p0);
  }
}
