package io.promptmonitor.jobs.sink;

import io.promptmonitor.common.notifications.Notification;
import java.util.Objects;

/**
 * A notification as it is put into the outbox.
 *
 * @param status the status it begins with, as the table {@code notification} has it
 */
public record OutboxRow(Notification notification, String status) {

  public OutboxRow {
    Objects.requireNonNull(notification, "notification");
    Objects.requireNonNull(status, "status");
  }
}
