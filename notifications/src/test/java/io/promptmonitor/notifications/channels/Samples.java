package io.promptmonitor.notifications.channels;

import io.promptmonitor.common.alerts.AlertTransition.Cause;
import io.promptmonitor.common.alerts.EscalationMessage.Reason;
import io.promptmonitor.common.notifications.AlertMessage;
import io.promptmonitor.common.notifications.Notice;
import io.promptmonitor.common.notifications.Notification;
import io.promptmonitor.common.notifications.NotificationText;
import java.time.Instant;
import java.util.List;

/** Notifications for tests. */
final class Samples {

  static final Instant FIRED = Instant.parse("2026-03-01T10:05:10Z");

  private Samples() {}

  static AlertMessage alert(Reason reason, String prompt, String rule) {
    return new AlertMessage(
        "pm-" + Integer.toHexString(rule.hashCode()),
        reason,
        1,
        prompt,
        "1.2.0",
        rule,
        "alert_rule",
        "critical",
        "error_rate > 0.05",
        List.of("alert"),
        "error_rate",
        0.125,
        ">",
        0.05,
        null,
        312L,
        "executions",
        300L,
        null,
        FIRED,
        FIRED,
        reason == Reason.RESOLVED ? FIRED.plusSeconds(600) : null,
        reason == Reason.RESOLVED ? Cause.CONDITION : null,
        FIRED,
        null,
        null,
        0);
  }

  static Notification notification(AlertMessage... alerts) {
    return new Notification(
        "n-1", "channel", alerts[0].promptId(), FIRED, FIRED, List.of(alerts), null);
  }

  static Notification notice(String dedupKey, boolean over) {
    Notice notice = new Notice(dedupKey, "critical", "slack fails", List.of("HTTP 503"), over);
    return new Notification("n-2", "channel", "", FIRED, FIRED, List.of(), notice);
  }

  static NotificationText text(Notification notification) {
    return NotificationText.of(notification, notification.createdAt());
  }
}
