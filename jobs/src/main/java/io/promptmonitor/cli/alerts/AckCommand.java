package io.promptmonitor.cli.alerts;

import io.promptmonitor.cli.PromptMon;
import io.promptmonitor.common.alerts.OperatorCommand;
import io.promptmonitor.registry.OperatorCommands;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code promptmon alerts ack}: somebody takes an alert on. */
@Command(
    name = "ack",
    description = {
      "Takes an alert on that fires: it is neither repeated nor escalated any more, and whoever was"
          + " told of it is told that.",
      "An alert that marked a version to be looked at can be acknowledged after its end, too."
    })
final class AckCommand extends AlertsSubcommand {

  @Parameters(
      index = "0",
      paramLabel = "ALERT_ID",
      description = "The alert's id, or a beginning of it that is unique.")
  private String alertId;

  @Option(names = "--comment", paramLabel = "C", description = "What there is to say, for others.")
  private @Nullable String comment;

  @Option(names = "--json", description = "Print what happened as JSON.")
  private boolean json;

  @Override
  int run(StoredAlerts alerts, OperatorCommands commands) throws Exception {
    StoredAlert alert = alerts.find(alertId);
    OperatorCommand command = commands.acknowledge(alert.alertId(), comment);
    if (json) {
      Map<String, @Nullable Object> values = StoredAlertText.values(command);
      values.put("prompt_id", command.promptId());
      values.put("alert_id", command.alertId());
      values.put("comment", command.comment());
      printJson(values);
    } else {
      print("the alert " + StoredAlertText.name(alert) + " is acknowledged by " + command.actor());
    }
    return PromptMon.EXIT_OK;
  }
}
