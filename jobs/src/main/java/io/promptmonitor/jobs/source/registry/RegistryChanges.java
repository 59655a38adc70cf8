package io.promptmonitor.jobs.source.registry;

import io.promptmonitor.common.alerts.OperatorCommand;
import io.promptmonitor.common.registry.RegistryChange;
import io.promptmonitor.common.registry.RegistryException;
import java.io.Serializable;
import java.util.List;

/** Reads the logs of the registry's changes and of operators' commands. Used by one thread. */
public interface RegistryChanges extends AutoCloseable {

  /**
   * The next changes, oldest first: those with the ids right after {@code eventId}, at most {@code
   * limit} of them. A change is seen no later than its successor.
   *
   * @throws RegistryException if they cannot be read; the reason {@code UNAVAILABLE} says that it
   *     may well work another time
   */
  List<RegistryChange> changesAfter(long eventId, int limit);

  /**
   * The next commands, oldest first: those with the ids right after {@code commandId}, at most
   * {@code limit} of them. A command is seen no later than its successor.
   *
   * @throws RegistryException as {@link #changesAfter}
   */
  List<OperatorCommand> commandsAfter(long commandId, int limit);

  @Override
  void close();

  /** Opens the logs where the job runs; travels with the job. */
  @FunctionalInterface
  interface Factory extends Serializable {

    /** The logs; does not wait for the database. */
    RegistryChanges open();
  }

  /** The logs of a registry in which nothing ever happens, for a job without a database. */
  static Factory none() {
    return () ->
        new RegistryChanges() {
          @Override
          public List<RegistryChange> changesAfter(long eventId, int limit) {
            return List.of();
          }

          @Override
          public List<OperatorCommand> commandsAfter(long commandId, int limit) {
            return List.of();
          }

          @Override
          public void close() {}
        };
  }
}
