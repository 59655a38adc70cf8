package io.promptmonitor.common.alerts;

import java.util.List;
import java.util.Objects;

/**
 * What a step of {@link AlertLifeCycle} leads to.
 *
 * @param state the state to be kept; the very object that was given if nothing changed
 * @param transitions what happened, in order; mostly nothing
 * @param wakeUpAt {@link AlertLifeCycle#wakeUpAt} of the state
 */
public record AlertStep(AlertState state, List<AlertTransition> transitions, long wakeUpAt) {

  public AlertStep {
    Objects.requireNonNull(state, "state");
    transitions = List.copyOf(transitions);
  }
}
