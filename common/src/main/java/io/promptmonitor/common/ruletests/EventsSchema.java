package io.promptmonitor.common.ruletests;

import io.promptmonitor.common.alerts.AlertKey;
import io.promptmonitor.common.alerts.LabelMatcher;
import io.promptmonitor.common.alerts.Silence;
import io.promptmonitor.common.config.ConfigSection;
import io.promptmonitor.common.config.ConfigValue;
import io.promptmonitor.common.execution.PromptVersionId;
import io.promptmonitor.common.registry.RegistryOperation;
import io.promptmonitor.common.registry.RegistryView;
import io.promptmonitor.common.registry.SemanticVersion;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** The schema of {@code events}: what people do in a test. */
final class EventsSchema {

  private static final List<String> KINDS =
      List.of("stage", "deploy", "rollback", "deprecate", "acknowledge", "silence", "end_silence");

  private static final String ACTOR = "operator";
  private static final Duration SHORTEST_SILENCE = Duration.ofSeconds(1);
  private static final Duration LONGEST_SILENCE = Duration.ofDays(30);

  private final TestNames names;
  private final RegistrySteps registry;
  private final long start;
  private final Set<String> silences = new TreeSet<>();
  private long latest;

  EventsSchema(TestNames names, RegistryView registry, long start) {
    this.names = names;
    this.registry = new RegistrySteps(registry, start);
    this.start = start;
  }

  List<TestEvent> read(ConfigValue value) {
    return value.list(v -> v.section(section -> event(section, v)));
  }

  private TestEvent event(ConfigSection section, ConfigValue self) {
    // All keys are known, whichever of them is wrong.
    List<String> kinds = new ArrayList<>(KINDS);
    kinds.removeIf(kind -> !section.has(kind));
    List.of("prompt", "version", "by", "comment", "reason", "for", "id").forEach(section::has);
    long at = section.need("at", v -> v.parsed(TestTime::parse));
    if (at < latest) {
      section.problem(
          "at",
          "is before "
              + TestTime.format(latest)
              + ", the time of the event above; expected the order of time");
    }
    latest = Math.max(latest, at);
    if (kinds.size() != 1) {
      throw self.invalid(
          "expected one of "
              + String.join(", ", KINDS)
              + ", found "
              + (kinds.isEmpty() ? "none" : String.join(" and ", kinds)));
    }
    String kind = kinds.get(0);
    String by = section.get("by", ConfigValue::text, ACTOR);
    return switch (kind) {
      case "acknowledge" -> acknowledgement(section, at, by);
      case "silence" -> silencing(section, at, by);
      case "end_silence" ->
          new TestEvent.SilenceEnd(at, section.need("end_silence", this::silenceId), by);
      default -> registryStep(section, at, kind);
    };
  }

  private TestEvent acknowledgement(ConfigSection section, long at, String by) {
    PromptVersionId version = NamedVersion.read(section, names);
    String rule =
        section.need("acknowledge", v -> NamedVersion.known(v, "rule", names.rules(version)));
    return new TestEvent.Acknowledgement(
        at, new AlertKey(version, rule), by, section.getOrNull("comment", ConfigValue::text));
  }

  private TestEvent silencing(ConfigSection section, long at, String by) {
    List<LabelMatcher> matchers =
        section.need(
            "silence",
            v ->
                v.isList()
                    ? v.list(m -> m.parsed(LabelMatcher::parse))
                    : List.of(v.parsed(LabelMatcher::parse)));
    Duration length =
        section.require(
            "for", v -> v.duration(SHORTEST_SILENCE, LONGEST_SILENCE), SHORTEST_SILENCE);
    String id = section.get("id", ConfigValue::text, "s" + (silences.size() + 1));
    if (!silences.add(id)) {
      section.problem("id", "\"" + id + "\" is the id of another silence, too");
    }
    return new TestEvent.Silencing(
        at,
        new Silence(
            id,
            matchers,
            start + at,
            start + at + length.toMillis(),
            by,
            section.get("comment", ConfigValue::text, "")));
  }

  private String silenceId(ConfigValue value) {
    if (silences.isEmpty()) {
      throw value.invalid("there is no silence before; expected the id of one");
    }
    return NamedVersion.known(value, "silence", silences);
  }

  private TestEvent registryStep(ConfigSection section, long at, String kind) {
    String prompt = NamedVersion.prompt(section, names);
    String reason = section.getOrNull("reason", ConfigValue::text);
    return new TestEvent.RegistryStep(
        at,
        section.need(
            kind,
            v ->
                registry.step(
                    operation(kind, prompt, v.parsed(SemanticVersion::parse), reason), at, v)));
  }

  private static RegistryOperation operation(
      String kind, String prompt, SemanticVersion version, @Nullable String reason) {
    return switch (kind) {
      case "stage" -> new RegistryOperation.Stage(prompt, version, reason);
      case "deploy" -> new RegistryOperation.Deploy(prompt, version, reason);
      case "deprecate" -> new RegistryOperation.Deprecate(prompt, version, reason);
      default ->
          new RegistryOperation.Rollback(
              prompt, version, Objects.requireNonNullElse(reason, "a test"));
    };
  }
}
