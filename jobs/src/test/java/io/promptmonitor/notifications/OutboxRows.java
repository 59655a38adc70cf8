package io.promptmonitor.notifications;

import io.promptmonitor.common.alerts.AlertTransition.Cause;
import io.promptmonitor.common.alerts.EscalationMessage.Reason;
import io.promptmonitor.common.notifications.AlertMessage;
import io.promptmonitor.common.notifications.Notification;
import io.promptmonitor.common.notifications.NotificationJson;
import io.promptmonitor.database.Database;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;

/** Notifications for tests, and the outbox they are put into. */
public final class OutboxRows {

  /** When alerts of tests fire. */
  public static final Instant FIRED = Instant.parse("2026-03-01T10:00:00Z");

  private OutboxRows() {}

  /** A message about an episode, which its number identifies. */
  public static AlertMessage alert(String prompt, int episode, Reason reason) {
    return alert(prompt, episode, reason, 1);
  }

  /** One of several messages about an episode. */
  public static AlertMessage alert(String prompt, int episode, Reason reason, int number) {
    return new AlertMessage(
        "pm-" + prompt + "-" + episode,
        reason,
        number,
        prompt,
        "1.2.0",
        "Critical Error Rate",
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

  /** The same message, due at another time. */
  public static AlertMessage due(AlertMessage a, Instant due) {
    return new AlertMessage(
        a.alertId(),
        a.reason(),
        a.number(),
        a.promptId(),
        a.promptVersion(),
        a.rule(),
        a.kind(),
        a.severity(),
        a.condition(),
        a.actions(),
        a.metric(),
        a.value(),
        a.operator(),
        a.threshold(),
        a.baseline(),
        a.sampleCount(),
        a.sample(),
        a.windowSeconds(),
        a.evidence(),
        a.pendingSince(),
        a.firedAt(),
        a.endedAt(),
        a.cause(),
        due,
        a.acknowledgedBy(),
        a.comment(),
        a.unreported());
  }

  /** A notification that an alert fires. */
  public static Notification firing(String id, String channel, String prompt) {
    return of(id, channel, alert(prompt, 1, Reason.FIRING));
  }

  /** A notification about alerts. */
  public static Notification of(String id, String channel, AlertMessage... alerts) {
    return new Notification(id, channel, alerts[0].promptId(), FIRED, FIRED, List.of(alerts), null);
  }

  /** Puts notifications into the outbox. */
  public static void insert(Database database, Notification... notifications) {
    try (Connection connection = database.connect();
        PreparedStatement statement =
            connection.prepareStatement(
                "INSERT INTO promptmon.notification (notification_id, channel, prompt_id, content,"
                    + " created_at, due_at, status) VALUES (?, ?, ?, ?::jsonb, ?, ?, 'pending')")) {
      for (Notification notification : notifications) {
        statement.setString(1, notification.notificationId());
        statement.setString(2, notification.channel());
        statement.setString(3, notification.promptId());
        statement.setString(4, NotificationJson.write(notification));
        statement.setObject(5, notification.createdAt().atOffset(ZoneOffset.UTC));
        statement.setObject(6, notification.dueAt().atOffset(ZoneOffset.UTC));
        statement.executeUpdate();
      }
    } catch (SQLException e) {
      throw new IllegalStateException(e);
    }
  }
}
