package io.promptmonitor.cli.registry;

import io.promptmonitor.cli.PromptMon;
import io.promptmonitor.common.registry.PromptRegistry;
import java.util.List;
import java.util.Map;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code promptmon registry verify}: whether everything is as it was registered. */
@Command(
    name = "verify",
    description = {
      "Checks every version against its hashes and the history, and the history itself.",
      "Exit code: 0 if all is as it was registered, 1 if anything is not."
    })
final class VerifyCommand extends RegistrySubcommand {

  @Option(names = "--json", description = "Print the result as JSON.")
  private boolean json;

  @Override
  int run(PromptRegistry registry) throws Exception {
    List<String> problems = registry.verify();
    if (json) {
      printJson(Map.of("ok", problems.isEmpty(), "problems", problems));
    } else if (problems.isEmpty()) {
      print("all is as it was registered");
    } else {
      problems.forEach(this::print);
    }
    return problems.isEmpty() ? PromptMon.EXIT_OK : PromptMon.EXIT_PROBLEM;
  }
}
