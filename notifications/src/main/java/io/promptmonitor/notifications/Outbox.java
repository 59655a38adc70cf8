package io.promptmonitor.notifications;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.promptmonitor.common.notifications.AlertMessage;
import io.promptmonitor.common.notifications.ChannelHealth;
import io.promptmonitor.common.notifications.Notification;
import io.promptmonitor.common.notifications.NotificationJson;
import io.promptmonitor.database.Database;
import io.promptmonitor.notifications.channels.Outcome;
import java.io.IOException;
import java.sql.Array;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * The tables {@code notification} and {@code notification_channel}. Every method is one
 * transaction; a failed one leaves nothing behind, and the next one connects anew. Safe for use by
 * many threads, which take turns: nothing waits for a receiver here.
 *
 * <p>Times are the caller's. Those who share an outbox need clocks that agree to within the time
 * that a claim lasts longer than an attempt.
 */
final class Outbox implements AutoCloseable {

  /** So that a peer that is gone without a word is noticed. */
  private static final Map<String, String> CONNECTION_DEFAULTS =
      Map.of("socketTimeout", "30", "options", "-c statement_timeout=20000");

  /** The first attempt and the last nine are kept. */
  private static final int MAX_LOG = 10;

  private static final ObjectMapper JSON = new ObjectMapper();

  /**
   * The earliest row {@code n} of each prompt that may be tried now: later ones wait for it. Takes
   * the channel and, twice, the time.
   */
  private static final String MAY_BE_TRIED =
      """
      FROM promptmon.notification n
      WHERE n.channel = ? AND n.status = 'pending'
        AND (n.next_attempt_at IS NULL OR n.next_attempt_at <= ?)
        AND (n.claimed_until IS NULL OR n.claimed_until <= ?)
        AND NOT EXISTS (
          SELECT FROM promptmon.notification earlier
          WHERE earlier.channel = n.channel AND earlier.prompt_id = n.prompt_id
            AND earlier.status = 'pending' AND earlier.position < n.position)
      """;

  private static final String CLAIM =
      """
      UPDATE promptmon.notification
      SET claimed_by = ?, claimed_until = ?, attempts = attempts + 1,
        first_attempt_at = coalesce(first_attempt_at, ?), next_attempt_at = NULL
      WHERE notification_id = (
        SELECT n.notification_id
      """
          + MAY_BE_TRIED
          + """
        ORDER BY n.position
        LIMIT 1
        FOR UPDATE SKIP LOCKED)
      RETURNING notification_id, content::text, attempts, first_attempt_at, attempt_log::text
      """;

  private static final String SETTLE =
      """
      UPDATE promptmon.notification
      SET status = ?, next_attempt_at = ?, settled_at = ?, last_error = ?,
        attempt_log = ?::jsonb, claimed_by = NULL, claimed_until = NULL
      WHERE notification_id = ? AND claimed_by = ? AND status = 'pending'
      """;

  private static final String NEXT_DUE =
      """
      SELECT min(greatest(next_attempt_at, claimed_until))
      FROM promptmon.notification
      WHERE channel = ? AND status = 'pending'
      """;

  private static final String INSERT =
      """
      INSERT INTO promptmon.notification
        (notification_id, channel, prompt_id, content, created_at, due_at, status)
      VALUES (?, ?, ?, ?::jsonb, ?, ?, 'pending')
      ON CONFLICT (notification_id) DO NOTHING
      """;

  /** Of each alert that fires, the last message about it that went to the channel. */
  private static final String STILL_FIRING =
      """
      SELECT e.alert_id, sent.content
      FROM promptmon.alert_escalation e
      CROSS JOIN LATERAL (
        SELECT n.content::text AS content
        FROM promptmon.notification n
        WHERE n.channel = ? AND n.status = 'sent' AND n.prompt_id = e.prompt_id
          AND n.content @> jsonb_build_object('alerts',
            jsonb_build_array(jsonb_build_object('alert_id', e.alert_id)))
        ORDER BY n.position DESC
        LIMIT 1) sent
      WHERE e.ended_at IS NULL AND e.told_at IS NOT NULL
      ORDER BY e.alert_id
      """;

