package io.promptmonitor.cli.rollbacks;

import io.promptmonitor.cli.DatabaseSubcommand;
import io.promptmonitor.cli.PromptMon;
import io.promptmonitor.cli.VisibleText;
import io.promptmonitor.common.alerts.OperatorCommand;
import io.promptmonitor.database.Database;
import io.promptmonitor.registry.OperatorCommands;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code promptmon rollbacks clear}: an operator has looked. */
@Command(
    name = "clear",
    description = {
      "Allows automatic rollbacks of a prompt again after there were as many as there may be in 24"
          + " hours, or begins to count anew before that.",
      "The least time between two of them still holds. The job takes it up within two seconds."
    })
final class ClearCommand extends DatabaseSubcommand {

  @Parameters(index = "0", paramLabel = "PROMPT", description = "Identifier of the prompt.")
  private String promptId;

  @Option(
      names = "--reason",
      required = true,
      paramLabel = "TEXT",
      description = "What was found, for others.")
  private String reason;

  @Option(names = "--json", description = "Print what happened as JSON.")
  private boolean json;

  @Override
  protected void prepare() {
    if (reason.isBlank()) {
      throw badUsage("--reason must not be empty");
    }
  }

  @Override
  protected int run(Database database) throws Exception {
    try (OperatorCommands commands = new OperatorCommands(database)) {
      OperatorCommand command = commands.clearRollbacks(promptId, reason);
      if (json) {
        Map<String, @Nullable Object> values = new LinkedHashMap<>();
        values.put("command_id", command.commandId());
        values.put("at", command.at().toString());
        values.put("kind", command.kind().label());
        values.put("actor", command.actor());
        values.put("prompt_id", command.promptId());
        values.put("comment", command.comment());
        printJson(values);
      } else {
        print(VisibleText.of(promptId) + " may be rolled back automatically again");
      }
    }
    return PromptMon.EXIT_OK;
  }
}
