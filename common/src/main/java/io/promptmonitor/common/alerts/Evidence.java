package io.promptmonitor.common.alerts;

import io.promptmonitor.common.conditions.Comparison;
import io.promptmonitor.common.conditions.Expression;
import io.promptmonitor.common.conditions.MetricValues;
import io.promptmonitor.common.conditions.Observation;
import io.promptmonitor.common.conditions.Operator;
import io.promptmonitor.common.metrics.Metric;
import io.promptmonitor.common.metrics.Sample;
import io.promptmonitor.common.metrics.Worse;
import java.math.BigDecimal;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * How improbable it is that a window has so many failures, or slow executions, by chance.
 *
 * <p>The e-value of {@code k} failures in {@code n} executions against a failure rate {@code p0} is
 * the likelihood of a rate drawn uniformly from (p0, 1], divided by that of p0. If executions fail
 * independently with a probability of at most p0, a window reaches an e-value of {@code 1 / alpha}
 * with a probability of at most {@code alpha}.
 *
 * <p>That a percentile of the latency is above a threshold says that more than the share beyond the
 * percentile is slower: 5 % of the executions for {@code latency_p95}. Those that are take the part
 * of failures, that share the part of p0.
 */
public final class Evidence {

  private Evidence() {}

  /**
   * Whether there can be evidence for a condition: it says of one rate of failures, or of one
   * percentile, that it is worse than something.
   */
  static boolean isFor(Expression expression) {
    List<Comparison> subjects =
        expression.comparisons().stream()
            .filter(comparison -> isSubject(comparison.metric()))
            .toList();
    return subjects.size() == 1
        && isOnWorseSide(subjects.get(0).metric(), subjects.get(0).operator());
  }

  /** Whether there can be evidence about a metric. */
  static boolean isSubject(Metric metric) {
    return isFailureRate(metric) || metric.percentile() > 0;
  }

  /** Whether a metric tells what share of the executions fails. */
  static boolean isFailureRate(Metric metric) {
    return metric == Metric.ERROR_RATE || metric == Metric.SUCCESS_RATE;
  }

  /** Whether a comparison holds if the metric is worse than its threshold. */
  static boolean isOnWorseSide(Metric metric, Operator operator) {
    boolean above = operator == Operator.GREATER || operator == Operator.GREATER_OR_EQUAL;
    return metric.worse() == (above ? Worse.HIGHER : Worse.LOWER);
  }

  /**
   * The latency above which executions count for a comparison of a percentile: with {@code >=}
   * those count, too, that take exactly as long as the threshold.
   */
  static double countedAbove(Operator operator, double threshold) {
    return operator == Operator.GREATER_OR_EQUAL ? Math.nextDown(threshold) : threshold;
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
   * What there is to be counted in a window; null if latencies were not counted from there on.
   *
   * @param seen what was seen of the metric that the condition is about
   * @param failureRate the failure rate that is fine
   */
  static @Nullable EvidenceSample of(MetricValues window, Observation seen, double failureRate) {
    Metric metric = seen.metric();
    long executions = window.count(Sample.EXECUTIONS);
    if (metric.percentile() == 0) {
      long failures = (long) window.value(Metric.FAILURE_COUNT);
      return new EvidenceSample(metric, Double.NaN, failures, executions, failureRate);
    }
    double slowerThan = countedAbove(seen.operator(), seen.threshold());
    long slower = window.countAbove(metric, slowerThan);
    double beyond = (100 - metric.percentile()) / 100.0;
    return slower < 0 ? null : new EvidenceSample(metric, slowerThan, slower, executions, beyond);
  }

  /** The e-value, kept finite; NaN if {@code p0} is not between 0 and 1, both excluded. */
  static double eValue(long failures, long executions, double p0) {
    return Math.exp(Math.min(MAX_LOG, logEValue(failures, executions, p0)));
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