  private static final String PENDING =
      """
      SELECT channel, count(*), min(received_at),
        min(attempts - (claimed_until IS NOT NULL)::integer) FILTER (WHERE is_first), max(last_error)
      FROM (
        SELECT channel, received_at, attempts, claimed_until, last_error,
          position = min(position) OVER (PARTITION BY channel, prompt_id) AS is_first
        FROM promptmon.notification
        WHERE status = 'pending') pending
      GROUP BY channel
      ORDER BY channel
      """;

  /**
   * Rows of channels that nobody seems to have: none of the channel's was touched for long. A
   * single row says nothing, because it may wait for another one that is tried again and again.
   */
  private static final String ABANDON =
      """
      UPDATE promptmon.notification n
      SET status = 'unconfigured', settled_at = ?, claimed_by = NULL, claimed_until = NULL
      WHERE status = 'pending' AND channel <> ALL (?)
        AND NOT EXISTS (
          SELECT FROM promptmon.notification other
          WHERE other.channel = n.channel AND other.status = 'pending'
            AND greatest(other.received_at, other.claimed_until, other.next_attempt_at) >= ?)
        AND NOT EXISTS (
          SELECT FROM promptmon.notification_channel c
          WHERE c.channel = n.channel AND c.last_sent_at >= ?)
      """;

  private static final String RELEASE =
      """
      UPDATE promptmon.notification
      SET claimed_by = NULL, claimed_until = NULL
      WHERE claimed_by = ? AND channel = ? AND status = 'pending'
      """;

  private static final String HEALTH =
      """
      SELECT last_sent_at, failing_since, outage_told_at, recovery_told_at, last_error
      FROM promptmon.notification_channel
      WHERE channel = ?
      """;

  private static final String ADD_CHANNEL =
      """
      INSERT INTO promptmon.notification_channel (channel) VALUES (?)
      ON CONFLICT (channel) DO NOTHING
      """;

  private static final String UPDATE_HEALTH =
      """
      UPDATE promptmon.notification_channel
      SET last_sent_at = ?, failing_since = ?, outage_told_at = ?, recovery_told_at = ?,
        last_error = CASE WHEN ? THEN coalesce(?, last_error, '') END, updated_at = clock_timestamp()
      WHERE channel = ?
      """;

  private static final String WAITING =
      "SELECT count(*) FROM promptmon.notification WHERE channel = ? AND status = 'pending'";

  /** How the dedup keys of notices about overdue escalations begin. */
  static final String OVERDUE = "promptmon-escalation-overdue-";

  /**
   * What was due before it was even written is the work of a replay, which sends nothing and is not
   * late.
   */
  private static final String OVERDUE_ROWS =
      """
      SELECT count(*), (array_agg(e.alert_id ORDER BY e.due_at, e.alert_id))[1], min(e.due_at),
        coalesce(bool_or(coalesce(a.severity, 'critical') = 'critical'), false)
      FROM promptmon.alert_escalation e
      LEFT JOIN promptmon.alert a ON a.alert_id = e.alert_id
      WHERE e.ended_at IS NULL AND a.ended_at IS NULL AND e.due_at < ?
        AND e.due_at > e.updated_at - interval '2 minutes'
      """;

  private static final String TOLD_OVERDUE =
      """
      SELECT content->'notice'->>'dedup_key', min(content->'notice'->>'severity'),
        bool_or((content->'notice'->>'over')::boolean), max(created_at), array_agg(DISTINCT channel)
      FROM promptmon.notification
      WHERE prompt_id = '' AND starts_with(content->'notice'->>'dedup_key', ?)
      GROUP BY 1
      ORDER BY 1
      """;

