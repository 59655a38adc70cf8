package io.promptmonitor.jobs.source.registry;

import io.promptmonitor.common.alerts.OperatorCommand;
import io.promptmonitor.common.registry.RegistryChange;
import io.promptmonitor.database.Database;
import io.promptmonitor.registry.OperatorCommands;
import io.promptmonitor.registry.PostgresPromptRegistry;
import java.util.List;

/** The logs of the registry and of operators in PostgreSQL, each read over a connection. */
public final class PostgresRegistryChanges implements RegistryChanges {

  private final PostgresPromptRegistry registry;
  private final OperatorCommands commands;

  private PostgresRegistryChanges(Database database) {
    this.registry = new PostgresPromptRegistry(database);
    this.commands = new OperatorCommands(database);
  }

  /** Opens the logs in {@code database}. */
  public static RegistryChanges.Factory in(Database database) {
    return () -> new PostgresRegistryChanges(database);
  }

  @Override
  public List<RegistryChange> changesAfter(long eventId, int limit) {
    return registry.changesAfter(eventId, limit);
  }

  @Override
  public List<OperatorCommand> commandsAfter(long commandId, int limit) {
    return commands.after(commandId, limit);
  }

  @Override
  public void close() {
    registry.close();
    commands.close();
  }
}
