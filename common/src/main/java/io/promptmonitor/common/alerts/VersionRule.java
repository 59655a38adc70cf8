package io.promptmonitor.common.alerts;

import io.promptmonitor.common.conditions.Baselines;
import io.promptmonitor.common.conditions.ConditionEvaluator;
import io.promptmonitor.common.conditions.Evaluation;
import io.promptmonitor.common.conditions.MetricValues;
import io.promptmonitor.common.conditions.Observation;
import io.promptmonitor.common.conditions.Verdict;
import io.promptmonitor.common.metrics.Metric;
import io.promptmonitor.common.metrics.MetricPart;
import io.promptmonitor.common.metrics.Sample;
import io.promptmonitor.common.windows.SlidingDemand;
import org.jspecify.annotations.Nullable;

/** A rule as it holds for one prompt version: its thresholds are numbers. Immutable. */
public final class VersionRule {

  private final AlertRule rule;
  private final ConditionEvaluator evaluator;
  private final double referenceFailureRate;
  private final boolean needsEvidence;
  private final long contentHash;
  private final long[] windows;

  /**
   * A rule for a version.
   *
   * @param baselines what is expected of the version
   * @param referenceFailureRate the failure rate that would still be fine, to which {@link
   *     Evidence} compares; NaN for the one from which on the rule is breached
   */
  public VersionRule(AlertRule rule, Baselines baselines, double referenceFailureRate) {
    this.rule = rule;
    this.evaluator = new ConditionEvaluator(rule.expression(), baselines, rule.minExecutions());
    this.referenceFailureRate = referenceFailureRate;
    this.needsEvidence =
        rule.evidence() != null || rule.actions().contains(AlertAction.AUTO_ROLLBACK);
    this.contentHash = rule.contentHash();
    this.windows = rule.windows().stream().mapToLong(window -> window.toMillis()).toArray();
  }

  /** The rule. */
  public AlertRule rule() {
    return rule;
  }

  /** {@link AlertRule#contentHash} of the rule. */
  public long contentHash() {
    return contentHash;
  }

  /** Evaluates the rule on the shortest of its windows that has enough executions. */
  public RuleEvaluation evaluate(EvaluatedWindows at) {
    int last = windows.length - 1;
    MetricValues chosen = null;
    long length = windows[last];
    for (int i = 0; i <= last; i++) {
      MetricValues window = at.ofLength(windows[i]);
      if (window != null
          && (i == last || window.count(Sample.EXECUTIONS) >= evaluator.requiredExecutions())) {
        chosen = window;
        length = windows[i];
        break;
      }
    }
    Evaluation evaluation = chosen == null ? Evaluation.noData() : evaluator.evaluate(chosen);
    Verdict verdict = evaluation.verdict();
    double evidence = Double.NaN;
    EvidenceSample sample = null;
    Double alpha = rule.evidence();
    if (rule.kind() == RuleKind.NO_DATA_ALERT) {
      verdict = verdict == Verdict.NO_DATA ? Verdict.HOLDS : Verdict.DOES_NOT_HOLD;
    } else if (needsEvidence && verdict == Verdict.HOLDS && chosen != null) {
      sample = sample(chosen, evaluation);
      if (alpha != null) {
        evidence = sample == null ? Double.NaN : sample.eValue();
        verdict = evidence >= 1 / alpha ? Verdict.HOLDS : Verdict.DOES_NOT_HOLD;
      }
    }
    return new RuleEvaluation(verdict, evaluation, length, evidence, sample);
  }

  private @Nullable EvidenceSample sample(MetricValues window, Evaluation evaluation) {
    EvidenceSample sample = null;
    for (Observation observation : evaluation.observations()) {
      if (Evidence.isSubject(observation.metric())) {
        if (sample != null) {
          return null; // Of two rates or percentiles, neither stands for the whole condition.
        }
        double breached = Evidence.failureRate(observation.metric(), observation.threshold());
        // What is fine lies below what is not; otherwise the thresholds contradict each other.
        double fine = referenceFailureRate < breached ? referenceFailureRate : breached;
        sample = Evidence.of(window, observation, fine);
        if (sample == null) {
          return null;
        }
      }
    }
    return sample;
  }

  /**
   * The latencies in milliseconds above which executions have to be counted, so that there can be
   * evidence: of rules that ask for it, and of those that can roll back, which needs it.
   */
  public double[] latencyThresholds() {
    if (!needsEvidence) {
      return new double[0];
    }
    return evaluator.thresholds().stream()
        .filter(
            threshold ->
                threshold.metric().percentile() > 0
                    && Evidence.isOnWorseSide(threshold.metric(), threshold.operator())
                    && !Double.isNaN(threshold.value()))
        .mapToDouble(threshold -> Evidence.countedAbove(threshold.operator(), threshold.value()))
        .toArray();
  }

  /** Adds what the rule has to know of the window that {@link #evaluate} takes. */
  void addTo(SlidingDemand.Builder demand) {
    int parts = 0;
    if (rule.kind() != RuleKind.NO_DATA_ALERT) { // It counts executions.
      for (Metric metric : rule.metrics()) {
        MetricPart part = metric.part();
        parts |= part == null ? 0 : part.mask();
      }
    }
    demand.addShortest(windows, evaluator.requiredExecutions(), parts, latencyThresholds());
  }

  @Override
  public String toString() {
    return rule.name();
  }
}
