package io.promptmonitor.common.rollback;

import io.promptmonitor.common.alerts.AutoRollback;
import io.promptmonitor.common.alerts.EvidenceSample;
import io.promptmonitor.common.alerts.RollbackTrigger;
import io.promptmonitor.common.metrics.MetricText;
import io.promptmonitor.common.metrics.WindowAggregate;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Whether a trigger is enough to take a version out of production.
 *
 * @param refusal why not; null if it is
 * @param reason the same in a sentence; for a decision to roll back what was seen
 * @param evidence what was found; null if there can be no evidence
 */
public record RollbackDecision(
    @Nullable Refusal refusal, String reason, @Nullable RollbackEvidence evidence) {

  public RollbackDecision {
    Objects.requireNonNull(reason, "reason");
  }

  /**
   * Decides on a trigger as the deployment is configured.
   *
   * @param target the last traffic of the version to go back to; empty if there is none
   */
  public static RollbackDecision of(
      RollbackTrigger trigger, AutoRollback config, WindowAggregate target) {
    RollbackEvidence evidence = evidence(trigger, config, target);
    if (trigger.confidence().compareTo(config.minConfidence()) < 0) {
      return new RollbackDecision(
          Refusal.LOW_CONFIDENCE,
          "the trigger's confidence is "
              + trigger.confidence().label()
              + "; a version is rolled back from "
              + config.minConfidence().label()
              + " on",
          evidence);
    }
    if (config.evidence() == null) {
      return new RollbackDecision(null, "no evidence is asked for", evidence);
    }
    if (evidence == null) {
      return new RollbackDecision(
          Refusal.NO_EVIDENCE_POSSIBLE,
          "there can be no evidence for the condition "
              + trigger.summary().condition()
              + ": it is not about one failure rate or percentile",
          null);
    }
    String seen = seen(evidence);
    return evidence.isEnough()
        ? new RollbackDecision(null, seen, evidence)
        : new RollbackDecision(Refusal.TOO_LITTLE_EVIDENCE, "it may be chance: " + seen, evidence);
  }

  private static @Nullable RollbackEvidence evidence(
      RollbackTrigger trigger, AutoRollback config, WindowAggregate target) {
    EvidenceSample sample = trigger.sample();
    if (sample == null) {
      return null;
    }
    ReferenceShare reference = ReferenceShare.of(sample, target);
    double eValue = sample.eValue(reference.share());
    Double alpha = config.evidence();
    return new RollbackEvidence(
        known(eValue),
        alpha == null ? null : 1 / alpha,
        sample.counted(),
        sample.executions(),
        known(sample.slowerThan()),
        known(reference.share()),
        reference.executions() > 0
            ? "the version to go back to, its last 24 hours of traffic"
            : sample.ofFailures()
                ? "the failure rate that the version's rules tolerate"
                : "the share beyond the percentile",
        reference.executions() > 0 ? reference.executions() : null);
  }

  private static String seen(RollbackEvidence evidence) {
    Double slowerThan = evidence.slowerThanMs();
    Double reference = evidence.reference();
    Double eValue = evidence.eValue();
    return evidence.counted()
        + " of "
        + evidence.executions()
        + (slowerThan == null
            ? " executions failed"
            : " executions were slower than " + MetricText.number(slowerThan) + " ms")
        + (reference == null
            ? ", and what is fine is not known"
            : ", "
                + MetricText.number(Math.round(reference * 10_000) / 100.0)
                + "% would be fine; e-value "
                + (eValue == null ? "unknown" : MetricText.number(eValue)))
        + (evidence.needed() == null ? "" : ", needed " + MetricText.number(evidence.needed()));
  }

  private static @Nullable Double known(double value) {
    return Double.isNaN(value) ? null : value;
  }
}
