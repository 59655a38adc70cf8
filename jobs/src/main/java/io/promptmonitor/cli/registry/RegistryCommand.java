package io.promptmonitor.cli.registry;

import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code promptmon registry}: versions of prompts, and which one is active. */
@Command(
    name = "registry",
    description = {
      "The registry of prompts: versions, what was specified for them, which one is active.",
      "Every change is recorded with the database's user as the actor; what a user may do is"
          + " decided by the database (docs/registry.md)."
    },
    mixinStandardHelpOptions = true,
    subcommands = {
      RegisterCommand.class,
      StageCommand.class,
      DeployCommand.class,
      RollbackCommand.class,
      DeprecateCommand.class,
      GetActiveCommand.class,
      ListCommand.class,
      ShowCommand.class,
      HistoryCommand.class,
      DiffCommand.class,
      VerifyCommand.class,
      ExportCommand.class,
      ApplyCommand.class
    })
public final class RegistryCommand implements Runnable {

  @Spec private CommandSpec spec;

  /** Without a subcommand there is nothing to do. */
  @Override
  public void run() {
    throw new ParameterException(spec.commandLine(), "a subcommand is missing");
  }
}
