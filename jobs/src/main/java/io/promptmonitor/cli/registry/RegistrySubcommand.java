package io.promptmonitor.cli.registry;

import io.promptmonitor.cli.DatabaseSubcommand;
import io.promptmonitor.common.registry.PromptRegistry;
import io.promptmonitor.common.registry.RegistryException;
import io.promptmonitor.database.Database;
import io.promptmonitor.registry.PostgresPromptRegistry;

/** What all subcommands of {@code promptmon registry} share: the database with the registry. */
abstract class RegistrySubcommand extends DatabaseSubcommand {

  @Override
  protected final int run(Database database) throws Exception {
    try (PostgresPromptRegistry registry = new PostgresPromptRegistry(database)) {
      return run(registry);
    }
  }

  /** Does what the command is for; returns the exit code. */
  abstract int run(PromptRegistry registry) throws Exception;

  /** The prompt was never heard of. */
  static RegistryException unknownPrompt(String promptId) {
    return new RegistryException(
        RegistryException.Reason.UNKNOWN_PROMPT,
        "no version of prompt " + promptId + " is registered");
  }
}
