package io.promptmonitor.common.backtest;

import io.promptmonitor.common.alerts.OperatorCommand;
import io.promptmonitor.common.registry.RegistryChange;
import java.util.List;
import java.util.Objects;

/**
 * What is known of a prompt beside its executions.
 *
 * @param promptId the prompt
 * @param changes of the registry about it, in their order; none if it is not registered
 * @param timed whether those changes happened in the time of the executions; if not, a version is
 *     deployed when its executions begin
 * @param commands silences of all prompts, and what operators did about this one, in their order
 * @param actual what did happen to it
 */
public record PromptHistory(
    String promptId,
    List<RegistryChange> changes,
    boolean timed,
    List<OperatorCommand> commands,
    Actual actual) {

  public PromptHistory {
    Objects.requireNonNull(promptId, "promptId");
    changes = List.copyOf(changes);
    commands = List.copyOf(commands);
    Objects.requireNonNull(actual, "actual");
  }
}
