package io.promptmonitor.cli.rollbacks;

import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code promptmon rollbacks}: what was rolled back, why, and what came of it. */
@Command(
    name = "rollbacks",
    description = {
      "What was rolled back, why, and what came of it; and what a rule demanded and did not happen.",
      "To roll back is promptmon registry rollback."
    },
    mixinStandardHelpOptions = true,
    subcommands = {ListCommand.class, ShowCommand.class, ClearCommand.class})
public final class RollbacksCommand implements Runnable {

  @Spec private CommandSpec spec;

  /** Without a subcommand there is nothing to do. */
  @Override
  public void run() {
    throw new ParameterException(spec.commandLine(), "a subcommand is missing");
  }
}
