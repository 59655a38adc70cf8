package io.promptmonitor.cli.backtest;

import io.promptmonitor.common.alerts.OperatorCommand;
import io.promptmonitor.common.backtest.Actual;
import io.promptmonitor.common.backtest.PastAlert;
import io.promptmonitor.common.backtest.PastMessage;
import io.promptmonitor.common.backtest.PastRollback;
import io.promptmonitor.common.backtest.PromptHistory;
import io.promptmonitor.common.registry.RegistryChange;
import io.promptmonitor.database.Database;
import io.promptmonitor.registry.OperatorCommands;
import io.promptmonitor.registry.PostgresPromptRegistry;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What the database knows beside the windows: the registry's log, operators' commands, alerts. */
final class StoredHistory {

  private static final int AT_ONCE = 1_000;

  private static final String ALERTS =
      "SELECT prompt_id, prompt_version, rule, severity, fired_at, ended_at FROM promptmon.alert"
          + " WHERE fired_at >= ? AND fired_at < ? AND kind <> 'rollback'";

  private static final String ROLLBACKS =
      "SELECT prompt_id, kind, from_version, to_version, status, refusal, cause ->> 'rule' AS rule,"
          + " coalesce(refusal_reason, reason) AS why, outcome,"
          + " coalesce(triggered_at, switched_at) AS at FROM promptmon.rollback_event"
          + " WHERE coalesce(triggered_at, switched_at) >= ?"
          + " AND coalesce(triggered_at, switched_at) < ?";

  private static final String MESSAGES =
      "SELECT n.prompt_id, n.channel, m ->> 'prompt_version' AS prompt_version,"
          + " m ->> 'rule' AS rule, lower(m ->> 'reason') AS reason FROM promptmon.notification n"
          + " CROSS JOIN LATERAL jsonb_array_elements(n.content -> 'alerts') AS m"
          + " WHERE n.created_at >= ? AND n.created_at < ?";

  private final Map<String, List<RegistryChange>> changes = new HashMap<>();
  private final List<OperatorCommand> commands = new ArrayList<>();
  private final Map<String, List<PastAlert>> alerts = new HashMap<>();
  private final Map<String, List<PastRollback>> rollbacks = new HashMap<>();
  private final Map<String, List<PastMessage>> messages = new HashMap<>();

  private StoredHistory() {}

  /** Reads the log, and what happened from a time to before another. */
  static StoredHistory read(Database database, Instant from, Instant to) throws SQLException {
    StoredHistory history = new StoredHistory();
    history.readRegistry(database);
    history.readCommands(database);
    try (Connection connection = database.connect()) {
      history.readActual(connection, from, to);
    } catch (SQLException e) {
      throw new SQLException("what happened cannot be read: " + Database.reason(e), e);
    }
    return history;
  }

  private void readRegistry(Database database) {
    try (PostgresPromptRegistry registry = new PostgresPromptRegistry(database)) {
      List<RegistryChange> next;
      long last = 0;
      do {
        next = registry.changesAfter(last, AT_ONCE);
        for (RegistryChange change : next) {
          changes.computeIfAbsent(change.event().promptId(), id -> new ArrayList<>()).add(change);
          last = change.event().eventId();
        }
      } while (next.size() == AT_ONCE);
    }
  }

  private void readCommands(Database database) {
    try (OperatorCommands log = new OperatorCommands(database)) {
      List<OperatorCommand> next;
      long last = 0;
      do {
        next = log.after(last, AT_ONCE);
        commands.addAll(next);
        last = next.isEmpty() ? last : next.get(next.size() - 1).commandId();
      } while (next.size() == AT_ONCE);
    }
  }

  private interface Row {
    void read(ResultSet row) throws SQLException;
  }

  private void readActual(Connection connection, Instant from, Instant to) throws SQLException {
    query(connection, ALERTS, from, to, row -> of(row, alerts).add(alert(row)));
    query(connection, ROLLBACKS, from, to, row -> of(row, rollbacks).add(rollback(row)));
    query(connection, MESSAGES, from, to, row -> of(row, messages).add(message(row)));
  }

  private static void query(Connection connection, String sql, Instant from, Instant to, Row each)
      throws SQLException {
    try (PreparedStatement statement = connection.prepareStatement(sql)) {
      statement.setObject(1, from.atOffset(ZoneOffset.UTC));
      statement.setObject(2, to.atOffset(ZoneOffset.UTC));
      try (ResultSet rows = statement.executeQuery()) {
        while (rows.next()) {
          each.read(rows);
        }
      }
    }
  }

  private static <T> List<T> of(ResultSet row, Map<String, List<T>> byPrompt) throws SQLException {
    return byPrompt.computeIfAbsent(row.getString("prompt_id"), id -> new ArrayList<>());
  }

  private static PastAlert alert(ResultSet row) throws SQLException {
    return new PastAlert(
        row.getString("prompt_id"),
        row.getString("prompt_version"),
        row.getString("rule"),
        row.getString("severity"),
        null,
        millis(row, "fired_at"),
        row.getObject("ended_at") == null ? null : millis(row, "ended_at"));
  }

  private static PastRollback rollback(ResultSet row) throws SQLException {
    return new PastRollback(
        row.getString("prompt_id"),
        row.getString("kind").equals("automatic"),
        row.getString("from_version"),
        row.getString("to_version"),
        row.getString("status"),
        row.getString("refusal"),
        row.getString("rule"),
        row.getString("why"),
        row.getString("outcome"),
        millis(row, "at"));
  }

  private static PastMessage message(ResultSet row) throws SQLException {
    return new PastMessage(
        row.getString("channel"),
        row.getString("prompt_id"),
        String.valueOf(row.getString("prompt_version")),
        String.valueOf(row.getString("rule")),
        String.valueOf(row.getString("reason")));
  }

  private static long millis(ResultSet row, String column) throws SQLException {
    return row.getObject(column, OffsetDateTime.class).toInstant().toEpochMilli();
  }

  /** The log of the registry about each prompt. */
  Map<String, List<RegistryChange>> changes() {
    return changes;
  }

  /** What did happen to a prompt. */
  Actual actual(String promptId) {
    return new Actual(
        alerts.getOrDefault(promptId, List.of()),
        rollbacks.getOrDefault(promptId, List.of()),
        messages.getOrDefault(promptId, List.of()));
  }

  /**
   * What is known of a prompt.
   *
   * @param versions what the registry holds instead of what the log says; null for the log
   */
  PromptHistory of(String promptId, @Nullable List<RegistryChange> versions) {
    return new PromptHistory(
        promptId,
        versions == null ? changes.getOrDefault(promptId, List.of()) : versions,
        versions == null,
        commands.stream()
            .filter(command -> command.promptId() == null || command.promptId().equals(promptId))
            .toList(),
        actual(promptId));
  }
}
