package io.promptmonitor.jobs.source.registry;

import io.promptmonitor.common.registry.RegistryChange;
import io.promptmonitor.database.Database;
import io.promptmonitor.registry.PostgresPromptRegistry;
import java.util.List;

/** The log of the registry in PostgreSQL, read over one connection. */
public final class PostgresRegistryChanges implements RegistryChanges {

  private final PostgresPromptRegistry registry;

  private PostgresRegistryChanges(Database database) {
    this.registry = new PostgresPromptRegistry(database);
  }

  /** Opens the log in {@code database}. */
  public static RegistryChanges.Factory in(Database database) {
    return () -> new PostgresRegistryChanges(database);
  }

  @Override
  public List<RegistryChange> after(long eventId, int limit) {
    return registry.changesAfter(eventId, limit);
  }

  @Override
  public void close() {
    registry.close();
  }
}
