package io.promptmonitor.cli.registry;

import io.promptmonitor.cli.PromptMon;
import io.promptmonitor.cli.ResultPrinter;
import io.promptmonitor.cli.ResultPrinter.Column;
import io.promptmonitor.cli.ResultPrinter.Kind;
import io.promptmonitor.cli.TableFormat;
import io.promptmonitor.common.registry.PromptRegistry;
import io.promptmonitor.common.registry.RegistryEvent;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code promptmon registry history}: who changed what, when and why. */
@Command(
    name = "history",
    description = "Prints the changes of a prompt, or of all, oldest first: who, what, when, why.")
final class HistoryCommand extends RegistrySubcommand {

  private static final List<Column> COLUMNS =
      List.of(
          new Column("event", Kind.NUMBER),
          new Column("at", Kind.TEXT),
          new Column("kind", Kind.TEXT),
          new Column("prompt", Kind.TEXT),
          new Column("version", Kind.TEXT),
          new Column("from", Kind.TEXT),
          new Column("to", Kind.TEXT),
          new Column("actor", Kind.TEXT),
          new Column("reason", Kind.TEXT));

  @Parameters(
      index = "0",
      arity = "0..1",
      paramLabel = "PROMPT",
      description = "Identifier of the prompt. Default: all.")
  private @Nullable String promptId;

  @Option(
      names = "--limit",
      paramLabel = "N",
      defaultValue = "0",
      description = "Only the last N changes; 0 for all. Default: ${DEFAULT-VALUE}.")
  private int limit;

  @Mixin private TableFormat format;

  @Override
  protected void prepare() {
    if (limit < 0) {
      throw badUsage("--limit must not be negative");
    }
  }

  @Override
  int run(PromptRegistry registry) throws Exception {
    List<RegistryEvent> events = registry.history(promptId);
    if (promptId != null && events.isEmpty()) {
      throw unknownPrompt(promptId);
    }
    if (limit > 0 && events.size() > limit) {
      events = events.subList(events.size() - limit, events.size());
    }
    if (format.isJson()) {
      printJson(events.stream().map(EventText::values).toList());
      return PromptMon.EXIT_OK;
    }
    ResultPrinter printer = format.printer();
    printer.begin(COLUMNS, out());
    for (RegistryEvent event : events) {
      printer.row(row(event), out());
    }
    printer.end(out());
    out().flush();
    return PromptMon.EXIT_OK;
  }

  private static List<@Nullable String> row(RegistryEvent event) {
    return List.of(
        Long.toString(event.eventId()),
        EventText.time(event.at()),
        event.kind().label(),
        event.promptId(),
        event.versionId().toString(),
        EventText.cell(event.fromVersion()),
        EventText.cell(event.toVersion()),
        event.actor(),
        EventText.cell(event.reason()));
  }
}
