package io.promptmonitor.cli.rollbacks;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.promptmonitor.cli.DatabaseSubcommand;
import io.promptmonitor.cli.PromptMon;
import io.promptmonitor.cli.ResultPrinter.Column;
import io.promptmonitor.cli.TableFormat;
import io.promptmonitor.cli.VisibleText;
import io.promptmonitor.common.rollback.RollbackCause;
import io.promptmonitor.common.rollback.RollbackEvidence;
import io.promptmonitor.common.rollback.RollbackRecord;
import io.promptmonitor.common.rollback.RollbackRecord.Kind;
import io.promptmonitor.common.rollback.RollbackRecord.Status;
import io.promptmonitor.common.rollback.RollbackSnapshot;
import io.promptmonitor.common.rollback.RollbackStep;
import io.promptmonitor.common.rollback.StepResult;
import io.promptmonitor.database.Database;
import io.promptmonitor.registry.PostgresRollbacks;
import io.promptmonitor.registry.PostgresRollbacks.Allowance;
import io.promptmonitor.registry.PostgresRollbacks.Told;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** {@code promptmon rollbacks show}: all that is known of a rollback. */
@Command(
    name = "show",
    description = {
      "Prints all that is known of a rollback: what led to it, the evidence, each step with its"
          + " time, what was measured before and after, who was told, and the analysis."
    })
final class ShowCommand extends DatabaseSubcommand {

  private static final List<Column> STEPS = TableFormat.columns("step", "at", "status", "details");
  private static final List<Column> TOLD =
      TableFormat.columns(
          "at", "rule", "about", "channel", "status", "attempts", "settled", "error");

  @Parameters(
      index = "0",
      paramLabel = "ROLLBACK_ID",
      description = "The rollback's id, or a beginning of it that is unique.")
  private String rollbackId;

  @Mixin private TableFormat format;

  @Override
  protected int run(Database database) throws Exception {
    try (PostgresRollbacks rollbacks = PostgresRollbacks.patient(database)) {
      RollbackRecord rollback = find(rollbacks);
      List<Told> told = rollbacks.told(rollback);
      if (format.isJson()) {
        ObjectNode values = StoredRollbackText.values(rollback);
        ArrayNode notifications = values.putArray("notifications");
        told.forEach(message -> notifications.addPOJO(StoredRollbackText.values(message)));
        printJson(values);
      } else {
        describe(rollback);
        table("steps", STEPS, steps(rollback));
        describeMeasurements(rollback);
        describeAnalysis(rollback);
        table("who was told", TOLD, told.stream().map(ShowCommand::row).toList());
        suggest(rollback, rollbacks.allowances(rollback.promptId()));
        out().flush();
      }
    }
    return PromptMon.EXIT_OK;
  }

  private RollbackRecord find(PostgresRollbacks rollbacks) {
    List<RollbackRecord> found = rollbacks.beginningWith(rollbackId);
    if (found.isEmpty()) {
      throw new IllegalArgumentException("there is no rollback " + rollbackId);
    }
    RollbackRecord first = found.get(0);
    if (found.size() > 1 && !first.rollbackId().equals(rollbackId)) {
      throw new IllegalArgumentException(
          "several rollbacks begin with %s: %s, %s%s"
              .formatted(
                  rollbackId,
                  first.rollbackId(),
                  found.get(1).rollbackId(),
                  found.size() > 2 ? " and others" : ""));
    }
    return first;
  }

  // ---- what happened

  private void describe(RollbackRecord rollback) {
    line("rollback", rollback.rollbackId());
    line("prompt", rollback.promptId());
    String to = rollback.toVersion();
    line("versions", to == null ? rollback.fromVersion() : rollback.fromVersion() + " → " + to);
    line("state", state(rollback));
    line("reason", rollback.reason());
    RollbackCause cause = rollback.cause();
    if (cause != null) {
      describe(cause);
    }
    RollbackEvidence evidence = rollback.evidence();
    if (evidence != null) {
      line("evidence", StoredRollbackText.evidence(evidence));
    }
    Duration took = took(rollback);
    if (took != null) {
      line(
          "took",
          String.format(Locale.ROOT, "%.3f s from DETECT to SWITCH", took.toMillis() / 1e3));
    }
    if (rollback.status() == Status.SWITCHED) {
      line("outcome", outcome(rollback));
    }
    if (rollback.stragglers() != null) {
      line(
          "stragglers",
          StoredRollbackText.stragglers(rollback.stragglers(), rollback.fromVersion()));
    }
  }

  private static String state(RollbackRecord rollback) {
    String reason = rollback.refusalReason();
    Instant switchedAt = rollback.switchedAt();
    if (switchedAt == null) {
      return rollback.kind().label()
          + ", "
          + StoredRollbackText.state(rollback)
          + (reason == null ? "" : ": " + reason);
    }
    return "%s, switched at %s by %s"
        .formatted(
            rollback.kind().label(),
            StoredRollbackText.exactTime(switchedAt),
            rollback.requestedBy());
  }

  private void describe(RollbackCause cause) {
    line(
        "rule",
        "%s (%s, %s, confidence %s)"
            .formatted(cause.rule(), cause.kind(), cause.severity(), cause.confidence()));
    line("condition", cause.condition());
    String seen = StoredRollbackText.seen(cause);
    if (!seen.isEmpty()) {
      String circumstances = StoredRollbackText.circumstances(cause);
      line("seen", circumstances.isEmpty() ? seen : seen + " (" + circumstances + ")");
    }
    line(
        "trigger",
        "complete at %s, firing since %s, pending since %s"
            .formatted(
                StoredRollbackText.time(cause.evaluatedAt()),
                StoredRollbackText.time(cause.firingSince()),
                StoredRollbackText.time(cause.pendingSince())));
    line("alert", cause.alertId());
  }

