package io.promptmonitor.common.alerts;

import io.promptmonitor.common.execution.PromptVersionId;
import io.promptmonitor.common.metrics.Exemplar;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A rule's demand to take a version out of production, handed to the rollback protocol at every
 * evaluation at which the alert fires and its condition holds: the evidence grows with time.
 * Whether the version is active, may be rolled back, and to which one, is for the protocol to find
 * out.
 *
 * @param triggerId identifies the demand, also in a replay: the episode of the alert
 * @param promptVersion the version that fails
 * @param rule name of the rule
 * @param summary what is told about the rule
 * @param confidence how sure the rule is that the version is to blame
 * @param time of the evaluation: milliseconds of event time since the epoch
 * @param pendingSince when its condition began to hold
 * @param firingSince when the alert began to fire
 * @param reading what was seen; null if nothing was
 * @param sample what evidence can be taken from; null if there can be none for the condition
 * @param exemplars executions of the window, as evidence
 */
public record RollbackTrigger(
    String triggerId,
    PromptVersionId promptVersion,
    String rule,
    RuleSummary summary,
    Confidence confidence,
    long time,
    long pendingSince,
    long firingSince,
    @Nullable AlertReading reading,
    @Nullable EvidenceSample sample,
    List<Exemplar> exemplars) {

  public RollbackTrigger {
    Objects.requireNonNull(triggerId, "triggerId");
    Objects.requireNonNull(promptVersion, "promptVersion");
    Objects.requireNonNull(rule, "rule");
    Objects.requireNonNull(summary, "summary");
    Objects.requireNonNull(confidence, "confidence");
    exemplars = List.copyOf(exemplars);
  }

  /** Whether this is the first demand of its episode. */
  public boolean isFirst() {
    return time == firingSince;
  }

  /**
   * What a rule with the action {@code auto_rollback} demands after an evaluation. An alert rule
   * states no confidence: whoever wrote the action into it was sure.
   *
   * @param firing where the evaluation left the alert: it fires
   */
  static RollbackTrigger of(
      AlertKey key,
      RuleSummary rule,
      AlertState firing,
      RuleEvaluation evaluation,
      ExemplarChoice exemplars,
      long now) {
    AlertReading reading = AlertReading.of(evaluation);
    Confidence stated = rule.confidence();
    return new RollbackTrigger(
        key.dedupKey(firing.episode()),
        key.promptVersion(),
        key.rule(),
        rule,
        stated == null ? Confidence.HIGH : stated,
        now,
        firing.episode(),
        firing.firingSince(),
        reading,
        evaluation.sample(),
        exemplars.about(reading, now));
  }
}
