package io.promptmonitor.cli.alerts;

import io.promptmonitor.cli.PromptMon;
import io.promptmonitor.cli.ResultPrinter.Column;
import io.promptmonitor.cli.ResultPrinter.Kind;
import io.promptmonitor.cli.TableFormat;
import io.promptmonitor.cli.alerts.StoredAlert.StoredEscalation;
import io.promptmonitor.cli.alerts.StoredAlerts.UndecidedRule;
import io.promptmonitor.registry.OperatorCommands;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code promptmon alerts list}: what fires, or which rules cannot be decided. */
@Command(
    name = "list",
    description = {
      "Prints the alerts that fire or are pending, the worst first; with --rules the rules that"
          + " cannot be decided, and why.",
      "OVERDUE is an alert about which somebody should have been told more than two minutes ago."
    })
final class ListCommand extends AlertsSubcommand {

  private static final List<Column> COLUMNS =
      columns(
          "alert",
          "state",
          "severity",
          "prompt",
          "version",
          "rule",
          "since",
          "value",
          "acknowledged",
          "muted");
  private static final Column ENDED = new Column("ended", Kind.TEXT);

  private static final List<Column> RULE_COLUMNS =
      columns("prompt", "version", "rule", "severity", "status", "since", "reason");

  /** Here {@code --version} is that of a prompt, so the standard options do not fit. */
  @Option(
      names = {"-h", "--help"},
      usageHelp = true,
      description = "Show this help message and exit.")
  @SuppressWarnings("UnusedVariable") // picocli does what it asks for
  private boolean help;

  @Option(names = "--rules", description = "Print the rules that cannot be decided instead.")
  private boolean rules;

  @Mixin private AlertFilter filter;

  @Mixin private TableFormat format;

  @Override
  protected void prepare() {
    if (filter.limit() < 0) {
      throw badUsage("--limit must not be negative");
    }
    if (rules && filter.isAboutEpisodes()) {
      throw badUsage("--state and --since do not go with --rules");
    }
  }

  @Override
  int run(StoredAlerts alerts, OperatorCommands commands) throws Exception {
    if (rules) {
      printRules(alerts.undecided(filter));
    } else {
      printAlerts(alerts.list(filter));
    }
    return PromptMon.EXIT_OK;
  }

  private void printAlerts(List<StoredAlert> found) throws Exception {
    List<StoredAlert> shown = limited(found);
    if (format.isJson()) {
      printJson(shown.stream().map(StoredAlertText::values).toList());
    } else if (shown.isEmpty()) {
      print(filter.isNarrow() ? "no such alert" : "no alert fires or is pending");
    } else {
      List<Column> columns = new ArrayList<>(COLUMNS);
      if (filter.includesEnded()) {
        columns.add(ENDED);
      }
      printTable(format, columns, shown.stream().map(this::row).toList());
    }
    sayThereIsMore(found, shown);
    long overdue = shown.stream().filter(StoredAlert::isOverdue).count();
    if (overdue > 0) {
      say(
          "promptmon: "
              + (overdue == 1 ? "1 escalation is" : overdue + " escalations are")
              + " overdue: the job that tells people may not be running");
    }
  }

  private List<String> row(StoredAlert alert) {
    StoredEscalation escalation = alert.escalation();
    List<String> row = new ArrayList<>();
    row.add(StoredAlertText.shortId(alert.alertId()));
    row.add(StoredAlertText.state(alert));
    row.add(alert.severity());
    row.add(alert.promptId());
    row.add(alert.promptVersion());
    row.add(alert.rule());
    row.add(StoredAlertText.time(alert.since()));
    row.add(StoredAlertText.seen(alert));
    row.add(StoredAlertText.acknowledgedBy(alert));
    row.add(escalation == null ? "" : StoredAlertText.cell(escalation.mutedBy()));
    if (filter.includesEnded()) {
      row.add(StoredAlertText.timeOrNothing(alert.endedAt()));
    }
    return row;
  }

  private void printRules(List<UndecidedRule> found) throws Exception {
    List<UndecidedRule> shown = limited(found);
    if (format.isJson()) {
      printJson(shown.stream().map(ListCommand::values).toList());
    } else if (shown.isEmpty()) {
      print(filter.isNarrow() ? "every such rule can be decided" : "every rule can be decided");
    } else {
      printTable(
          format,
          RULE_COLUMNS,
          shown.stream()
              .map(
                  rule ->
                      List.of(
                          rule.promptId(),
                          rule.promptVersion(),
                          rule.rule(),
                          rule.severity(),
                          rule.dataStatus(),
                          StoredAlertText.time(rule.since()),
                          StoredAlertText.cell(rule.reason())))
              .toList());
    }
    sayThereIsMore(found, shown);
  }

  private static Map<String, @Nullable Object> values(UndecidedRule rule) {
    Map<String, @Nullable Object> values = new LinkedHashMap<>();
    values.put("prompt_id", rule.promptId());
    values.put("prompt_version", rule.promptVersion());
    values.put("rule", rule.rule());
    values.put("severity", rule.severity());
    values.put("phase", rule.phase());
    values.put("data_status", rule.dataStatus());
    values.put("reason", rule.reason());
    values.put("since", rule.since().toString());
    return values;
  }

  private <T> List<T> limited(List<T> found) {
    int limit = filter.limit();
    return limit > 0 && found.size() > limit ? found.subList(0, limit) : found;
  }

  private void sayThereIsMore(List<?> found, List<?> shown) {
    if (found.size() > shown.size()) {
      say("promptmon: only " + shown.size() + " are shown, there are more: see --limit");
    }
  }
}