  /**
   * The earliest row that may be tried now, if all it says is that alerts still fire, and something
   * newer about each of them waits for the same channel: after an outage, nobody reads it.
   */
  private static final String SUPERSEDE =
      """
      UPDATE promptmon.notification
      SET status = 'superseded', settled_at = ?, next_attempt_at = NULL, claimed_by = NULL, claimed_until = NULL
      WHERE notification_id = (
        SELECT n.notification_id
      """
          + MAY_BE_TRIED
          + """
          AND EXISTS (
            SELECT FROM promptmon.notification_message m WHERE m.notification_id = n.notification_id)
          AND NOT EXISTS (
            SELECT FROM promptmon.notification_message m
            WHERE m.notification_id = n.notification_id
              AND (m.reason <> 'repeated' OR NOT EXISTS (
                SELECT FROM promptmon.notification_message newer
                JOIN promptmon.notification l ON l.notification_id = newer.notification_id
                WHERE newer.channel = m.channel AND newer.alert_id = m.alert_id
                  AND l.status = 'pending' AND l.position > n.position)))
        ORDER BY n.position
        LIMIT 1
        FOR UPDATE SKIP LOCKED)
      """;

  private final Database database;
  private @Nullable Connection connection;
  private boolean closed;

  Outbox(Database database) {
    this.database = database;
  }

  private interface Work<T extends @Nullable Object> {
    T with(Connection connection) throws SQLException;
  }

  private synchronized <T extends @Nullable Object> T transaction(Work<T> work)
      throws SQLException {
    boolean done = false;
    try {
      if (closed) {
        throw new SQLException("the outbox is closed");
      }
      if (connection == null) {
        connection = database.connect(CONNECTION_DEFAULTS);
        connection.setAutoCommit(false);
      }
      T result = work.with(connection);
      connection.commit();
      done = true;
      return result;
    } finally {
      if (!done) {
        disconnect();
      }
    }
  }

  /**
   * Claims the earliest notification that may be sent to a channel now, which is then the
   * claimant's alone. Repetitions that something newer about the same alerts makes pointless are
   * passed over, and superseded.
   *
   * @return null if there is none
   */
  @Nullable ClaimedNotification claim(String channel, String claimant, Instant now, Duration lease)
      throws SQLException {
    return transaction(
        open -> {
          supersede(open, channel, now);
          try (PreparedStatement statement = open.prepareStatement(CLAIM)) {
            statement.setString(1, claimant);
            statement.setObject(2, time(now.plus(lease)));
            statement.setObject(3, time(now));
            statement.setString(4, channel);
            statement.setObject(5, time(now));
            statement.setObject(6, time(now));
            try (ResultSet rows = statement.executeQuery()) {
              return rows.next()
                  ? new ClaimedNotification(
                      rows.getString(1),
                      rows.getString(2),
                      rows.getInt(3),
                      required(rows, 4),
                      elements(rows.getString(5)))
                  : null;
            }
          }
        });
  }

  private static void supersede(Connection open, String channel, Instant now) throws SQLException {
    try (PreparedStatement statement = open.prepareStatement(SUPERSEDE)) {
      statement.setObject(1, time(now));
      statement.setString(2, channel);
      statement.setObject(3, time(now));
      statement.setObject(4, time(now));
      int superseded;
      do {
        superseded = statement.executeUpdate();
      } while (superseded > 0);
    }
  }

  /** When something of a channel is due that is not yet; null if nothing waits. */
  @Nullable Instant nextDue(String channel) throws SQLException {
    return transaction(
        open -> {
          try (PreparedStatement statement = open.prepareStatement(NEXT_DUE)) {
            statement.setString(1, channel);
            try (ResultSet rows = statement.executeQuery()) {
              return rows.next() ? instant(rows, 1) : null;
            }
          }
        });
  }

  /** What becomes of a claimed notification. */
  enum Status {
    SENT("sent"),
    FAILED("failed"),
    PENDING("pending");

    private final String label;

    Status(String label) {
      this.label = label;
    }
  }

  /**
   * An attempt.
   *
   * @param outcome what came of it
   * @param startedAt when it began
   * @param took how long it took
   */
  record Attempt(Outcome outcome, Instant startedAt, Duration took) {

