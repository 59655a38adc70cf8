package io.promptmonitor.common.notifications;

import java.time.Instant;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * One message to one channel: about alerts of one prompt, or a notice.
 *
 * @param notificationId made from the content, so that the same message is the same row in a replay
 * @param channel name of the channel
 * @param promptId the prompt; empty if it is about none
 * @param createdAt when it was made, by the clock of escalation
 * @param dueAt when the earliest of what it says was due
 * @param alerts what it says about alerts, the worst first; empty if it is a notice
 * @param notice the notice; null if it is about alerts
 */
public record Notification(
    String notificationId,
    String channel,
    String promptId,
    Instant createdAt,
    Instant dueAt,
    List<AlertMessage> alerts,
    @Nullable Notice notice) {

  public Notification {
    Objects.requireNonNull(notificationId, "notificationId");
    Objects.requireNonNull(channel, "channel");
    Objects.requireNonNull(promptId, "promptId");
    Objects.requireNonNull(createdAt, "createdAt");
    Objects.requireNonNull(dueAt, "dueAt");
    alerts = List.copyOf(alerts);
    if (alerts.isEmpty() == (notice == null)) {
      throw new IllegalArgumentException("a notification is about alerts or is a notice");
    }
  }
}
