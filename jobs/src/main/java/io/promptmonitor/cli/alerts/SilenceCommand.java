package io.promptmonitor.cli.alerts;

import io.promptmonitor.cli.PromptMon;
import io.promptmonitor.cli.ResultPrinter.Column;
import io.promptmonitor.cli.TableFormat;
import io.promptmonitor.cli.TimeConverter;
import io.promptmonitor.cli.VisibleText;
import io.promptmonitor.common.alerts.LabelMatcher;
import io.promptmonitor.common.alerts.OperatorCommand;
import io.promptmonitor.common.alerts.Silence;
import io.promptmonitor.common.config.DurationText;
import io.promptmonitor.registry.OperatorCommands;
import io.promptmonitor.registry.OperatorCommands.SilenceEntry;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.TypeConversionException;

/** {@code promptmon alerts silence}: nobody is told of some alerts for some time. */
@Command(
    name = "silence",
    description = {
      "Silences the alerts that all matchers match, for at most 30 days; or lists silences, or ends"
          + " one.",
      "A matcher is rule, prompt, version, severity or metric, then = or !=, then a text in which *"
          + " stands for anything: 'prompt=checkout-*' 'severity!=critical'."
    })
final class SilenceCommand extends AlertsSubcommand {

  private static final List<Column> COLUMNS =
      columns("silence", "state", "matchers", "from", "until", "by", "comment", "ended_by");

  @Parameters(
      arity = "0..*",
      paramLabel = "MATCHER",
      description = "What an alert must be like; all of them.")
  private List<String> given = List.of();

  @Option(
      names = "--for",
      paramLabel = "DURATION",
      converter = DurationConverter.class,
      description = "How long the silence lasts: 30m, 2h, 7d.")
  private @Nullable Duration duration;

  @Option(
      names = "--from",
      paramLabel = "T",
      converter = TimeConverter.class,
      description = "When it begins, for example 2026-01-31T12:00:00Z. Default: now.")
  private @Nullable Instant from;

  @Option(names = "--comment", paramLabel = "C", description = "Why, for others.")
  private @Nullable String comment;

  @Option(names = "--list", description = "List the silences that are active or to come.")
  private boolean list;

  @Option(names = "--all", description = "With --list: those that have ended, too.")
  private boolean all;

  @Option(names = "--end", paramLabel = "ID", description = "End this silence now.")
  private @Nullable String ended;

  @Mixin private TableFormat format;

  private List<LabelMatcher> matchers = List.of();

  @Override
  protected void prepare() {
    boolean creates = !given.isEmpty() || duration != null || from != null || comment != null;
    if ((creates ? 1 : 0) + (list ? 1 : 0) + (ended != null ? 1 : 0) > 1) {
      throw badUsage("expected one of: matchers, --list, --end");
    }
    if (all && !list) {
      throw badUsage("--all goes with --list");
    }
    if (list || ended != null) {
      return;
    }
    if (given.isEmpty()) {
      throw badUsage(
          "expected matchers such as prompt=checkout-* or severity!=critical, or --list, or --end");
    }
    try {
      matchers = given.stream().map(LabelMatcher::parse).toList();
    } catch (IllegalArgumentException e) {
      throw badUsage(String.valueOf(e.getMessage()));
    }
    if (duration == null) {
      throw badUsage("--for must say how long, for example 2h");
    }
    if (comment == null || comment.isBlank()) {
      throw badUsage("--comment must say why");
    }
  }

  @Override
  int run(StoredAlerts alerts, OperatorCommands commands) throws Exception {
    if (list) {
      printList(commands.silences(all));
    } else if (ended != null) {
      end(ended, commands);
    } else {
      create(alerts, commands);
    }
    return PromptMon.EXIT_OK;
  }

  private void create(StoredAlerts alerts, OperatorCommands commands) throws Exception {
    OperatorCommand command;
    try {
      command =
          commands.silence(
              matchers,
              from,
              Objects.requireNonNull(duration, "checked"),
              Objects.requireNonNull(comment, "checked"));
    } catch (IllegalArgumentException e) {
      throw badUsage(String.valueOf(e.getMessage()));
    }
    Silence silence = Objects.requireNonNull(command.silence(), "of a new silence");
    Instant start = Instant.ofEpochMilli(silence.startsAt());
    Instant end = Instant.ofEpochMilli(silence.endsAt());
    if (format.isJson()) {
      Map<String, @Nullable Object> values = StoredAlertText.values(command);
      values.put("silence_id", silence.id());
      values.put("matchers", matchers.stream().map(LabelMatcher::toString).toList());
      values.put("starts_at", start.toString());
      values.put("ends_at", end.toString());
      values.put("comment", silence.comment());
      printJson(values);
      return;
    }
    print(
        "silence %s: %s, from %s until %s"
            .formatted(
                silence.id(),
                VisibleText.of(StoredAlertText.text(matchers)),
                StoredAlertText.time(start),
                StoredAlertText.time(end)));
    long matching =
        alerts.goingOn().stream().filter(alert -> silence.matches(alert.labels())).count();
    say(
        "promptmon: "
            + (matching == 1
                ? "1 alert that fires or is pending matches"
                : matching + " alerts that fire or are pending match"));
  }

  private void end(String silenceId, OperatorCommands commands) throws Exception {
    OperatorCommand command = commands.endSilence(silenceId);
    if (format.isJson()) {
      Map<String, @Nullable Object> values = StoredAlertText.values(command);
      values.put("silence_id", command.silenceId());
      printJson(values);
    } else {
      print("silence " + command.silenceId() + " is ended");
    }
  }

  private void printList(List<SilenceEntry> silences) throws Exception {
    if (format.isJson()) {
      printJson(silences.stream().map(StoredAlertText::values).toList());
      return;
    }
    if (silences.isEmpty()) {
      print("nothing is silenced");
      return;
    }
    printTable(
        format,
        COLUMNS,
        silences.stream()
            .map(
                silence ->
                    List.of(
                        silence.silenceId(),
                        silence.state(),
                        StoredAlertText.text(silence.matchers()),
                        StoredAlertText.time(silence.startsAt()),
                        StoredAlertText.time(silence.endsAt()),
                        silence.createdBy(),
                        silence.comment(),
                        StoredAlertText.cell(silence.endedBy())))
            .toList());
  }

  /** Reads a duration. */
  static final class DurationConverter implements ITypeConverter<Duration> {
    @Override
    public Duration convert(String text) {
      try {
        return DurationText.parse(text);
      } catch (IllegalArgumentException e) {
        throw new TypeConversionException(String.valueOf(e.getMessage()));
      }
    }
  }
}
