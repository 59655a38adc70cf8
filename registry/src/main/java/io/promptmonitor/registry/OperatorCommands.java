package io.promptmonitor.registry;

import io.promptmonitor.common.alerts.LabelMatcher;
import io.promptmonitor.common.alerts.OperatorCommand;
import io.promptmonitor.common.registry.RegistryException;
import io.promptmonitor.database.Database;
import io.promptmonitor.registry.RegistrySession.Purpose;
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
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What operators tell the running job, in a PostgreSQL database: they acknowledge alerts, silence
 * them, and allow automatic rollbacks again. Who may do so is decided there; the actor is the user
 * of the connection. The job reads the log of these commands and takes them up.
 *
 * <p>Keeps one connection, opened when it is needed. Safe for use by many threads; they wait for
 * each other.
 */
public final class OperatorCommands implements AutoCloseable {

  private static final Purpose ACKNOWLEDGE =
      new Purpose("acknowledge alerts", "promptmon_operator");
  private static final Purpose SILENCE = new Purpose("silence alerts", "promptmon_operator");
  private static final Purpose CLEAR_ROLLBACKS =
      new Purpose("allow automatic rollbacks again", "promptmon_operator");
  private static final Purpose READ_COMMANDS =
      new Purpose(
          "read what operators did",
          "promptmon_analyst, promptmon_investigator, promptmon_job or promptmon_operator");

  private final RegistrySession session;

  /**
   * A silence, with what became of it.
   *
   * @param endsAt when it ends, or was ended
   * @param endedBy who ended it before its time; null if nobody did
   * @param state {@code pending}, {@code active} or {@code ended}
   */
  public record SilenceEntry(
      String silenceId,
      List<LabelMatcher> matchers,
      Instant startsAt,
      Instant endsAt,
      String createdBy,
      Instant createdAt,
      String comment,
      @Nullable String endedBy,
      String state) {}

  /** The commands in {@code database}; does not connect yet. */
  public OperatorCommands(Database database) {
    this.session = new RegistrySession(database);
  }

  /**
   * Takes an alert on that fires: it is neither repeated nor escalated any more. An alert that
   * marked a version to be looked at can be taken on after its end, too.
   *
   * @param alertId the episode, by its whole id
   * @param comment what there is to say; null or blank for nothing
   * @throws RegistryException if there is no such alert, it does not fire, or it was acknowledged
   */
  public OperatorCommand acknowledge(String alertId, @Nullable String comment) {
    return session.write(
        ACKNOWLEDGE,
        connection -> {
          try (PreparedStatement statement =
              connection.prepareStatement(call("alert_acknowledge(?, ?)"))) {
            statement.setString(1, alertId);
            statement.setString(2, comment);
            return written(statement);
          }
        });
  }

  /**
   * Silences the alerts that all matchers match.
   *
   * @param from when the silence begins; null for now
   * @param duration how long it lasts from then; from 1 second to 30 days
   * @param comment why; not blank
   * @throws IllegalArgumentException if there are no matchers, or a value is outside its range
   */
  public OperatorCommand silence(
      List<LabelMatcher> matchers, @Nullable Instant from, Duration duration, String comment) {
    return session.write(
        SILENCE,
        connection -> {
          Array texts =
              connection.createArrayOf(
                  "text", matchers.stream().map(LabelMatcher::toString).toArray());
          try (PreparedStatement statement =
              connection.prepareStatement(
                  call("silence_create(?, make_interval(secs => ?), ?, ?)"))) {
            statement.setArray(1, texts);
            statement.setDouble(2, duration.toMillis() / 1_000.0);
            statement.setString(3, comment);
            statement.setObject(4, from == null ? null : utc(from));
            return written(statement);
          } finally {
            texts.free();
          }
        });
  }

  /**
   * Ends a silence before its time.
   *
   * @throws RegistryException if there is no such silence, or it has ended
   */
  public OperatorCommand endSilence(String silenceId) {
    return session.write(
        SILENCE,
        connection -> {
          try (PreparedStatement statement = connection.prepareStatement(call("silence_end(?)"))) {
            statement.setString(1, silenceId);
            return written(statement);
          }
        });
  }

  /**
   * Allows automatic rollbacks of a prompt again after there were as many as there may be, or
   * counts them anew before that.
   *
   * @param comment why; not blank
   * @throws RegistryException if there is no such prompt, or it was not rolled back automatically
   *     since this was last called
   */
  public OperatorCommand clearRollbacks(String promptId, String comment) {
    return session.write(
        CLEAR_ROLLBACKS,
        connection -> {
          try (PreparedStatement statement =
              connection.prepareStatement(call("rollbacks_clear(?, ?)"))) {
            statement.setString(1, promptId);
            statement.setString(2, comment);
            return written(statement);
          }
        });
  }

  private static String call(String function) {
    return "SELECT " + CommandRow.COLUMNS + " FROM promptmon." + function + " AS c";
  }

  private static OffsetDateTime utc(Instant time) {
    return time.atOffset(ZoneOffset.UTC);
  }

  private static OperatorCommand written(PreparedStatement statement) throws SQLException {
    try (ResultSet rows = statement.executeQuery()) {
      rows.next();
      return CommandRow.read(rows);
    }
  }

  /**
   * The commands after one, oldest first. Whoever asks again for those after the last one misses
   * none and gets none twice, because ids have no gaps and rise in the order in which commands
   * become visible.
   *
   * @param commandId the command to go on from; 0 for the beginning
   * @param limit how many at most
   */
  public List<OperatorCommand> after(long commandId, int limit) {
    return session.read(
        READ_COMMANDS,
        connection -> {
          try (PreparedStatement statement =
              connection.prepareStatement(
                  "SELECT "
                      + CommandRow.COLUMNS
                      + " FROM promptmon.operator_command c"
                      + " WHERE c.command_id > ? ORDER BY c.command_id LIMIT ?")) {
            statement.setLong(1, commandId);
            statement.setInt(2, limit);
            List<OperatorCommand> commands = new ArrayList<>();
            try (ResultSet rows = statement.executeQuery()) {
              while (rows.next()) {
                commands.add(CommandRow.read(rows));
              }
            }
            return commands;
          }
        });
  }

  /**
   * The silences, those that end first first.
   *
   * @param ended whether to include those that have ended
   */
  public List<SilenceEntry> silences(boolean ended) {
    return session.read(READ_COMMANDS, connection -> silences(connection, ended));
  }

  private static List<SilenceEntry> silences(Connection connection, boolean ended)
      throws SQLException {
    try (PreparedStatement statement =
            connection.prepareStatement(
                "SELECT silence_id, matchers, starts_at, ends_at, created_by, created_at, comment,"
                    + " ended_by, state FROM promptmon.silence"
                    + (ended ? "" : " WHERE state <> 'ended'")
                    + " ORDER BY ends_at, created_at");
        ResultSet rows = statement.executeQuery()) {
      List<SilenceEntry> silences = new ArrayList<>();
      while (rows.next()) {
        silences.add(
            new SilenceEntry(
                rows.getString("silence_id"),
                CommandRow.matchers(rows),
                EventRow.time(rows, "starts_at"),
                EventRow.time(rows, "ends_at"),
                rows.getString("created_by"),
                EventRow.time(rows, "created_at"),
                rows.getString("comment"),
                rows.getString("ended_by"),
                rows.getString("state")));
      }
      return silences;
    }
  }

  /** Closes the connection; a later call opens another. */
  @Override
  public void close() {
    session.close();
  }
}
