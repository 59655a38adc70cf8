package io.promptmonitor.cli.alerts;

import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code promptmon alerts}: what fires, and an operator's answers. */
@Command(
    name = "alerts",
    description = {
      "What fires, why, and who was told of it; to acknowledge alerts and to silence them.",
      "What operators do is recorded with the database's user as the actor; the job takes it up"
          + " within two seconds (docs/alerts.md)."
    },
    mixinStandardHelpOptions = true,
    subcommands = {ListCommand.class, ShowCommand.class, AckCommand.class, SilenceCommand.class})
public final class AlertsCommand implements Runnable {

  @Spec private CommandSpec spec;

  /** Without a subcommand there is nothing to do. */
  @Override
  public void run() {
    throw new ParameterException(spec.commandLine(), "a subcommand is missing");
  }
}
