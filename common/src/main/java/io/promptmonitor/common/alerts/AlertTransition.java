package io.promptmonitor.common.alerts;

import io.promptmonitor.common.conditions.Observation;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A change in the life of an alert.
 *
 * @param change what happened
 * @param cause why
 * @param time when: milliseconds of event time since the epoch
 * @param episode the episode: when its condition began to hold; {@link AlertState#NEVER} if none is
 *     going on
 * @param phase where the alert is now
 * @param data whether the rule can be decided now
 * @param evaluation what was seen; null if the rule was not evaluated, because it is gone
 */
public record AlertTransition(
    Change change,
    Cause cause,
    long time,
    long episode,
    AlertPhase phase,
    DataStatus data,
    @Nullable RuleEvaluation evaluation) {

  /** What happened. */
  public enum Change {
    /** The condition began to hold; an episode begins, unless it fires at once. */
    PENDING,
    /** The condition has held for as long as it must: the actions of the rule are due. */
    FIRING,
    /** A firing alert ends, and its episode with it. */
    RESOLVED,
    /** A pending alert ends without having fired, and its episode with it. */
    CANCELLED,
    /**
     * Nothing but the data status changed. At a prompt with little traffic this happens often: keep
     * the last one, and do not add up.
     */
    DATA
  }

  /** Why it happened. */
  public enum Cause {
    /** What the condition says. */
    CONDITION,
    /** There were no executions, for too long if the alert was pending. */
    NO_DATA,
    /** Too little was known, for too long if the alert was pending. */
    INSUFFICIENT_DATA,
    /** The rule was changed. */
    RULE_CHANGED,
    /** The rule does not hold for the version any more. */
    RULE_REMOVED
  }

  public AlertTransition {
    Objects.requireNonNull(change, "change");
    Objects.requireNonNull(cause, "cause");
    Objects.requireNonNull(phase, "phase");
    Objects.requireNonNull(data, "data");
  }

  /** The observation that tells most, with value, threshold, baseline and count; null if none. */
  public @Nullable Observation observation() {
    return evaluation == null ? null : evaluation.evaluation().leading();
  }

  /** Why the rule cannot be decided now, for people; null if it can. */
  public @Nullable String reason() {
    return evaluation == null || data == DataStatus.SUFFICIENT
        ? null
        : evaluation.evaluation().reason();
  }
}