    String json() {
      return JSON.createObjectNode()
          .put("at", startedAt.toString())
          .put("took_ms", took.toMillis())
          .put("result", outcome.kind().label())
          .put("answer", outcome.answer())
          .toString();
    }
  }

  /** What others are told when an outage of a channel begins, or is over. */
  interface Announcements {
    /**
     * The notifications.
     *
     * @param before what was known of the channel
     * @param after what is known of it now
     * @param error why the last attempt that failed did; null if it is not known
     * @param waiting how many notifications to the channel are pending
     */
    List<Notification> of(
        ChannelHealth before, ChannelHealth after, @Nullable String error, long waiting);
  }

  /**
   * Writes what became of a claimed notification, and of its channel.
   *
   * @param nextAttemptAt when it is tried again, if it is pending; otherwise null
   * @param change what the attempt says about the channel
   * @return what is known of the channel then; null if the claim had been lost, and nothing was
   *     written
   */
  @Nullable ChannelHealth settle(
      ClaimedNotification claimed,
      String claimant,
      String channel,
      Status status,
      Attempt attempt,
      @Nullable Instant nextAttemptAt,
      Instant now,
      UnaryOperator<ChannelHealth> change,
      Announcements announcements)
      throws SQLException {
    boolean sent = status == Status.SENT;
    String error = sent ? null : attempt.outcome().answer();
    return transaction(
        open -> {
          try (PreparedStatement statement = open.prepareStatement(SETTLE)) {
            statement.setString(1, status.label);
            statement.setObject(2, time(nextAttemptAt));
            statement.setObject(3, status == Status.PENDING ? null : time(now));
            statement.setString(4, error);
            statement.setString(5, log(claimed, attempt));
            statement.setString(6, claimed.notificationId());
            statement.setString(7, claimant);
            if (statement.executeUpdate() == 0) {
              return null;
            }
          }
          return changeHealth(open, channel, error, change, announcements);
        });
  }

  /** Writes what is found out about a channel by other means than a notification. */
  ChannelHealth changeHealth(
      String channel,
      @Nullable String error,
      UnaryOperator<ChannelHealth> change,
      Announcements announcements)
      throws SQLException {
    return transaction(open -> changeHealth(open, channel, error, change, announcements));
  }

  private static ChannelHealth changeHealth(
      Connection open,
      String channel,
      @Nullable String error,
      UnaryOperator<ChannelHealth> change,
      Announcements announcements)
      throws SQLException {
    try (PreparedStatement statement = open.prepareStatement(ADD_CHANNEL)) {
      statement.setString(1, channel);
      statement.executeUpdate();
    }
    StoredHealth stored = health(open, HEALTH + " FOR UPDATE", channel);
    ChannelHealth before = stored.health();
    ChannelHealth after = change.apply(before);
    if (!after.equals(before) || error != null) {
      try (PreparedStatement statement = open.prepareStatement(UPDATE_HEALTH)) {
        statement.setObject(1, time(after.lastSentAt()));
        statement.setObject(2, time(after.failingSince()));
        statement.setObject(3, time(after.outageToldAt()));
        statement.setObject(4, time(after.recoveryToldAt()));
        statement.setBoolean(5, after.failingSince() != null);
        statement.setString(6, error);
        statement.setString(7, channel);
        statement.executeUpdate();
      }
    }
    if (after.isOutageTold() != before.isOutageTold()) {
      String reason = error == null ? stored.error() : error;
      for (Notification notification :
          announcements.of(before, after, reason, waiting(open, channel))) {
        insert(open, notification);
      }
    }
    return after;
  }

  /** Whether anything waits to be sent to a channel. */
  boolean isWaiting(String channel) throws SQLException {
    return transaction(open -> waiting(open, channel) > 0);
  }

  /** What is known of a channel. */
  ChannelHealth health(String channel) throws SQLException {
    return transaction(open -> health(open, HEALTH, channel).health());
  }