  /** From detection to the switch: two clocks, so it says nothing if they differ by more. */
  private static @Nullable Duration took(RollbackRecord rollback) {
    Instant detected = at(rollback, RollbackStep.DETECT);
    Instant switched = at(rollback, RollbackStep.SWITCH);
    if (detected == null || switched == null || switched.isBefore(detected)) {
      return null;
    }
    return Duration.between(detected, switched);
  }

  private static @Nullable Instant at(RollbackRecord rollback, RollbackStep step) {
    return rollback.steps().stream()
        .filter(result -> result.step() == step)
        .map(StepResult::at)
        .findFirst()
        .orElse(null);
  }

  private static String outcome(RollbackRecord rollback) {
    String reason = rollback.outcomeReason();
    if (rollback.outcome() != null && rollback.outcomeAt() != null) {
      return rollback.outcome().label()
          + " at "
          + StoredRollbackText.time(rollback.outcomeAt())
          + (reason == null ? "" : ": " + reason);
    }
    Instant until = rollback.watchUntil();
    return until == null
        ? "not watched yet: the job takes it up when it runs"
        : "being watched until " + StoredRollbackText.time(until);
  }

  /** All steps of the protocol; of a rollback that did not happen those it came to. */
  private static List<List<String>> steps(RollbackRecord rollback) {
    List<List<String>> rows = new ArrayList<>();
    for (StepResult result : rollback.steps()) {
      rows.add(
          List.of(
              result.step().label(),
              StoredRollbackText.exactTime(result.at()),
              result.status().name().toLowerCase(Locale.ROOT),
              result.detail()));
    }
    if (rollback.status() == Status.SWITCHED) {
      List<RollbackStep> all =
          rollback.kind() == Kind.MANUAL ? RollbackStep.MANUAL : RollbackStep.AUTOMATIC;
      List<RollbackStep> taken = rollback.steps().stream().map(StepResult::step).toList();
      all.stream()
          .filter(step -> !taken.contains(step))
          .forEach(step -> rows.add(List.of(step.label(), "", "to come", "")));
    }
    return rows;
  }

  // ---- what was measured and found out

  private void describeMeasurements(RollbackRecord rollback) {
    RollbackSnapshot snapshot = rollback.snapshot();
    if (snapshot != null) {
      table(
          "measured before",
          AnalysisText.WINDOWS,
          snapshot.windows().stream().map(AnalysisText::row).toList());
    }
    table("recovery", AnalysisText.READINGS, AnalysisText.readings(rollback.recovery()));
  }

  private void describeAnalysis(RollbackRecord rollback) {
    JsonNode analysis = rollback.analysis();
    if (analysis == null) {
      return;
    }
    table("what changed (95 % intervals)", AnalysisText.CHANGES, AnalysisText.changes(analysis));
    List<String> findings = AnalysisText.findings(analysis);
    long comparisons = AnalysisText.comparisons(analysis);
    heading("what failures have in common");
    if (findings.isEmpty()) {
      out().println("nothing of %d things that were compared".formatted(comparisons));
    }
    list(findings);
    section("what speaks for a decision as the cause", AnalysisText.decisions(analysis));
    section("recommendations", AnalysisText.recommendations(analysis));
    if (analysis.has(MappingYaml.KEY)) {
      out().println();
      MappingYaml.lines(analysis.path(MappingYaml.KEY)).forEach(line -> out().println(line));
    }
  }

  // ---- who was told, and what to do

  private static List<String> row(Told told) {
    String error = told.lastError() == null ? "" : told.lastError();
    Instant again = told.settledAt() == null ? told.nextAttemptAt() : null;
    return List.of(
        StoredRollbackText.time(told.createdAt()),
        told.rule(),
        told.about(),
        told.channel(),
        told.status(),
        Integer.toString(told.attempts()),
        StoredRollbackText.timeOrNothing(told.settledAt()),
        again == null ? error : error + ", again at " + StoredRollbackText.time(again));
  }

  private void suggest(RollbackRecord rollback, List<Allowance> allowances) {
    List<String> commands = new ArrayList<>();
    String prompt = VisibleText.argument(rollback.promptId());
    RollbackCause cause = rollback.cause();
    if (cause != null) {
      commands.add("alerts show " + StoredRollbackText.shortId(cause.alertId()));
    }
    if (rollback.status() != Status.SWITCHED) {
      commands.add(
          "registry rollback %s --from %s --reason TEXT"
              .formatted(prompt, VisibleText.argument(rollback.fromVersion())));
    }
    if (allowances.stream().anyMatch(allowance -> allowance.interventionSince() != null)) {
      commands.add("rollbacks clear " + prompt + " --reason TEXT");
    }
    commands.add("rollbacks list --prompt " + prompt);
    commands.add("registry history " + prompt);
    heading("go on with");
    commands.forEach(command -> out().println("promptmon " + command));
  }

  // ---- how it is printed

  private void table(String name, List<Column> columns, List<List<String>> rows) {
    if (!rows.isEmpty()) {
      heading(name);
      format.print(columns, rows, out());
    }
  }

  private void section(String name, List<String> lines) {
    if (!lines.isEmpty()) {
      heading(name);
      list(lines);
    }
  }

  private void list(List<String> lines) {
    lines.forEach(line -> out().println("- " + VisibleText.of(line)));
  }

  private void heading(String name) {
    out().println();
    out().println(name + ":");
  }

  private void line(String name, String value) {
    out().printf("%-20s %s%n", name, VisibleText.of(value));
  }
}
