package io.promptmonitor.common.ruletests;

import io.promptmonitor.common.alerts.AlertPhase;
import io.promptmonitor.common.alerts.Confidence;
import io.promptmonitor.common.alerts.EscalationMessage.Reason;
import io.promptmonitor.common.alerts.Severity;
import io.promptmonitor.common.config.ConfigSection;
import io.promptmonitor.common.config.ConfigValue;
import io.promptmonitor.common.execution.PromptVersionId;
import java.util.ArrayList;
import java.util.Collection;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The schema of {@code expect} and {@code never}: what must come of a test. */
final class ExpectationsSchema {

  private static final List<String> LISTS =
      List.of("alerts", "alerts_include", "alerts_exclude", "rollbacks", "notifications");

  private static final List<String> STATES = List.of("pending", "firing");

  private static final long BEFORE_THE_START = -1;

  private final TestNames names;
  private long latest;
  private long lastRollbacks = BEFORE_THE_START;
  private long lastNotifications = BEFORE_THE_START;

  ExpectationsSchema(TestNames names) {
    this.names = names;
  }

  List<Expectation> read(ConfigValue value) {
    return value.list(v -> v.section(section -> expectation(section, v)));
  }

  private Expectation expectation(ConfigSection section, ConfigValue self) {
    LISTS.forEach(section::has);
    long at = section.need("at", v -> v.parsed(TestTime::parse));
    if (at < latest) {
      section.problem(
          "at",
          "is before "
              + TestTime.format(latest)
              + ", the time of the expectation above; expected the order of time");
    }
    latest = Math.max(latest, at);
    if (LISTS.stream().noneMatch(section.keys()::contains)) {
      self.problem("expects nothing; expected one of " + String.join(", ", LISTS));
    }
    Expectation expectation =
        new Expectation(
            at,
            list(section, "alerts", this::alert),
            list(section, "alerts_include", this::alert),
            section.getOrNull(
                "alerts_exclude", v -> NamedVersion.allKnown(v, "rule", names.allRules())),
            list(section, "rollbacks", this::rollback),
            lastRollbacks,
            sent(section),
            lastNotifications);
    lastRollbacks = expectation.rollbacks() == null ? lastRollbacks : at;
    lastNotifications = expectation.notifications() == null ? lastNotifications : at;
    return expectation;
  }

  /** Reads an element of a list. */
  private interface Element<T> {
    T read(ConfigValue value);
  }

  private static <T> @Nullable List<T> list(ConfigSection section, String key, Element<T> element) {
    return section.getOrNull(key, v -> v.list(element::read));
  }

  private Expectation.Alert alert(ConfigValue value) {
    if (!value.isSection()) {
      PromptVersionId version = NamedVersion.only(value, names);
      return new Expectation.Alert(
          version, rule(value, version), AlertPhase.FIRING, null, null, null);
    }
    return value.section(
        s -> {
          List.of("rule", "state", "severity", "since", "value").forEach(s::has);
          PromptVersionId version = NamedVersion.read(s, names);
          return new Expectation.Alert(
              version,
              s.require("rule", v -> rule(v, version), ""),
              s.get("state", v -> v.choice(STATES), "firing").equals("pending")
                  ? AlertPhase.PENDING
                  : AlertPhase.FIRING,
              s.getOrNull("severity", v -> v.choice(Severity.class)),
              s.getOrNull("since", v -> v.parsed(TestTime::parse)),
              s.getOrNull("value", v -> v.parsed(ExpectedValue::parse)));
        });
  }

  private String rule(ConfigValue value, PromptVersionId version) {
    return NamedVersion.known(value, "rule", names.rules(version));
  }

  private Expectation.Rollback rollback(ConfigValue value) {
    if (!value.isSection()) {
      PromptVersionId version = NamedVersion.only(value, names);
      return new Expectation.Rollback(version, rule(value, version), null, null, null);
    }
    return value.section(
        s -> {
          List.of("rule", "confidence", "at", "value").forEach(s::has);
          PromptVersionId version = NamedVersion.read(s, names);
          return new Expectation.Rollback(
              version,
              s.require("rule", v -> rule(v, version), ""),
              s.getOrNull("confidence", v -> v.choice(Confidence.class)),
              s.getOrNull("at", v -> v.parsed(TestTime::parse)),
              s.getOrNull("value", v -> v.parsed(ExpectedValue::parse)));
        });
  }

  /** The notifications; one entry can be about several channels. */
  private @Nullable List<Expectation.Sent> sent(ConfigSection section) {
    return section.getOrNull(
        "notifications",
        value -> {
          List<Expectation.Sent> all = new ArrayList<>();
          value.list(v -> v.section(this::sentToEach)).forEach(all::addAll);
          return all;
        });
  }

  private List<Expectation.Sent> sentToEach(ConfigSection s) {
    for (Reason reason : Reason.values()) {
      s.has(label(reason));
    }
    List.of("channel", "version", "at").forEach(s::has);
    String prompt = NamedVersion.prompt(s, names);
    String version =
        s.getOrNull(
            "version", v -> NamedVersion.known(v, "version of " + prompt, names.versions(prompt)));
    Long at = s.getOrNull("at", v -> v.parsed(TestTime::parse));
    Map<Reason, List<String>> rules = new EnumMap<>(Reason.class);
    for (Reason reason : Reason.values()) {
      List<String> ofReason =
          s.getOrNull(label(reason), v -> NamedVersion.allKnown(v, "rule", names.allRules()));
      if (ofReason != null) {
        rules.put(reason, ofReason.stream().sorted().toList());
      }
    }
    List<String> channels =
        s.require(
            "channel",
            v -> NamedVersion.allKnown(v, "channel", names.channels()),
            List.<String>of());
    return channels.stream()
        .map(channel -> new Expectation.Sent(prompt, version, channel, rules, at))
        .toList();
  }

  private static String label(Reason reason) {
    return reason.name().toLowerCase(Locale.ROOT);
  }

  /** The schema of {@code never}. */
  Never never(ConfigSection section) {
    Collection<String> rules = names.allRules();
    return new Never(
        forbidden(section, "pending", "rule", rules),
        forbidden(section, "firing", "rule", rules),
        forbidden(section, "rollbacks", "rule", rules),
        forbidden(section, "notifications", "channel", names.channels()));
  }

  /** Names, or {@code any}. */
  private static @Nullable List<String> forbidden(
      ConfigSection section, String key, String what, Collection<String> known) {
    return section.getOrNull(
        key,
        v ->
            !v.isList() && v.text().equals("any")
                ? List.<String>of()
                : NamedVersion.allKnown(v, what, known));
  }
}