  private record StoredHealth(ChannelHealth health, @Nullable String error) {}

  private static StoredHealth health(Connection open, String query, String channel)
      throws SQLException {
    try (PreparedStatement statement = open.prepareStatement(query)) {
      statement.setString(1, channel);
      try (ResultSet rows = statement.executeQuery()) {
        return rows.next()
            ? new StoredHealth(
                new ChannelHealth(
                    instant(rows, 1), instant(rows, 2), instant(rows, 3), instant(rows, 4)),
                rows.getString(5))
            : new StoredHealth(ChannelHealth.UNKNOWN, null);
      }
    }
  }

  private static long waiting(Connection open, String channel) throws SQLException {
    try (PreparedStatement statement = open.prepareStatement(WAITING)) {
      statement.setString(1, channel);
      try (ResultSet rows = statement.executeQuery()) {
        return rows.next() ? rows.getLong(1) : 0;
      }
    }
  }

  private static void insert(Connection open, Notification notification) throws SQLException {
    try (PreparedStatement statement = open.prepareStatement(INSERT)) {
      statement.setString(1, notification.notificationId());
      statement.setString(2, notification.channel());
      statement.setString(3, notification.promptId());
      statement.setString(4, NotificationJson.write(notification));
      statement.setObject(5, time(notification.createdAt()));
      statement.setObject(6, time(notification.dueAt()));
      statement.executeUpdate();
    }
  }

  /** Puts notifications into the outbox, unless they are there. */
  void add(List<Notification> notifications) throws SQLException {
    if (!notifications.isEmpty()) {
      transaction(
          open -> {
            for (Notification notification : notifications) {
              insert(open, notification);
            }
            return notifications.size();
          });
    }
  }

  /**
   * Escalations that are overdue.
   *
   * @param count how many there are
   * @param alertId the alert that has been for longest; empty if none is
   * @param dueAt when people should have been told of it; the epoch if none is
   * @param critical whether one of the alerts is critical
   */
  record OverdueRows(long count, String alertId, Instant dueAt, boolean critical) {}

  /** What should have been said before a time, and was not. */
  OverdueRows overdue(Instant dueBefore) throws SQLException {
    return transaction(
        open -> {
          try (PreparedStatement statement = open.prepareStatement(OVERDUE_ROWS)) {
            statement.setObject(1, time(dueBefore));
            try (ResultSet rows = statement.executeQuery()) {
              return rows.next() && rows.getLong(1) > 0
                  ? new OverdueRows(
                      rows.getLong(1), rows.getString(2), required(rows, 3), rows.getBoolean(4))
                  : new OverdueRows(0, "", Instant.EPOCH, false);
            }
          }
        });
  }

  /**
   * A notice that escalations are overdue.
   *
   * @param over whether it was said, too, that they are not any more
   * @param lastAt when either was last said
   * @param channels the channels that were told
   */
  record ToldOverdue(
      String dedupKey, String severity, boolean over, Instant lastAt, List<String> channels) {}

  /** What was ever said about overdue escalations. */
  List<ToldOverdue> toldOverdue() throws SQLException {
    return transaction(
        open -> {
          List<ToldOverdue> told = new ArrayList<>();
          try (PreparedStatement statement = open.prepareStatement(TOLD_OVERDUE)) {
            statement.setString(1, OVERDUE);
            try (ResultSet rows = statement.executeQuery()) {
              while (rows.next()) {
                told.add(
                    new ToldOverdue(
                        rows.getString(1),
                        rows.getString(2),
                        rows.getBoolean(3),
                        required(rows, 4),
                        List.of((String[]) rows.getArray(5).getArray())));
              }
            }
          }
          return told;
        });
  }

