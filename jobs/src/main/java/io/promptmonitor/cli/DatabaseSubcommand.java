package io.promptmonitor.cli;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.promptmonitor.database.Database;
import java.io.PrintWriter;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** What subcommands that use the database share. */
@Command(mixinStandardHelpOptions = true)
public abstract class DatabaseSubcommand implements Callable<Integer> {

  private static final ObjectMapper JSON = new ObjectMapper();

  @Spec private CommandSpec spec;

  @Mixin private DatabaseOption database;

  @Override
  public final Integer call() throws Exception {
    prepare();
    try (DatabaseOption.Opened opened = database.open()) {
      return run(opened.database());
    }
  }

  /** Reads and checks what the user gave, before the database is opened. */
  protected void prepare() throws Exception {}

  /** Does what the command is for; returns the exit code. */
  protected abstract int run(Database opened) throws Exception;

  protected final PrintWriter out() {
    return spec.commandLine().getOut();
  }

  /** Prints a line of the result. */
  protected final void print(String line) {
    out().println(line);
    out().flush();
  }

  /** Prints a result as JSON. */
  protected final void printJson(Object values) throws JsonProcessingException {
    print(JSON.writeValueAsString(values));
  }

  /** Tells something that is not the result. */
  protected final void say(String line) {
    PrintWriter err = spec.commandLine().getErr();
    err.println(line);
    err.flush();
  }

  /** A line that tells how far a command is that works for long, if somebody watches. */
  protected final ProgressLine progressLine() {
    return new ProgressLine(spec.commandLine().getErr(), Terminal.isInteractive());
  }

  /** Bad usage. */
  protected final ParameterException badUsage(String message) {
    return new ParameterException(spec.commandLine(), message);
  }
}
