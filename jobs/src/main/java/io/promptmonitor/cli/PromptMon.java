package io.promptmonitor.cli;

import io.promptmonitor.cli.alerts.AlertsCommand;
import io.promptmonitor.cli.backtest.BacktestCommand;
import io.promptmonitor.cli.calibration.CalibrateCommand;
import io.promptmonitor.cli.registry.RegistryCommand;
import io.promptmonitor.cli.report.ReportCommand;
import io.promptmonitor.cli.retention.RetentionCommand;
import io.promptmonitor.cli.rollbacks.RollbacksCommand;
import io.promptmonitor.common.config.ConfigException;
import java.io.PrintWriter;
import java.util.Objects;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.IVersionProvider;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParseResult;

/**
 * The root command {@code promptmon}.
 *
 * <p>Exit codes of every command: 0 when it ran and found nothing wrong, 1 when it ran and found a
 * problem (or failed), 2 for bad usage or bad input. Results go to standard output, everything else
 * to standard error.
 *
 * <p>To add a command, write a class with {@code @Command} and name it in {@code subcommands}.
 */
@Command(
    name = "promptmon",
    description = "Watches LLM prompt versions in production.",
    mixinStandardHelpOptions = true,
    versionProvider = PromptMon.Version.class,
    subcommands = {
      AlertsCommand.class,
      BacktestCommand.class,
      CalibrateCommand.class,
      CheckCommand.class,
      DemoCommand.class,
      MigrateCommand.class,
      MonitorCommand.class,
      RegistryCommand.class,
      ReportCommand.class,
      RetentionCommand.class,
      RollbacksCommand.class,
      SimulateCommand.class,
      SqlCommand.class,
      TestCommand.class
    })
public final class PromptMon implements Runnable {

  /** It ran and found nothing wrong. */
  public static final int EXIT_OK = 0;

  /** It ran and found a problem, or could not finish. */
  public static final int EXIT_PROBLEM = 1;

  /** Bad usage or bad input; nothing was done. */
  public static final int EXIT_USAGE = 2;

  @CommandLine.Spec private CommandLine.Model.CommandSpec spec;

  /** Runs the command line and, unless all went well, ends the JVM with its exit code. */
  public static void main(String[] args) {
    int exitCode = commandLine().execute(args);
    // On a cluster this is the main of `flink run`, which must be left to return.
    if (exitCode != EXIT_OK) {
      System.exit(exitCode);
    }
  }

  /** The whole command line, ready to execute. */
  public static CommandLine commandLine() {
    CommandLine commandLine = new CommandLine(new PromptMon());
    commandLine.setParameterExceptionHandler(PromptMon::onBadUsage);
    commandLine.setExecutionExceptionHandler(PromptMon::onFailure);
    return commandLine;
  }

  /** Without a subcommand there is nothing to do: shows the usage, which is bad usage. */
  @Override
  public void run() {
    throw new ParameterException(spec.commandLine(), "a command is missing");
  }

  private static int onBadUsage(ParameterException e, String[] args) {
    CommandLine commandLine = e.getCommandLine();
    PrintWriter err = commandLine.getErr();
    err.printf(
        "promptmon: %s (try '%s --help')%n",
        oneLine(e), commandLine.getCommandSpec().qualifiedName());
    err.flush();
    return EXIT_USAGE;
  }

  private static int onFailure(Exception e, CommandLine commandLine, ParseResult parsed) {
    PrintWriter err = commandLine.getErr();
    if (e instanceof ConfigException config) {
      config.problems().forEach(err::println);
      err.flush();
      return EXIT_USAGE;
    }
    err.printf("promptmon: %s%n", oneLine(e));
    err.flush();
    return EXIT_PROBLEM;
  }

  private static String oneLine(Exception e) {
    String message = Objects.requireNonNullElse(e.getMessage(), "");
    String text = message.isBlank() ? e.getClass().getSimpleName() : message;
    return text.strip().replaceAll("\\s*\\R\\s*", "; ");
  }

  /** The version in the jar's manifest, or {@code development} when run from class files. */
  static final class Version implements IVersionProvider {
    @Override
    public String[] getVersion() {
      String version = PromptMon.class.getPackage().getImplementationVersion();
      return new String[] {"promptmon " + Objects.requireNonNullElse(version, "development")};
    }
  }
}
