package io.promptmonitor.jobs.sink;

import io.promptmonitor.common.notifications.Notification;
import io.promptmonitor.common.notifications.NotificationJson;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.List;

/**
 * The table {@code notification}, the outbox, and {@code notification_message}, which knows what
 * each of its rows says. What a channel was told before, in whatever company, is left out of a
 * notification, and one of which nothing is left is not written: after a failure, messages are
 * grouped by the time at which they are made again, and rarely as before.
 *
 * <p>What only a replay has recorded counts as not told yet for those that are to be sent.
 */
final class NotificationTable implements JdbcTable<OutboxRow> {

  /** Whatever is said only once of an episode is the same message, whatever its number. */
  private static final String INSERT =
      """
      WITH new (notification_id, channel, prompt_id, content, created_at, due_at, status) AS (
        VALUES (?, ?, ?, ?::jsonb, ?::timestamptz, ?::timestamptz, ?)
      ), said AS (
        SELECT new.notification_id, new.channel, new.status, m.alert, m.place,
          m.alert->>'alert_id' AS alert_id, m.alert->>'reason' AS reason,
          CASE m.alert->>'reason' WHEN 'repeated' THEN (m.alert->>'number')::integer ELSE 0 END AS repetition
        FROM new CROSS JOIN jsonb_array_elements(new.content->'alerts') WITH ORDINALITY AS m (alert, place)
      ), fresh AS (
        INSERT INTO promptmon.notification_message AS known (channel, alert_id, reason, repetition, notification_id)
        SELECT channel, alert_id, reason, repetition, notification_id
        FROM said
        ORDER BY alert_id, reason, repetition
        ON CONFLICT (channel, alert_id, reason, repetition) DO UPDATE
        SET notification_id = EXCLUDED.notification_id
        WHERE (SELECT status FROM new) = 'pending' AND EXISTS (
          SELECT FROM promptmon.notification before
          WHERE before.notification_id = known.notification_id AND before.status = 'recorded')
        RETURNING alert_id, reason, repetition
      ), left_over AS (
        SELECT jsonb_agg(said.alert ORDER BY said.place) AS alerts, min((said.alert->>'due_at')::timestamptz) AS due_at
        FROM said JOIN fresh USING (alert_id, reason, repetition)
      )
      INSERT INTO promptmon.notification AS known
        (notification_id, channel, prompt_id, content, created_at, due_at, status, settled_at)
      SELECT new.notification_id, new.channel, new.prompt_id,
        CASE WHEN left_over.alerts = new.content->'alerts' OR left_over.alerts IS NULL THEN new.content
          ELSE new.content || jsonb_build_object('alerts', left_over.alerts,
            'due_at', to_char(left_over.due_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')) END,
        new.created_at, coalesce(left_over.due_at, new.due_at), new.status,
        CASE new.status WHEN 'pending' THEN NULL ELSE clock_timestamp() END
      FROM new CROSS JOIN left_over
      WHERE left_over.alerts IS NOT NULL OR new.content->'notice' IS NOT NULL
      ON CONFLICT (notification_id) DO UPDATE
      SET position = DEFAULT, content = EXCLUDED.content, created_at = EXCLUDED.created_at, due_at = EXCLUDED.due_at,
        received_at = clock_timestamp(), status = EXCLUDED.status, settled_at = NULL
      WHERE known.status = 'recorded' AND EXCLUDED.status = 'pending'
      """;

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
        .text(row.status());
  }
}
