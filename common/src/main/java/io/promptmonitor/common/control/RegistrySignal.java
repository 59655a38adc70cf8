package io.promptmonitor.common.control;

import io.promptmonitor.common.alerts.OperatorCommand;
import io.promptmonitor.common.registry.RegistryChange;
import org.jspecify.annotations.Nullable;

/**
 * What the change stream carries: a change of the registry, a command of an operator, or the news
 * that all of both that there were when the stream began have been sent.
 *
 * @param change the change; null if this is not one
 * @param command the command; null if this is not one
 */
public record RegistrySignal(@Nullable RegistryChange change, @Nullable OperatorCommand command) {

  /** All there was when the stream began has been sent; comes once in a stream. */
  public static final RegistrySignal CAUGHT_UP = new RegistrySignal(null, null);

  public RegistrySignal {
    if (change != null && command != null) {
      throw new IllegalArgumentException("a signal is a change or a command, not both");
    }
  }

  /** A change of the registry. */
  public RegistrySignal(RegistryChange change) {
    this(change, null);
  }

  /** A command of an operator. */
  public RegistrySignal(OperatorCommand command) {
    this(null, command);
  }

  /** Whether this is {@link #CAUGHT_UP}. */
  public boolean isCaughtUp() {
    return change == null && command == null;
  }
}