  /** The last message about each alert that fires and that a channel was told of. */
  List<AlertMessage> stillFiring(String channel) throws SQLException {
    return transaction(
        open -> {
          List<AlertMessage> firing = new ArrayList<>();
          try (PreparedStatement statement = open.prepareStatement(STILL_FIRING)) {
            statement.setString(1, channel);
            try (ResultSet rows = statement.executeQuery()) {
              while (rows.next()) {
                String alertId = rows.getString(1);
                NotificationJson.read(rows.getString(2)).alerts().stream()
                    .filter(alert -> alert.alertId().equals(alertId) && alert.endedAt() == null)
                    .forEach(firing::add);
              }
            }
          } catch (IOException e) {
            throw new SQLException("a notification in the outbox cannot be read", e);
          }
          return firing;
        });
  }

  /**
   * What waits for a channel.
   *
   * @param count how many notifications
   * @param oldest when the oldest of them was written
   * @param attempts how many attempts at the least often tried have ended, of those that wait for
   *     none before them
   * @param error why one of them was not taken; null if none was tried
   */
  record Pending(long count, Instant oldest, int attempts, @Nullable String error) {}

  /** What waits, by channel. */
  Map<String, Pending> pending() throws SQLException {
    return transaction(
        open -> {
          Map<String, Pending> pending = new LinkedHashMap<>();
          try (PreparedStatement statement = open.prepareStatement(PENDING);
              ResultSet rows = statement.executeQuery()) {
            while (rows.next()) {
              pending.put(
                  rows.getString(1),
                  new Pending(
                      rows.getLong(2), required(rows, 3), rows.getInt(4), rows.getString(5)));
            }
          }
          return pending;
        });
  }

  /**
   * Gives up what waits for other channels than these of which nobody has touched any row for a
   * long time: no job has such a channel any more.
   *
   * @return how many
   */
  int abandon(Collection<String> channels, Instant untouchedSince, Instant now)
      throws SQLException {
    return transaction(
        open -> {
          Array names = open.createArrayOf("text", channels.toArray());
          try (PreparedStatement statement = open.prepareStatement(ABANDON)) {
            statement.setObject(1, time(now));
            statement.setArray(2, names);
            statement.setObject(3, time(untouchedSince));
            statement.setObject(4, time(untouchedSince));
            return statement.executeUpdate();
          }
        });
  }

  /** Gives back what a claimant has claimed of a channel, because it does not go on. */
  void release(String claimant, String channel) throws SQLException {
    transaction(
        open -> {
          try (PreparedStatement statement = open.prepareStatement(RELEASE)) {
            statement.setString(1, claimant);
            statement.setString(2, channel);
            return statement.executeUpdate();
          }
        });
  }

  private static String log(ClaimedNotification claimed, Attempt attempt) {
    List<String> log = new ArrayList<>(claimed.log());
    while (log.size() >= MAX_LOG) {
      log.remove(1);
    }
    log.add(attempt.json());
    return "[" + String.join(",", log) + "]";
  }

  private static List<String> elements(String json) throws SQLException {
    try {
      List<String> elements = new ArrayList<>();
      for (JsonNode element : JSON.readTree(json)) {
        elements.add(element.toString());
      }
      return elements;
    } catch (JsonProcessingException e) {
      throw new SQLException("PostgreSQL returned no JSON", e);
    }
  }

  private static @Nullable OffsetDateTime time(@Nullable Instant time) {
    return time == null ? null : time.atOffset(ZoneOffset.UTC);
  }

  private static @Nullable Instant instant(ResultSet rows, int column) throws SQLException {
    OffsetDateTime time = rows.getObject(column, OffsetDateTime.class);
    return time == null ? null : time.toInstant();
  }

  private static Instant required(ResultSet rows, int column) throws SQLException {
    Instant time = instant(rows, column);
    if (time == null) {
      throw new SQLException("PostgreSQL returned NULL for a time that is not null");
    }
    return time;
  }

  private void disconnect() {
    if (connection != null) {
      try {
        connection.close();
      } catch (SQLException e) {
        // It is broken anyway, and the next use opens another one.
      }
      connection = null;
    }
  }

  @Override
  public synchronized void close() {
    closed = true;
    disconnect();
  }
}
