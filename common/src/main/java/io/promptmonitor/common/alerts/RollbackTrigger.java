package io.promptmonitor.common.alerts;

import io.promptmonitor.common.execution.PromptVersionId;
import io.promptmonitor.common.metrics.Exemplar;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A rule's demand to take a version out of production, handed to the rollback protocol. Whether the
 * version is active, may be rolled back, and to which one, is for the protocol to find out.
 *
 * @param triggerId identifies the demand, also in a replay: the episode of the alert
 * @param promptVersion the version that fails
 * @param rule name of the rule
 * @param summary what is told about the rule
 * @param confidence how sure the rule is that the version is to blame
 * @param time when it fired: milliseconds of event time since the epoch
 * @param pendingSince when its condition began to hold
 * @param reading what was seen; null if nothing was
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
    @Nullable AlertReading reading,
    List<Exemplar> exemplars) {

  public RollbackTrigger {
    Objects.requireNonNull(triggerId, "triggerId");
    Objects.requireNonNull(promptVersion, "promptVersion");
    Objects.requireNonNull(rule, "rule");
    Objects.requireNonNull(summary, "summary");
    Objects.requireNonNull(confidence, "confidence");
    exemplars = List.copyOf(exemplars);
  }

  /**
   * What an event demands; null if it demands no rollback. An alert rule states no confidence:
   * whoever wrote {@code auto_rollback} into it was sure.
   */
  public static @Nullable RollbackTrigger of(AlertEvent event) {
    String id = event.alertId();
    if (id == null || !event.demands(AlertAction.AUTO_ROLLBACK)) {
      return null;
    }
    Confidence stated = event.rule().confidence();
    return new RollbackTrigger(
        id,
        event.key().promptVersion(),
        event.key().rule(),
        event.rule(),
        stated == null ? Confidence.HIGH : stated,
        event.time(),
        event.episode(),
        event.reading(),
        event.exemplars());
  }
}
