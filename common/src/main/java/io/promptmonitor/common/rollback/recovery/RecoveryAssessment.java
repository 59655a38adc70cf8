package io.promptmonitor.common.rollback.recovery;

import com.fasterxml.jackson.databind.PropertyNamingStrategies.SnakeCaseStrategy;
import com.fasterxml.jackson.databind.annotation.JsonNaming;
import io.promptmonitor.common.comparison.MetricComparison;
import io.promptmonitor.common.conditions.ConditionEvaluator;
import io.promptmonitor.common.conditions.Evaluation;
import io.promptmonitor.common.conditions.Expression;
import io.promptmonitor.common.conditions.Observation;
import io.promptmonitor.common.conditions.Operator;
import io.promptmonitor.common.conditions.Verdict;
import io.promptmonitor.common.metrics.Metric;
import io.promptmonitor.common.metrics.Worse;
import io.promptmonitor.common.registry.DeploymentSpecification.AlertThreshold;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Whether a rollback helped, with what that is told from.
 *
 * @param reason the outcome in a sentence, for people
 * @param readings the metrics that were looked at; empty if there were too few executions
 */
@JsonNaming(SnakeCaseStrategy.class)
public record RecoveryAssessment(
    RollbackOutcome outcome, String reason, List<RecoveryReading> readings) {

  /** How many executions since the switch it takes, if nothing else is said. */
  public static final int LEAST_EXECUTIONS = ConditionEvaluator.MIN_FOR_RATES;

  /** Metrics that tell of recovery if no trigger does. */
  private static final List<Metric> VITAL =
      List.of(Metric.ERROR_RATE, Metric.SUCCESS_RATE, Metric.LATENCY_P95);

  private static final String FAST_FAILURES =
      "does not count because it fails less often, and what fails is often fast";

  public RecoveryAssessment {
    Objects.requireNonNull(outcome, "outcome");
    Objects.requireNonNull(reason, "reason");
    readings = List.copyOf(readings);
  }

  /**
   * After an automatic rollback: recovered if the trigger's condition does not hold any more. If it
   * is a single comparison, the metric must not be significantly further on its side than with the
   * failing version either; of several it is not known which one is to blame.
   *
   * @param trigger the condition; baselines in it are those of the version that is active since
   * @param leastExecutions how many executions since the switch it takes; 1 or more
   */
  public static RecoveryAssessment afterTrigger(
      Expression trigger, RecoverySpans spans, int leastExecutions) {
    if (spans.executions() < leastExecutions) {
      return tooFew(spans, leastExecutions);
    }
    Evaluation evaluation =
        new ConditionEvaluator(trigger, spans.expected(), leastExecutions).evaluate(spans.target());
    boolean single = evaluation.observations().size() == 1;
    List<RecoveryCheck> checks = new ArrayList<>();
    for (Observation seen : evaluation.observations()) {
      checks.add(
          new RecoveryCheck(
              seen.metric(),
              seen.operator(),
              seen.threshold(),
              seen.verdict().isDecided(),
              seen.verdict() == Verdict.HOLDS,
              single ? versusFailing(seen.metric(), spans) : null,
              null));
    }
    if (!evaluation.verdict().isDecided()) {
      return of(
          RollbackOutcome.NO_DATA,
          "It cannot be told whether " + trigger + ": " + evaluation.reason(),
          checks,
          spans);
    }
    boolean bad =
        evaluation.verdict() == Verdict.HOLDS
            || checks.stream().anyMatch(check -> check.isKnown() && check.isWorse());
    return of(bad, checks, spans);
  }

  /**
   * After a rollback without a trigger: recovered if error rate and 95th percentile of the latency
   * are neither beyond the critical thresholds of the version that is active since nor
   * significantly worse than with the failing version. That it is slower does not count against a
   * version that fails less often: what fails is often fast.
   *
   * @param thresholds of the version that is active since; of these metrics, and of the success
   *     rate, what is critical counts
   * @param leastExecutions how many executions since the switch it takes; 1 or more
   */
  public static RecoveryAssessment withoutTrigger(
      List<AlertThreshold> thresholds, RecoverySpans spans, int leastExecutions) {
    if (spans.executions() < leastExecutions) {
      return tooFew(spans, leastExecutions);
    }
    boolean failsLess = vital(Metric.ERROR_RATE, null, spans, leastExecutions).isBetter();
    List<RecoveryCheck> checks = new ArrayList<>();
    for (Metric metric : VITAL) {
      Double critical = critical(thresholds, metric);
      if (critical != null || metric != Metric.SUCCESS_RATE) {
        RecoveryCheck check = vital(metric, critical, spans, leastExecutions);
        checks.add(
            failsLess && metric == Metric.LATENCY_P95 ? check.excused(FAST_FAILURES) : check);
      }
    }
    return of(checks.stream().anyMatch(check -> isFalse(check.passed())), checks, spans);
  }

  private static boolean isFalse(@Nullable Boolean passed) {
    return passed != null && !passed;
  }

  private static @Nullable Double critical(List<AlertThreshold> thresholds, Metric metric) {
    for (AlertThreshold threshold : thresholds) {
      if (threshold.metric() == metric) {
        return threshold.critical();
      }
    }
    return null;
  }

  private static RecoveryCheck vital(
      Metric metric, @Nullable Double critical, RecoverySpans spans, int leastExecutions) {
    double value = spans.target().value(metric);
    double threshold = critical == null ? Double.NaN : critical;
    // As the rules that are made from thresholds compare.
    Operator operator = metric.worse() == Worse.HIGHER ? Operator.GREATER : Operator.LESS;
    return new RecoveryCheck(
        metric,
        operator,
        threshold,
        spans.executions() >= Math.max(leastExecutions, metric.minSamples())
            && !Double.isNaN(value),
        operator.holds(value, threshold),
        versusFailing(metric, spans),
        null);
  }

  private static MetricComparison versusFailing(Metric metric, RecoverySpans spans) {
    return MetricComparison.of(metric, spans.target(), spans.failing());
  }

  private static RecoveryAssessment tooFew(RecoverySpans spans, int leastExecutions) {
    return new RecoveryAssessment(
        RollbackOutcome.NO_DATA,
        "It takes "
            + leastExecutions
            + " executions since the switch to tell; there were "
            + spans.executions(),
        List.of());
  }

  /** The reason is what speaks for the outcome. */
  private static RecoveryAssessment of(
      boolean bad, List<RecoveryCheck> checks, RecoverySpans spans) {
    String reason =
        checks.stream()
            .map(check -> check.reading(spans))
            .filter(reading -> reading.passed() != null && (!bad || !reading.passed()))
            .map(RecoveryReading::text)
            .collect(Collectors.joining(". "));
    return of(
        bad ? RollbackOutcome.NOT_RECOVERED : RollbackOutcome.RECOVERED, reason, checks, spans);
  }

  private static RecoveryAssessment of(
      RollbackOutcome outcome, String reason, List<RecoveryCheck> checks, RecoverySpans spans) {
    return new RecoveryAssessment(
        outcome, reason, checks.stream().map(check -> check.reading(spans)).toList());
  }
}
