package io.promptmonitor.cli.registry;

import io.promptmonitor.cli.DatabaseSubcommand;
import io.promptmonitor.common.registry.PromptRegistry;
import io.promptmonitor.common.registry.RegistryException;
import io.promptmonitor.database.Database;
import io.promptmonitor.registry.PostgresPromptRegistry;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** What all subcommands of {@code promptmon registry} share: the database with the registry. */
abstract class RegistrySubcommand extends DatabaseSubcommand {

  private @Nullable Database database;

  @Override
  protected final int run(Database opened) throws Exception {
    database = opened;
    try (PostgresPromptRegistry registry = new PostgresPromptRegistry(opened)) {
      return run(registry);
    }
  }

  /** Does what the command is for; returns the exit code. */
  abstract int run(PromptRegistry registry) throws Exception;

  /** The database with the registry, while the command runs. */
  final Database database() {
    return Objects.requireNonNull(database, "the command is running");
  }

  /** The prompt was never heard of. */
  static RegistryException unknownPrompt(String promptId) {
    return new RegistryException(
        RegistryException.Reason.UNKNOWN_PROMPT,
        "no version of prompt " + promptId + " is registered");
  }
}
