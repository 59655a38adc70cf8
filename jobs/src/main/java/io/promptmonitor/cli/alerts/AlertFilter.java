package io.promptmonitor.cli.alerts;

import io.promptmonitor.cli.TimeConverter;
import io.promptmonitor.common.alerts.Severity;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Option;
import picocli.CommandLine.TypeConversionException;

/** Which alerts are listed; a mixin. */
final class AlertFilter {

  /** Where a listed alert is in its life. */
  enum State {
    FIRING,
    PENDING,
    RESOLVED,
    ALL
  }

  @Option(names = "--prompt", paramLabel = "P", description = "Only of this prompt.")
  private @Nullable String promptId;

  @Option(names = "--version", paramLabel = "V", description = "Only of this version.")
  private @Nullable String version;

  @Option(
      names = "--severity",
      paramLabel = "S",
      converter = SeverityConverter.class,
      description = "Only of this severity: warning or critical.")
  private @Nullable Severity severity;

  @Option(
      names = "--state",
      paramLabel = "STATE",
      converter = StateConverter.class,
      description =
          "Only what is firing, pending or resolved; or all there ever was."
              + " Default: what is firing or pending now.")
  private @Nullable State state;

  @Option(
      names = "--since",
      paramLabel = "T",
      converter = TimeConverter.class,
      description =
          "Only alerts that began at this time or later, for example 2026-01-31T12:00:00Z.")
  private @Nullable Instant since;

  @Option(
      names = "--limit",
      paramLabel = "N",
      defaultValue = "100",
      description = "At most so many; 0 for all. Default: ${DEFAULT-VALUE}.")
  private int limit;

  /** A part of a WHERE clause with its parameters. */
  record Clause(String sql, List<Object> parameters) {}

  int limit() {
    return limit;
  }

  /** Whether it asks for something that only episodes have. */
  boolean isAboutEpisodes() {
    return state != null || since != null;
  }

  /** Whether anything was asked for, so that what is listed is not all that goes on. */
  boolean isNarrow() {
    return promptId != null || version != null || severity != null || isAboutEpisodes();
  }

  /** Whether it lets alerts pass that have ended. */
  boolean includesEnded() {
    return state == State.RESOLVED || state == State.ALL;
  }

  /** The condition on a row of a table with the columns of {@code alert}. */
  Clause ofEpisodes(String table) {
    Clause rules = ofRules(table);
    List<String> conditions = new ArrayList<>(List.of(rules.sql()));
    List<Object> parameters = new ArrayList<>(rules.parameters());
    if (state == null) {
      conditions.add(table + ".ended_at IS NULL");
    } else if (state != State.ALL) {
      conditions.add(table + ".phase = ?");
      parameters.add(state.name().toLowerCase(Locale.ROOT));
    }
    if (since != null) {
      conditions.add(table + ".pending_since >= ?");
      parameters.add(StoredAlerts.parameter(since));
    }
    return new Clause(String.join(" AND ", conditions), parameters);
  }

  /** The condition on a row of a table that tells prompt, version and severity. */
  Clause ofRules(String table) {
    List<String> conditions = new ArrayList<>(List.of("true"));
    List<Object> parameters = new ArrayList<>();
    if (promptId != null) {
      conditions.add(table + ".prompt_id = ?");
      parameters.add(promptId);
    }
    if (version != null) {
      conditions.add(table + ".prompt_version = ?");
      parameters.add(version);
    }
    if (severity != null) {
      conditions.add(table + ".severity = ?");
      parameters.add(severity.label());
    }
    return new Clause(String.join(" AND ", conditions), parameters);
  }

  private static <T> T constant(Stream<T> constants, String text, String expected) {
    return constants
        .filter(constant -> constant.toString().equalsIgnoreCase(text))
        .findFirst()
        .orElseThrow(
            () -> new TypeConversionException("expected " + expected + ", found \"" + text + "\""));
  }

  /** Reads a severity. */
  static final class SeverityConverter implements ITypeConverter<Severity> {
    @Override
    public Severity convert(String text) {
      return constant(Arrays.stream(Severity.values()), text, "warning or critical");
    }
  }

  /** Reads a state. */
  static final class StateConverter implements ITypeConverter<State> {
    @Override
    public State convert(String text) {
      return constant(
          Arrays.stream(State.values()),
          text,
          Arrays.stream(State.values())
              .map(state -> state.name().toLowerCase(Locale.ROOT))
              .collect(Collectors.joining(", ")));
    }
  }
}
