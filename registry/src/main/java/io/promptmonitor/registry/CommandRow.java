package io.promptmonitor.registry;

import io.promptmonitor.common.alerts.LabelMatcher;
import io.promptmonitor.common.alerts.OperatorCommand;
import io.promptmonitor.common.alerts.OperatorCommand.Kind;
import io.promptmonitor.common.alerts.Silence;
import io.promptmonitor.common.registry.RegistryException;
import io.promptmonitor.common.registry.RegistryException.Reason;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;

/** A row of {@code operator_command}. */
final class CommandRow {

  /** The columns that {@link #read} reads. */
  static final String COLUMNS =
      "c.command_id, c.at, c.kind, c.actor, c.prompt_id, c.alert_id, c.silence_id, c.matchers,"
          + " c.starts_at, c.ends_at, c.comment";

  private static final Map<String, Kind> KINDS =
      Arrays.stream(Kind.values())
          .collect(Collectors.toUnmodifiableMap(Kind::label, Function.identity()));

  private CommandRow() {}

  /**
   * The command in the present row.
   *
   * @throws RegistryException if no operator could have written the row
   */
  static OperatorCommand read(ResultSet row) throws SQLException {
    long commandId = row.getLong("command_id");
    Instant at = EventRow.time(row, "at");
    String actor = row.getString("actor");
    try {
      return switch (KINDS.getOrDefault(row.getString("kind"), Kind.UNKNOWN)) {
        case ACKNOWLEDGED ->
            OperatorCommand.acknowledged(
                commandId,
                at,
                actor,
                row.getString("prompt_id"),
                row.getString("alert_id"),
                row.getString("comment"));
        case SILENCED -> OperatorCommand.silenced(commandId, at, silence(row));
        case SILENCE_ENDED ->
            OperatorCommand.silenceEnded(commandId, at, actor, row.getString("silence_id"));
        case ROLLBACKS_CLEARED ->
            OperatorCommand.rollbacksCleared(
                commandId, at, actor, row.getString("prompt_id"), row.getString("comment"));
        case UNKNOWN -> OperatorCommand.unknown(commandId, at, actor);
      };
    } catch (IllegalArgumentException e) {
      throw new RegistryException(
          Reason.TAMPERED,
          "command " + commandId + " of an operator is not what was recorded: it was tampered with",
          e);
    }
  }

  private static Silence silence(ResultSet row) throws SQLException {
    return new Silence(
        row.getString("silence_id"),
        matchers(row),
        EventRow.time(row, "starts_at").toEpochMilli(),
        EventRow.time(row, "ends_at").toEpochMilli(),
        row.getString("actor"),
        row.getString("comment"));
  }

  /** The matchers of a silence. */
  static List<LabelMatcher> matchers(ResultSet row) throws SQLException {
    String[] matchers = (String[]) row.getArray("matchers").getArray();
    return Arrays.stream(matchers).map(LabelMatcher::parse).toList();
  }
}
