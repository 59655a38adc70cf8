package io.promptmonitor.common.notifications;

import io.promptmonitor.common.alerts.AlertTransition.Cause;
import io.promptmonitor.common.alerts.EscalationMessage.Reason;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * What a notification says about one episode of an alert. Its components, in snake case, are the
 * JSON that webhooks get: names and values are stable.
 *
 * @param alertId identifies the episode; the dedup key for receivers that have one
 * @param reason why this is said
 * @param number 1 for the first message about the episode, one more for each next one
 * @param promptId the prompt
 * @param promptVersion the version
 * @param rule name of the rule
 * @param kind label of the rule's kind
 * @param severity label of the severity
 * @param condition the rule's condition, with the version's own threshold if it has one
 * @param actions labels of the rule's actions
 * @param metric column of the metric that tells most; null if nothing was seen
 * @param value its value in its unit when the alert began to fire; null if unknown
 * @param operator how it was compared, as a symbol
 * @param threshold what it was compared with
 * @param baseline the baseline that the threshold was made from; null if it was not
 * @param sampleCount how many of {@code sample} the value is taken from
 * @param sample what it is taken from, in the plural: {@code executions}
 * @param windowSeconds length of the window that was looked at
 * @param evidence the e-value; null if the rule does not ask for it
 * @param pendingSince when the condition began to hold (event time)
 * @param firedAt when the alert began to fire (event time)
 * @param endedAt when it ended (event time); null while it fires
 * @param cause why it ended: only {@code CONDITION} says that it has recovered; null while it fires
 * @param dueAt when this should have been said, by the clock of escalation
 * @param acknowledgedBy who took it on; null if nobody did
 * @param comment what they said; null if nothing
 * @param unreported how many earlier episodes of the same rule and version came and went without a
 *     message, because they followed each other so fast
 */
public record AlertMessage(
    String alertId,
    Reason reason,
    int number,
    String promptId,
    String promptVersion,
    String rule,
    String kind,
    String severity,
    String condition,
    List<String> actions,
    @Nullable String metric,
    @Nullable Double value,
    @Nullable String operator,
    @Nullable Double threshold,
    @Nullable Double baseline,
    @Nullable Long sampleCount,
    @Nullable String sample,
    @Nullable Long windowSeconds,
    @Nullable Double evidence,
    Instant pendingSince,
    Instant firedAt,
    @Nullable Instant endedAt,
    @Nullable Cause cause,
    Instant dueAt,
    @Nullable String acknowledgedBy,
    @Nullable String comment,
    int unreported) {

  public AlertMessage {
    Objects.requireNonNull(alertId, "alertId");
    Objects.requireNonNull(reason, "reason");
    Objects.requireNonNull(promptId, "promptId");
    Objects.requireNonNull(promptVersion, "promptVersion");
    Objects.requireNonNull(rule, "rule");
    Objects.requireNonNull(kind, "kind");
    Objects.requireNonNull(severity, "severity");
    Objects.requireNonNull(condition, "condition");
    actions = List.copyOf(actions);
    Objects.requireNonNull(pendingSince, "pendingSince");
    Objects.requireNonNull(firedAt, "firedAt");
    Objects.requireNonNull(dueAt, "dueAt");
  }

  /** Whether the alert ended for another reason than that its condition does not hold any more. */
  boolean hasEndedUnrecovered() {
    return reason == Reason.RESOLVED && cause != null && cause != Cause.CONDITION;
  }

  /** This message, with the number of episodes that nobody was told of. */
  AlertMessage withUnreported(int episodes) {
    return new AlertMessage(
        alertId,
        reason,
        number,
        promptId,
        promptVersion,
        rule,
        kind,
        severity,
        condition,
        actions,
        metric,
        value,
        operator,
        threshold,
        baseline,
        sampleCount,
        sample,
        windowSeconds,
        evidence,
        pendingSince,
        firedAt,
        endedAt,
        cause,
        dueAt,
        acknowledgedBy,
        comment,
        episodes);
  }
}
