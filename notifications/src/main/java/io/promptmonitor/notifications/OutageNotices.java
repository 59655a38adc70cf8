package io.promptmonitor.notifications;

import io.promptmonitor.common.alerts.Severity;
import io.promptmonitor.common.notifications.ChannelHealth;
import io.promptmonitor.common.notifications.Notice;
import io.promptmonitor.common.notifications.Notification;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Tells people on other channels that a channel fails, and that it works again: the same notice,
 * whoever notices it.
 *
 * @param channel the channel that fails, or works again
 * @param others the channels that are told
 */
record OutageNotices(String channel, List<String> others) implements Outbox.Announcements {

  @Override
  public List<Notification> of(
      ChannelHealth before, ChannelHealth after, @Nullable String error, long waiting) {
    Instant toldAt = after.outageToldAt();
    if (toldAt == null) {
      return List.of();
    }
    boolean over = !after.isOutageTold();
    Instant recoveredAt = after.recoveryToldAt();
    Instant now = over && recoveredAt != null ? recoveredAt : toldAt;
    // At the outage's beginning it is known only afterwards.
    Instant since = over ? before.failingSince() : after.failingSince();
    List<String> lines = new ArrayList<>();
    if (since != null) {
      Instant shown = since.truncatedTo(ChronoUnit.SECONDS);
      lines.add((over ? "It failed from " : "It has failed since ") + shown + ".");
    }
    if (error != null) {
      lines.add("The last answer: " + error);
    }
    lines.add(
        (waiting == 1 ? "1 notification waits" : waiting + " notifications wait")
            + " to be sent there; those that were given up are failed in the table notification.");
    lines.add("promptmon sql \"SELECT * FROM notification_channel\"");
    String key = "promptmon-channel-" + channel + "-" + toldAt.toEpochMilli();
    Notice notice =
        new Notice(
            key,
            Severity.CRITICAL.label(),
            "The notification channel "
                + channel
                + (over ? " works again" : " does not work: nobody may have been told"),
            lines,
            over);
    return others.stream()
        .map(other -> notification(key + (over ? "-over-" : "-") + other, other, now, notice))
        .toList();
  }

  private static Notification notification(String id, String channel, Instant now, Notice notice) {
    return new Notification(id, channel, "", now, now, List.of(), notice);
  }
}
