package io.promptmonitor.cli.alerts;

import io.promptmonitor.cli.PromptMon;
import io.promptmonitor.cli.ResultPrinter.Column;
import io.promptmonitor.cli.TableFormat;
import io.promptmonitor.cli.VisibleText;
import io.promptmonitor.cli.alerts.StoredAlert.StoredAcknowledgement;
import io.promptmonitor.cli.alerts.StoredAlert.StoredEscalation;
import io.promptmonitor.cli.alerts.StoredAlerts.Evidence;
import io.promptmonitor.cli.alerts.StoredAlerts.Told;
import io.promptmonitor.cli.alerts.StoredAlerts.Transition;
import io.promptmonitor.common.alerts.AlertLabels;
import io.promptmonitor.registry.OperatorCommands;
import io.promptmonitor.registry.OperatorCommands.SilenceEntry;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** {@code promptmon alerts show}: all that is known of an alert. */
@Command(
    name = "show",
    description = {
      "Prints all that is known of an alert: what was seen, its transitions, who was told when and"
          + " through what, the executions that are evidence, and the silences that match it."
    })
final class ShowCommand extends AlertsSubcommand {

  private static final List<Column> TRANSITIONS =
      columns("at", "change", "cause", "value", "details");
  private static final List<Column> TOLD =
      columns("at", "about", "channel", "status", "attempts", "settled", "error");
  private static final List<Column> EVIDENCE =
      columns("at", "execution", "latency", "result", "model", "branch", "input", "output");

  @Parameters(
      index = "0",
      paramLabel = "ALERT_ID",
      description = "The alert's id, or a beginning of it that is unique.")
  private String alertId;

  @Mixin private TableFormat format;

  @Override
  int run(StoredAlerts alerts, OperatorCommands commands) throws Exception {
    StoredAlert alert = alerts.find(alertId);
    List<Transition> transitions = alerts.transitions(alert);
    List<Told> told = alerts.told(alert);
    List<Evidence> evidence = alerts.evidence(alert);
    AlertLabels labels = alert.labels();
    List<SilenceEntry> silences =
        commands.silences(false).stream()
            .filter(s -> s.matchers().stream().allMatch(matcher -> matcher.matches(labels)))
            .toList();
    if (format.isJson()) {
      Map<String, @Nullable Object> values = StoredAlertText.values(alert);
      values.put("transitions", transitions.stream().map(ShowCommand::values).toList());
      values.put("notifications", told.stream().map(ShowCommand::values).toList());
      values.put(
          "exemplars", evidence == null ? null : evidence.stream().map(e -> values(e)).toList());
      values.put("silences", silences.stream().map(StoredAlertText::values).toList());
      printJson(values);
      return PromptMon.EXIT_OK;
    }
    describe(alert);
    table("transitions", TRANSITIONS, transitions.stream().map(t -> row(t)).toList());
    table("who was told", TOLD, told.stream().map(t -> row(t)).toList());
    if (evidence != null) {
      table("executions", EVIDENCE, evidence.stream().map(e -> row(e)).toList());
    }
    describe(silences);
    suggest(alert);
    out().flush();
    return PromptMon.EXIT_OK;
  }

  // ---- for people

  private void describe(StoredAlert alert) {
    line("alert", alert.alertId());
    line("rule", alert.rule() + " (" + alert.kind() + ", " + alert.severity() + ")");
    line("prompt", alert.promptId());
    line("version", alert.promptVersion());
    line("state", state(alert));
    line("condition", alert.condition());
    line("actions", String.join(", ", alert.actions()));
    String comparison = alert.reading().comparison();
    if (!comparison.isEmpty()) {
      String circumstances = alert.reading().circumstances();
      line("seen", comparison + (circumstances.isEmpty() ? "" : " (" + circumstances + ")"));
    }
    if (alert.flaggedForReview()) {
      line("to review", "the version is to be looked at by a person");
    }
    StoredEscalation escalation = alert.escalation();
    if (escalation != null) {
      describe(escalation);
    }
    StoredAcknowledgement acknowledgement = alert.acknowledgement();
    if (acknowledgement != null) {
      String comment = acknowledgement.comment();
      line(
          "acknowledged",
          StoredAlertText.time(acknowledgement.at())
              + " by "
              + acknowledgement.by()
              + (comment == null ? "" : ": " + comment)
              + StoredAlertText.notTakenUp(acknowledgement));
    }
  }

  private static String state(StoredAlert alert) {
    StringBuilder state = new StringBuilder(alert.phase());
    if (alert.endedAt() != null) {
      state.append(" at ").append(StoredAlertText.time(alert.endedAt()));
      state.append(", cause: ").append(alert.cause());
    }
    if (alert.firedAt() != null) {
      state.append(alert.endedAt() == null ? " since " : ", fired at ");
      state.append(StoredAlertText.time(alert.firedAt()));
      state.append(", pending since ").append(StoredAlertText.time(alert.pendingSince()));
    } else {
      state.append(alert.endedAt() == null ? " since " : ", pending since ");
      state.append(StoredAlertText.time(alert.pendingSince()));
    }
    return state.toString();
  }

