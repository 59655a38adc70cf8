package io.promptmonitor.registry;

import io.promptmonitor.common.rollback.RollbackCause;
import io.promptmonitor.common.rollback.RollbackJson;
import io.promptmonitor.common.rollback.RollbackOrder;
import io.promptmonitor.common.rollback.RollbackRecord;
import io.promptmonitor.common.rollback.RollbackRegistry;
import io.promptmonitor.database.Database;
import io.promptmonitor.registry.RegistrySession.Patience;
import io.promptmonitor.registry.RegistrySession.Purpose;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Rollbacks in a PostgreSQL database, which keeps the safeguards and decides who may do what.
 *
 * <p>Keeps one connection, opened when it is needed. Safe for use by many threads; they wait for
 * each other.
 */
public final class PostgresRollbacks implements RollbackRegistry, AutoCloseable {

  private static final Purpose ROLL_BACK = new Purpose("roll back automatically", "promptmon_job");
  private static final Purpose READ =
      new Purpose(
          "read rollbacks",
          "promptmon_analyst, promptmon_investigator, promptmon_job or promptmon_operator");

  /** The wait for the lock of the registry is 2 s. */
  private static final Patience SHORT = new Patience(2, 3, 1);

  private final RegistrySession session;

  /**
   * Whether a prompt may be rolled back automatically, by the limits that held the last time.
   *
   * @param automatic24h how often it was in the last 24 hours
   * @param counted24h how often since an operator last cleared it, of those
   * @param lastAt when it last was
   * @param nextAt from when on it may be again; null while an operator has to look first
   * @param interventionSince since when an operator has to look first; null if nobody has to
   * @param clearedAt when an operator last cleared it; null if nobody did
   * @param clearedBy who that was
   * @param clearedComment what they said
   * @param minInterval least time between two; null if it is not known
   * @param maxPerDay most in 24 hours; null if it is not known
   */
  public record Allowance(
      String promptId,
      int automatic24h,
      int counted24h,
      Instant lastAt,
      @Nullable Instant nextAt,
      @Nullable Instant interventionSince,
      @Nullable Instant clearedAt,
      @Nullable String clearedBy,
      @Nullable String clearedComment,
      @Nullable Duration minInterval,
      @Nullable Integer maxPerDay) {}

  /**
   * A message to a channel about a rollback, or about the alert that demanded it.
   *
   * @param rule the alert's rule
   * @param about why it was sent: firing, repeated, escalated, acknowledged, resolved
   * @param settledAt when it was sent or given up; null while it is to be sent
   * @param lastError why the last attempt failed; null if it did not
   * @param nextAttemptAt when it is tried again; null for as soon as possible, or never
   */
  public record Told(
      Instant createdAt,
      String alertId,
      String rule,
      String about,
      String channel,
      String status,
      int attempts,
      @Nullable Instant settledAt,
      @Nullable String lastError,
      @Nullable Instant nextAttemptAt) {}

  private interface RowReader<T> {
    T read(ResultSet row) throws SQLException;
  }

  /**
   * The rollbacks in {@code database}, for a program that others wait for: whatever happens, an
   * answer takes a few seconds. Does not connect yet.
   */
  public PostgresRollbacks(Database database) {
    this(database, SHORT);
  }

  private PostgresRollbacks(Database database, Patience patience) {
    this.session = new RegistrySession(database, patience);
  }

  /** The rollbacks in {@code database}, for a person who can wait; does not connect yet. */
  public static PostgresRollbacks patient(Database database) {
    return new PostgresRollbacks(database, Patience.USUAL);
  }

  @Override
  public String verifiedTarget(String promptId, String failingVersion) {
    return session.read(
        ROLL_BACK,
        connection -> {
          try (PreparedStatement statement =
              connection.prepareStatement("SELECT promptmon.rollback_verified_target(?, ?)")) {
            statement.setString(1, promptId);
            statement.setString(2, failingVersion);
            try (ResultSet rows = statement.executeQuery()) {
              rows.next();
              return rows.getString(1);
            }
          }
        });
  }

  /**
   * {@inheritDoc}
   *
   * @throws IllegalArgumentException if the database cannot make sense of the order
   */
  @Override
  public RollbackRecord switchBack(RollbackOrder order) {
    return session.write(
        ROLL_BACK,
        connection -> {
          try (PreparedStatement statement =
              connection.prepareStatement(
                  "SELECT "
                      + RollbackRow.COLUMNS
                      + " FROM promptmon.rollback_automatic("
                      + "?::jsonb, make_interval(secs => ?), ?) AS r")) {
            statement.setString(1, RollbackJson.write(order.record()));
            statement.setDouble(2, order.minInterval().toMillis() / 1_000.0);
            statement.setInt(3, order.maxPerDay());
            try (ResultSet rows = statement.executeQuery()) {
              rows.next();
              return RollbackRow.read(rows);
            }
          }
        });
  }

  @Override
  public @Nullable RollbackRecord recorded(String rollbackId) {
    List<RollbackRecord> found = rollbacks("WHERE r.rollback_id = ?", List.of(rollbackId));
    return found.isEmpty() ? null : found.get(0);
  }

