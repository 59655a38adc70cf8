package io.promptmonitor.cli.rollbacks;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.promptmonitor.cli.DatabaseSubcommand;
import io.promptmonitor.cli.PromptMon;
import io.promptmonitor.cli.ResultPrinter.Column;
import io.promptmonitor.cli.TableFormat;
import io.promptmonitor.cli.TimeConverter;
import io.promptmonitor.cli.VisibleText;
import io.promptmonitor.common.rollback.RollbackRecord;
import io.promptmonitor.database.Database;
import io.promptmonitor.registry.PostgresRollbacks;
import io.promptmonitor.registry.PostgresRollbacks.Allowance;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code promptmon rollbacks list}: the rollbacks, or which prompts may be rolled back. */
@Command(
    name = "list",
    description = {
      "Prints the rollbacks, the newest first, also those that a rule demanded and that did not"
          + " happen; with --allowance which prompts may be rolled back automatically.",
    })
final class ListCommand extends DatabaseSubcommand {

  private static final List<Column> COLUMNS =
      TableFormat.columns(
          "rollback", "at", "prompt", "from", "to", "kind", "state", "because", "outcome");

  private static final List<Column> ALLOWANCE_COLUMNS =
      TableFormat.columns(
          "prompt", "automatic_24h", "last", "next", "intervention_since", "cleared");

  /** What a list leaves to {@code show}. */
  private static final List<String> LONG = List.of("snapshot", "recovery", "analysis");

  @Option(names = "--prompt", paramLabel = "P", description = "Only of this prompt.")
  private @Nullable String promptId;

  @Option(
      names = "--since",
      paramLabel = "T",
      converter = TimeConverter.class,
      description = "Only what happened at this time or later, for example 2026-01-31T12:00:00Z.")
  private @Nullable Instant since;

  @Option(
      names = "--limit",
      paramLabel = "N",
      defaultValue = "100",
      description = "At most so many; 0 for all. Default: ${DEFAULT-VALUE}.")
  private int limit;

  @Option(
      names = "--allowance",
      description =
          "Print which prompts may be rolled back automatically, of those that ever were.")
  private boolean allowance;

  @Mixin private TableFormat format;

  @Override
  protected void prepare() {
    if (limit < 0) {
      throw badUsage("--limit must not be negative");
    }
    if (allowance && since != null) {
      throw badUsage("--since does not go with --allowance");
    }
  }

  @Override
  protected int run(Database database) throws Exception {
    try (PostgresRollbacks rollbacks = PostgresRollbacks.patient(database)) {
      List<Allowance> allowances = rollbacks.allowances(promptId);
      if (allowance) {
        printAllowances(allowances);
      } else {
        printRollbacks(rollbacks.list(promptId, since, limit == 0 ? 0 : limit + 1));
        warn(allowances);
      }
    }
    return PromptMon.EXIT_OK;
  }

  private void printRollbacks(List<RollbackRecord> found) throws Exception {
    boolean more = limit > 0 && found.size() > limit;
    List<RollbackRecord> shown = more ? found.subList(0, limit) : found;
    if (format.isJson()) {
      printJson(shown.stream().map(ListCommand::values).toList());
    } else if (shown.isEmpty()) {
      print(
          promptId == null && since == null ? "nothing was ever rolled back" : "no such rollback");
    } else {
      format.print(COLUMNS, shown.stream().map(ListCommand::row).toList(), out());
    }
    if (more) {
      say("promptmon: only " + limit + " are shown, there are more: see --limit");
    }
  }

  private static List<String> row(RollbackRecord rollback) {
    return List.of(
        StoredRollbackText.shortId(rollback.rollbackId()),
        StoredRollbackText.timeOrNothing(StoredRollbackText.happenedAt(rollback)),
        rollback.promptId(),
        rollback.fromVersion(),
        rollback.toVersion() == null ? "" : rollback.toVersion(),
        rollback.kind().label(),
        StoredRollbackText.state(rollback),
        StoredRollbackText.because(rollback),
        StoredRollbackText.outcome(rollback));
  }

  private static ObjectNode values(RollbackRecord rollback) {
    return StoredRollbackText.values(rollback).remove(LONG);
  }

  private void printAllowances(List<Allowance> found) throws Exception {
    if (format.isJson()) {
      printJson(found.stream().map(StoredRollbackText::values).toList());
    } else if (found.isEmpty()) {
      print(
          promptId == null
              ? "no prompt was ever rolled back automatically"
              : VisibleText.of(promptId) + " was never rolled back automatically");
    } else {
      format.print(ALLOWANCE_COLUMNS, found.stream().map(ListCommand::row).toList(), out());
    }
  }

  private static List<String> row(Allowance allowance) {
    return List.of(
        allowance.promptId(),
        StoredRollbackText.used(allowance),
        StoredRollbackText.time(allowance.lastAt()),
        StoredRollbackText.timeOrNothing(allowance.nextAt()),
        StoredRollbackText.timeOrNothing(allowance.interventionSince()),
        StoredRollbackText.cleared(allowance));
  }

  private void warn(List<Allowance> allowances) {
    for (Allowance exhausted : allowances) {
      Instant intervention = exhausted.interventionSince();
      if (intervention != null) {
        say(
            "promptmon: %s is not rolled back automatically since %s, until an operator has looked: promptmon rollbacks clear %s --reason TEXT"
                .formatted(
                    VisibleText.of(exhausted.promptId()),
                    StoredRollbackText.time(intervention),
                    VisibleText.argument(exhausted.promptId())));
      }
    }
  }
}