  private void describe(StoredEscalation escalation) {
    int messages = escalation.messages();
    line(
        "told",
        escalation.toldAt() == null
            ? "nobody yet"
            : StoredAlertText.time(escalation.toldAt())
                + (messages == 1 ? ", 1 message" : ", " + messages + " messages"));
    if (escalation.escalatedAt() != null) {
      line("escalated", StoredAlertText.time(escalation.escalatedAt()));
    }
    if (escalation.mutedBy() != null) {
      line("muted", escalation.mutedBy());
    }
    if (escalation.dueAt() != null) {
      line(
          "next message",
          StoredAlertText.time(escalation.dueAt())
              + (escalation.overdue() ? ", OVERDUE: the job may not be running" : ""));
    }
  }

  private static List<String> row(Transition transition) {
    String circumstances = transition.reading().circumstances();
    return List.of(
        StoredAlertText.time(transition.at()),
        transition.change(),
        transition.cause(),
        transition.reading().comparison(),
        transition.reason() == null ? circumstances : transition.reason());
  }

  private static List<String> row(Told told) {
    String error = StoredAlertText.cell(told.lastError());
    return List.of(
        StoredAlertText.time(told.createdAt()),
        told.about(),
        told.channel(),
        told.status(),
        Integer.toString(told.attempts()),
        StoredAlertText.timeOrNothing(told.settledAt()),
        told.nextAttemptAt() == null || told.settledAt() != null
            ? error
            : error + ", again at " + StoredAlertText.time(told.nextAttemptAt()));
  }

  private static List<String> row(Evidence evidence) {
    return List.of(
        StoredAlertText.time(evidence.executedAt()),
        evidence.executionIdHash(),
        evidence.latencyMs() + " ms",
        evidence.success()
            ? "success"
            : evidence.errorType() == null ? "failure" : "failure: " + evidence.errorType(),
        StoredAlertText.cell(evidence.model()),
        StoredAlertText.cell(evidence.branch()),
        StoredAlertText.cell(evidence.inputHash()),
        StoredAlertText.cell(evidence.outputHash()));
  }

  private void describe(List<SilenceEntry> silences) {
    if (silences.isEmpty()) {
      return;
    }
    heading("silences that match");
    for (SilenceEntry silence : silences) {
      line(
          silence.silenceId(),
          "%s, from %s until %s, by %s: %s"
              .formatted(
                  StoredAlertText.text(silence.matchers()),
                  StoredAlertText.time(silence.startsAt()),
                  StoredAlertText.time(silence.endsAt()),
                  silence.createdBy(),
                  silence.comment()));
    }
  }

  private void suggest(StoredAlert alert) {
    List<String> commands = new ArrayList<>();
    String prompt = VisibleText.argument(alert.promptId());
    boolean goesOn = alert.firedAt() != null && alert.endedAt() == null;
    if (alert.acknowledgement() == null && (goesOn || alert.flaggedForReview())) {
      commands.add("alerts ack " + StoredAlertText.shortId(alert.alertId()) + " --comment TEXT");
    }
    if (alert.endedAt() == null) {
      commands.add(
          "alerts silence %s %s --for 2h --comment TEXT"
              .formatted(
                  VisibleText.argument("rule=" + alert.rule()),
                  VisibleText.argument("prompt=" + alert.promptId())));
    }
    commands.add("alerts list --state all --prompt " + prompt);
    commands.add("registry history " + prompt);
    heading("go on with");
    commands.forEach(command -> out().println("promptmon " + command));
  }

  private void table(String name, List<Column> columns, List<List<String>> rows) {
    if (!rows.isEmpty()) {
      heading(name);
      printTable(format, columns, rows);
    }
  }

  private void heading(String name) {
    out().println();
    out().println(name + ":");
  }

  private void line(String name, String value) {
    out().printf("%-20s %s%n", name, VisibleText.of(value));
  }

  // ---- for scripts

  private static Map<String, @Nullable Object> values(Transition transition) {
    Map<String, @Nullable Object> values = new LinkedHashMap<>();
    values.put("at", transition.at().toString());
    values.put("change", transition.change());
    values.put("cause", transition.cause());
    values.put("data_status", transition.dataStatus());
    values.put("reason", transition.reason());
    transition.reading().putInto(values);
    return values;
  }

  private static Map<String, @Nullable Object> values(Told told) {
    Map<String, @Nullable Object> values = new LinkedHashMap<>();
    values.put("created_at", told.createdAt().toString());
    values.put("reason", told.about());
    values.put("channel", told.channel());
    values.put("status", told.status());
    values.put("attempts", told.attempts());
    values.put("settled_at", StoredAlertText.text(told.settledAt()));
    values.put("last_error", told.lastError());
    values.put("next_attempt_at", StoredAlertText.text(told.nextAttemptAt()));
    return values;
  }

  private static Map<String, @Nullable Object> values(Evidence evidence) {
    Map<String, @Nullable Object> values = new LinkedHashMap<>();
    values.put("execution_id_hash", evidence.executionIdHash());
    values.put("executed_at", evidence.executedAt().toString());
    values.put("latency_ms", evidence.latencyMs());
    values.put("success", evidence.success());
    values.put("error_type", evidence.errorType());
    values.put("model", evidence.model());
    values.put("branch", evidence.branch());
    values.put("input_hash", evidence.inputHash());
    values.put("output_hash", evidence.outputHash());
    return values;
  }
}
