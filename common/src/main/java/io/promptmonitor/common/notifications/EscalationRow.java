package io.promptmonitor.common.notifications;

import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Where the escalation of an episode is, as people are shown it. Times are milliseconds since the
 * epoch by the clock of escalation, null for never.
 *
 * @param alertId the episode
 * @param promptId the prompt
 * @param firingSince since when it is escalated
 * @param toldAt when people were last told
 * @param escalatedAt when it was escalated
 * @param acknowledgedAt when somebody took it on
 * @param acknowledgedBy who did
 * @param comment what they said
 * @param mutedBy why nobody is told now; null if it is not muted
 * @param dueAt when the next message is due
 * @param messages how many messages there were
 * @param endedAt when the alert was resolved
 */
public record EscalationRow(
    String alertId,
    String promptId,
    long firingSince,
    @Nullable Long toldAt,
    @Nullable Long escalatedAt,
    @Nullable Long acknowledgedAt,
    @Nullable String acknowledgedBy,
    @Nullable String comment,
    @Nullable String mutedBy,
    @Nullable Long dueAt,
    int messages,
    @Nullable Long endedAt) {

  public EscalationRow {
    Objects.requireNonNull(alertId, "alertId");
    Objects.requireNonNull(promptId, "promptId");
  }
}
