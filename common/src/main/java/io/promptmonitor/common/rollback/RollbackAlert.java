package io.promptmonitor.common.rollback;

import io.promptmonitor.common.alerts.AlertAction;
import io.promptmonitor.common.alerts.AlertEvent;
import io.promptmonitor.common.alerts.AlertKey;
import io.promptmonitor.common.alerts.AlertPhase;
import io.promptmonitor.common.alerts.AlertReading;
import io.promptmonitor.common.alerts.AlertTransition.Cause;
import io.promptmonitor.common.alerts.AlertTransition.Change;
import io.promptmonitor.common.alerts.DataStatus;
import io.promptmonitor.common.alerts.RuleKind;
import io.promptmonitor.common.alerts.RuleSummary;
import io.promptmonitor.common.alerts.Severity;
import io.promptmonitor.common.execution.PromptVersionId;
import io.promptmonitor.common.metrics.Metric;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What people are told of rollbacks: alerts of their own, so that they are sent, repeated,
 * escalated, acknowledged and silenced as all others are.
 */
public enum RollbackAlert {
  /** A version was rolled back by a rule; ends when the prompt has recovered. */
  ROLLED_BACK("Automatic rollback"),
  /** A version was rolled back by an operator; ends when the prompt has recovered. */
  ROLLED_BACK_BY_OPERATOR("Manual rollback"),
  /** The version that is active since a rollback is not fine; ends with the next switch. */
  NOT_RECOVERED("No recovery after rollback"),
  /** A version should be rolled back and cannot be. */
  NOT_POSSIBLE("Automatic rollback not possible"),
  /** A prompt was rolled back so often that an operator has to look; ends when one has. */
  MANUAL_INTERVENTION("Manual intervention required");

  private final String rule;

  RollbackAlert(String rule) {
    this.rule = rule;
  }

  /** What stands for the name of a rule. */
  public String rule() {
    return rule;
  }

  /**
   * The alert begins to fire.
   *
   * @param text what happened, in a sentence
   * @param reading what was seen; null if nothing was
   * @param channels whom to tell beside those of critical alerts
   * @param time milliseconds of event time, which also is the episode
   */
  AlertEvent firing(
      PromptVersionId promptVersion,
      String text,
      @Nullable AlertReading reading,
      List<String> channels,
      long time) {
    List<Metric> metrics = reading == null ? List.of() : List.of(reading.metric());
    return new AlertEvent(
        new AlertKey(promptVersion, rule),
        new RuleSummary(
            RuleKind.ROLLBACK,
            Severity.CRITICAL,
            text,
            0,
            metrics,
            List.of(AlertAction.ALERT),
            null,
            channels),
        Change.FIRING,
        Cause.CONDITION,
        time,
        time,
        time,
        AlertPhase.FIRING,
        DataStatus.SUFFICIENT,
        null,
        reading,
        List.of());
  }

  /** The alert ends that such an event began. */
  static AlertEvent ended(AlertEvent firing, Cause cause, long time) {
    return new AlertEvent(
        firing.key(),
        firing.rule(),
        Change.RESOLVED,
        cause,
        Math.max(time, firing.time() + 1),
        firing.episode(),
        firing.firingSince(),
        AlertPhase.INACTIVE,
        cause == Cause.NO_DATA ? DataStatus.NO_DATA : DataStatus.SUFFICIENT,
        null,
        null,
        List.of());
  }

  boolean isOf(AlertEvent event) {
    return event.rule().kind() == RuleKind.ROLLBACK && event.key().rule().equals(rule);
  }
}
