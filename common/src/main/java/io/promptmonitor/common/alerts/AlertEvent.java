package io.promptmonitor.common.alerts;

import io.promptmonitor.common.alerts.AlertTransition.Cause;
import io.promptmonitor.common.alerts.AlertTransition.Change;
import io.promptmonitor.common.metrics.Exemplar;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A transition in the life of an alert with everything that is written down and told about it.
 *
 * @param key which alert
 * @param rule what is told about the rule
 * @param change what happened
 * @param cause why
 * @param time when: milliseconds of event time since the epoch
 * @param episode the episode; {@link AlertState#NEVER} if none is going on
 * @param firingSince when the episode began to fire; NEVER if it did not
 * @param phase where the alert is now
 * @param data whether the rule can be decided now
 * @param reason why it cannot, for people; null if it can
 * @param reading what was seen; null if nothing was
 * @param exemplars executions of the window, as evidence; only if the alert begins to fire
 */
public record AlertEvent(
    AlertKey key,
    RuleSummary rule,
    Change change,
    Cause cause,
    long time,
    long episode,
    long firingSince,
    AlertPhase phase,
    DataStatus data,
    @Nullable String reason,
    @Nullable AlertReading reading,
    List<Exemplar> exemplars) {

  /** The order in which events of one prompt that happen at the same time are taken. */
  public static final Comparator<AlertEvent> BY_RULE =
      Comparator.<AlertEvent, String>comparing(event -> event.key().promptVersion().version())
          .thenComparing(event -> event.key().rule());

  public AlertEvent {
    Objects.requireNonNull(key, "key");
    Objects.requireNonNull(rule, "rule");
    Objects.requireNonNull(change, "change");
    Objects.requireNonNull(cause, "cause");
    Objects.requireNonNull(phase, "phase");
    Objects.requireNonNull(data, "data");
    exemplars = List.copyOf(exemplars);
  }

  /** Identifies the episode, {@link AlertKey#dedupKey}; null if none is going on. */
  public @Nullable String alertId() {
    return episode == AlertState.NEVER ? null : key.dedupKey(episode);
  }

  /** What alerts are told apart by. */
  public AlertLabels labels() {
    return new AlertLabels(key, rule.severity(), Set.copyOf(rule.metrics()));
  }

  /** Whether the alert begins to fire and its rule takes an action then. */
  public boolean demands(AlertAction action) {
    return change == Change.FIRING && rule.actions().contains(action);
  }
}
