package io.promptmonitor.jobs.sink;

import io.promptmonitor.common.notifications.Notification;
import io.promptmonitor.common.notifications.NotificationJson;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.List;

/** The table {@code notification}, the outbox. What is there already is left as it is. */
final class NotificationTable implements JdbcTable<OutboxRow> {

  private static final String INSERT =
      "INSERT INTO promptmon.notification (notification_id, channel, prompt_id, content, created_at,"
          + " due_at, status, settled_at) VALUES (?, ?, ?, ?::jsonb, ?, ?, ?,"
          + " CASE ? WHEN 'pending' THEN NULL ELSE clock_timestamp() END)"
          + " ON CONFLICT (notification_id) DO NOTHING";

  @Override
  public String name() {
    return "notification";
  }

  @Override
  public List<String> statements() {
    return List.of(INSERT);
  }

  @Override
  public int statement(OutboxRow row) {
    return 0;
  }

  @Override
  public Object key(OutboxRow row) {
    return row.notification().notificationId();
  }

  @Override
  public void bind(OutboxRow row, PreparedStatement statement) throws SQLException {
    Notification notification = row.notification();
    new Parameters(statement)
        .text(notification.notificationId())
        .text(notification.channel())
        .text(notification.promptId())
        .text(NotificationJson.write(notification))
        .time(notification.createdAt().toEpochMilli())
        .time(notification.dueAt().toEpochMilli())
        .text(row.status())
        .text(row.status());
  }
}