  /**
   * The rollbacks, the newest first; also those that were demanded and did not happen.
   *
   * @param promptId only of this prompt; null for all
   * @param since only what happened, or was demanded, then or later; null for all
   * @param limit how many at most; 0 for all
   */
  public List<RollbackRecord> list(@Nullable String promptId, @Nullable Instant since, int limit) {
    List<String> conditions = new ArrayList<>(List.of("true"));
    List<Object> parameters = new ArrayList<>();
    if (promptId != null) {
      conditions.add("r.prompt_id = ?");
      parameters.add(promptId);
    }
    if (since != null) {
      conditions.add("coalesce(r.switched_at, r.triggered_at) >= ?");
      parameters.add(since.atOffset(ZoneOffset.UTC));
    }
    return rollbacks(
        "WHERE "
            + String.join(" AND ", conditions)
            + " ORDER BY coalesce(r.switched_at, r.triggered_at) DESC, r.rollback_id"
            + (limit == 0 ? "" : " LIMIT " + limit),
        parameters);
  }

  /** Up to three rollbacks whose ids begin so; the one whose id it is first. */
  public List<RollbackRecord> beginningWith(String prefix) {
    return rollbacks(
        "WHERE starts_with(r.rollback_id, ?) ORDER BY r.rollback_id <> ?, r.rollback_id LIMIT 3",
        List.of(prefix, prefix));
  }

  private List<RollbackRecord> rollbacks(String clauses, List<Object> parameters) {
    return query(
        "SELECT " + RollbackRow.COLUMNS + " FROM promptmon.rollback_event r " + clauses,
        parameters,
        RollbackRow::read);
  }

  /**
   * Which prompts may be rolled back automatically, of those that ever were.
   *
   * @param promptId only of this prompt; null for all
   */
  public List<Allowance> allowances(@Nullable String promptId) {
    return query(
        "SELECT prompt_id, automatic_24h, counted_24h, last_at, next_at, intervention_since,"
            + " cleared_at, cleared_by, cleared_comment,"
            + " extract(epoch FROM min_interval)::float8 AS min_interval_seconds, max_per_day"
            + " FROM promptmon.rollback_allowance"
            + (promptId == null ? "" : " WHERE prompt_id = ?")
            + " ORDER BY prompt_id",
        promptId == null ? List.of() : List.of(promptId),
        PostgresRollbacks::allowance);
  }

  private static Allowance allowance(ResultSet row) throws SQLException {
    Double minInterval = row.getObject("min_interval_seconds", Double.class);
    return new Allowance(
        row.getString("prompt_id"),
        row.getInt("automatic_24h"),
        row.getInt("counted_24h"),
        EventRow.time(row, "last_at"),
        EventRow.timeOrNull(row, "next_at"),
        EventRow.timeOrNull(row, "intervention_since"),
        EventRow.timeOrNull(row, "cleared_at"),
        row.getString("cleared_by"),
        row.getString("cleared_comment"),
        minInterval == null ? null : Duration.ofMillis(Math.round(minInterval * 1_000)),
        row.getObject("max_per_day", Integer.class));
  }

  /** The messages about a rollback, and about the alert that demanded it, in order. */
  public List<Told> told(RollbackRecord rollback) {
    RollbackCause cause = rollback.cause();
    // The alerts of the protocol say where to look further.
    String where = "promptmon rollbacks show " + rollback.rollbackId();
    return query(
        """
        SELECT n.created_at, message ->> 'alert_id' AS alert_id, message ->> 'rule' AS rule, message ->> 'reason' AS about,
            n.channel, n.status, n.attempts, n.settled_at, n.last_error, n.next_attempt_at
        FROM promptmon.notification n, jsonb_array_elements(n.content -> 'alerts') AS message
        WHERE n.prompt_id = ?
            AND (message ->> 'alert_id' IN (?, ?)
                OR message ->> 'kind' = 'rollback' AND right(message ->> 'condition', char_length(?)) = ?)
        ORDER BY n.created_at, n.position, (message ->> 'number')::int
        """,
        List.of(
            rollback.promptId(),
            rollback.rollbackId(),
            cause == null ? rollback.rollbackId() : cause.alertId(),
            where,
            where),
        row ->
            new Told(
                EventRow.time(row, "created_at"),
                row.getString("alert_id"),
                row.getString("rule"),
                row.getString("about"),
                row.getString("channel"),
                row.getString("status"),
                row.getInt("attempts"),
                EventRow.timeOrNull(row, "settled_at"),
                row.getString("last_error"),
                EventRow.timeOrNull(row, "next_attempt_at")));
  }

  private <T> List<T> query(String sql, List<Object> parameters, RowReader<T> reader) {
    return session.read(
        READ,
        connection -> {
          try (PreparedStatement statement = connection.prepareStatement(sql)) {
            for (int i = 0; i < parameters.size(); i++) {
              statement.setObject(i + 1, parameters.get(i));
            }
            List<T> result = new ArrayList<>();
            try (ResultSet rows = statement.executeQuery()) {
              while (rows.next()) {
                result.add(reader.read(rows));
              }
            }
            return result;
          }
        });
  }

  /** Closes the connection; a later call opens another. */
  @Override
  public void close() {
    session.close();
  }
}
