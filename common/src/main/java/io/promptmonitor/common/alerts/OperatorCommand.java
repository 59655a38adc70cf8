package io.promptmonitor.common.alerts;

import java.time.Instant;
import java.util.Locale;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * What an operator told the running job: an entry of the log of commands.
 *
 * @param commandId 1 for the first command, one more for each next one, without gaps, in the order
 *     in which the commands were committed
 * @param at when, by the database's clock; never before the previous command
 * @param kind what is to happen
 * @param actor who: the user that the database authenticated
 * @param promptId of {@code ACKNOWLEDGED} the prompt of the alert, of {@code ROLLBACKS_CLEARED} the
 *     prompt; else null
 * @param alertId of {@code ACKNOWLEDGED} the episode, by its {@link AlertKey#dedupKey}; else null
 * @param silence of {@code SILENCED} the silence; else null
 * @param silenceId of {@code SILENCE_ENDED} the id of the silence; else null
 * @param comment of {@code ACKNOWLEDGED} what the operator said, null if nothing; of {@code
 *     ROLLBACKS_CLEARED} what the operator said; else null
 */
public record OperatorCommand(
    long commandId,
    Instant at,
    Kind kind,
    String actor,
    @Nullable String promptId,
    @Nullable String alertId,
    @Nullable Silence silence,
    @Nullable String silenceId,
    @Nullable String comment) {

  /** What is to happen. */
  public enum Kind {
    /** Somebody takes an alert on: nobody is told of it any more. */
    ACKNOWLEDGED,
    /** Nobody is to be told of some alerts for some time. */
    SILENCED,
    /** A silence ends before its time. */
    SILENCE_ENDED,
    /** A prompt may be rolled back automatically again. */
    ROLLBACKS_CLEARED,
    /** Something that only a newer release knows: to be passed over. */
    UNKNOWN;

    /** The name in tables and messages. */
    public String label() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  public OperatorCommand {
    Objects.requireNonNull(at, "at");
    Objects.requireNonNull(kind, "kind");
    Objects.requireNonNull(actor, "actor");
    boolean acknowledged = kind == Kind.ACKNOWLEDGED;
    boolean cleared = kind == Kind.ROLLBACKS_CLEARED;
    if ((promptId != null) != (acknowledged || cleared)
        || (alertId != null) != acknowledged
        || (silence != null) != (kind == Kind.SILENCED)
        || (silenceId != null) != (kind == Kind.SILENCE_ENDED)
        || (comment == null ? cleared : !acknowledged && !cleared)) {
      throw new IllegalArgumentException("command " + commandId + " is not one of its kind");
    }
  }

  /** Somebody takes an alert on. */
  public static OperatorCommand acknowledged(
      long commandId,
      Instant at,
      String actor,
      String promptId,
      String alertId,
      @Nullable String comment) {
    return new OperatorCommand(
        commandId, at, Kind.ACKNOWLEDGED, actor, promptId, alertId, null, null, comment);
  }

  /** Nobody is to be told of some alerts; whoever created the silence is the actor. */
  public static OperatorCommand silenced(long commandId, Instant at, Silence silence) {
    return new OperatorCommand(
        commandId, at, Kind.SILENCED, silence.createdBy(), null, null, silence, null, null);
  }

  /** A silence ends before its time. */
  public static OperatorCommand silenceEnded(
      long commandId, Instant at, String actor, String silenceId) {
    return new OperatorCommand(
        commandId, at, Kind.SILENCE_ENDED, actor, null, null, null, silenceId, null);
  }

  /** A prompt may be rolled back automatically again. */
  public static OperatorCommand rollbacksCleared(
      long commandId, Instant at, String actor, String promptId, String comment) {
    return new OperatorCommand(
        commandId, at, Kind.ROLLBACKS_CLEARED, actor, promptId, null, null, null, comment);
  }

  /** Something that only a newer release knows. */
  public static OperatorCommand unknown(long commandId, Instant at, String actor) {
    return new OperatorCommand(commandId, at, Kind.UNKNOWN, actor, null, null, null, null, null);
  }
}
