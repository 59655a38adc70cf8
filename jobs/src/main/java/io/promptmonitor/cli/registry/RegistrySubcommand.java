package io.promptmonitor.cli.registry;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.promptmonitor.cli.DatabaseOption;
import io.promptmonitor.common.registry.PromptRegistry;
import io.promptmonitor.common.registry.RegistryException;
import io.promptmonitor.registry.PostgresPromptRegistry;
import java.io.PrintWriter;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** What all subcommands of {@code promptmon registry} share: the database with the registry. */
@Command(mixinStandardHelpOptions = true)
abstract class RegistrySubcommand implements Callable<Integer> {

  private static final ObjectMapper JSON = new ObjectMapper();

  @Spec private CommandSpec spec;

  @Mixin private DatabaseOption database;

  @Override
  public final Integer call() throws Exception {
    prepare();
    try (DatabaseOption.Opened opened = database.open();
        PostgresPromptRegistry registry = new PostgresPromptRegistry(opened.database())) {
      return run(registry);
    }
  }

  /** Reads and checks what the user gave, before the database is opened. */
  void prepare() throws Exception {}

  /** Does what the command is for; returns the exit code. */
  abstract int run(PromptRegistry registry) throws Exception;

  final PrintWriter out() {
    return spec.commandLine().getOut();
  }

  /** Prints a line of the result. */
  final void print(String line) {
    out().println(line);
    out().flush();
  }

  /** Prints a result as JSON. */
  final void printJson(Object values) throws JsonProcessingException {
    print(JSON.writeValueAsString(values));
  }

  /** Tells something that is not the result. */
  final void say(String line) {
    PrintWriter err = spec.commandLine().getErr();
    err.println(line);
    err.flush();
  }

  /** The prompt was never heard of. */
  static RegistryException unknownPrompt(String promptId) {
    return new RegistryException(
        RegistryException.Reason.UNKNOWN_PROMPT,
        "no version of prompt " + promptId + " is registered");
  }

  /** Bad usage. */
  final ParameterException badUsage(String message) {
    return new ParameterException(spec.commandLine(), message);
  }
}
