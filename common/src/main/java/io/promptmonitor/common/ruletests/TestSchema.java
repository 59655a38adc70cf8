package io.promptmonitor.common.ruletests;

import io.promptmonitor.common.config.ConfigSection;
import io.promptmonitor.common.config.ConfigValue;
import io.promptmonitor.common.execution.PromptVersionId;
import io.promptmonitor.common.metrics.Quantity;
import io.promptmonitor.common.registry.RegistryChange;
import io.promptmonitor.common.registry.RegistryView;
import io.promptmonitor.common.ruletests.InputSeries.SeriesKey;
import io.promptmonitor.common.ruletests.VersionsSchema.Listed;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** The schema of a test, but for its events and expectations. */
final class TestSchema {

  private static final double MAX_PER_INTERVAL = 100_000;
  private static final double MAX_TOTAL = 5_000_000;
  private static final double MAX_LATENCY = 3_600_000;
  private static final double MAX_TOKENS = 10_000_000;

  private final ConfigSection section;
  private final FileSchema.Defaults defaults;
  private final String name;
  private final TestNames names;
  private final RegistryView registry = new RegistryView();
  private final List<RegistryChange> registered = new ArrayList<>();
  private final List<InputSeries> series = new ArrayList<>();
  private final List<RecordedInput> records = new ArrayList<>();

  TestSchema(ConfigSection section, FileSchema.Defaults defaults, String name) {
    this.section = section;
    this.defaults = defaults;
    this.name = name;
    this.names = new TestNames(defaults.config().alerting());
  }

  RuleTest read() {
    long start = section.get("start", FileSchema::start, defaults.start()).toEpochMilli();
    Duration interval = section.get("interval", FileSchema::interval, defaults.interval());
    VersionsSchema schema = new VersionsSchema(defaults.paths());
    List<Listed> versions = section.getOrNull("versions", schema::read);
    if (versions == null && !section.has("versions")) {
      versions = defaults.versions();
    }
    if (versions != null) {
      for (Listed version : versions) {
        names.add(version.id(), version.definition());
      }
      // What the registry refuses was noted when the versions were read.
      registered.addAll(
          new RegistrySteps(registry, start).initial(versions, (version, message) -> {}));
    }
    boolean listed = versions != null;
    section.get("input", v -> v.list(input -> input(input, start, interval, listed)), List.of());
    double total = series.stream().mapToDouble(InputSeries::total).sum();
    if (total > MAX_TOTAL) {
      section.problem(
          "input",
          String.format(
              Locale.ROOT, "has %,.0f executions; expected at most %,.0f", total, MAX_TOTAL));
    }
    List<TestEvent> events =
        section.get("events", new EventsSchema(names, registry, start)::read, List.of());
    ExpectationsSchema expectations = new ExpectationsSchema(names);
    List<Expectation> expected = section.get("expect", expectations::read, List.of());
    Never never = section.get("never", v -> v.section(expectations::never), Never.NOTHING);
    if (!section.has("expect") && !section.has("never")) {
      section.problem("expect", "\"expect\" or \"never\" is missing: the test could not fail");
    }
    return new RuleTest(
        new RuleTest.Parts(
            name,
            defaults.config(),
            start,
            names,
            registered,
            series,
            records,
            events,
            expected,
            never));
  }

  /** Reads an input; the result only says that it could be read. */
  private Boolean input(ConfigValue value, long start, Duration interval, boolean listed) {
    return value.section(
        s -> {
          if (s.has("records")) {
            RecordedInput read = s.need("records", v -> records(v, start));
            for (PromptVersionId version : read.promptVersions()) {
              names.add(version, null);
            }
            records.add(read);
            return true;
          }
          InputSeries read = series(s, interval, listed);
          Map.Entry<SeriesKey, String> problem = read.problem();
          if (problem != null) {
            s.problem(key(problem.getKey()), problem.getValue());
          }
          series.add(read);
          return true;
        });
  }

  private RecordedInput records(ConfigValue value, long start) {
    Path file = defaults.paths().apply(value.text());
    try {
      return RecordedInput.read(file, defaults.config().monitor().automatedScoreScale(), start);
    } catch (RecordedInput.UnusableException e) {
      throw FileSchema.unusable(value, e.problems());
    }
  }

  private InputSeries series(ConfigSection s, Duration usualInterval, boolean listed) {
    // All keys are known, also if the version is not.
    List.of(SeriesKey.values()).forEach(key -> s.has(key(key)));
    List.of("from", "interval").forEach(s::has);
    PromptVersionId version = promptVersion(s, listed);
    long from = s.get("from", v -> v.parsed(TestTime::parse), 0L);
    Duration interval = s.get("interval", FileSchema::interval, usualInterval);
    Map<SeriesKey, Series> values = new EnumMap<>(SeriesKey.class);
    for (SeriesKey key : SeriesKey.values()) {
      Series read = s.getOrNull(key(key), v -> values(v, key, interval));
      if (read != null) {
        values.put(key, read);
      }
    }
    if (!s.has(key(SeriesKey.EXECUTIONS))) {
      s.problem("executions", "\"executions\" is missing");
    }
    values.putIfAbsent(SeriesKey.EXECUTIONS, Series.UNREADABLE);
    exclude(s, SeriesKey.ERRORS, SeriesKey.ERROR_RATE);
    exclude(s, SeriesKey.LATENCY, SeriesKey.LATENCY_P50);
    exclude(s, SeriesKey.LATENCY, SeriesKey.LATENCY_P95);
    exclude(s, SeriesKey.LATENCY, SeriesKey.LATENCY_P99);
    demand(s, SeriesKey.RATINGS, SeriesKey.USER_FEEDBACK);
    demand(s, SeriesKey.SCORES, SeriesKey.AUTOMATED_SCORE);
    return new InputSeries(version, from, interval.toMillis(), values);
  }

  private static void exclude(ConfigSection s, SeriesKey key, SeriesKey other) {
    if (s.has(key(key)) && s.has(key(other))) {
      s.problem(key(other), "is there as well as \"" + key(key) + "\"; expected one of the two");
    }
  }

  private static void demand(ConfigSection s, SeriesKey key, SeriesKey other) {
    if (s.has(key(key)) && !s.has(key(other))) {
      s.problem(key(key), "says nothing without \"" + key(other) + "\"");
    }
  }

  private static String key(SeriesKey key) {
    return key.name().toLowerCase(Locale.ROOT);
  }

  private static Series values(ConfigValue value, SeriesKey key, Duration interval) {
    Quantity quantity =
        switch (key) {
          case EXECUTIONS, ERRORS, RATINGS, SCORES, USERS -> Quantity.COUNT;
          case ERROR_RATE, CONSISTENCY -> Quantity.RATE;
          case LATENCY, LATENCY_P50, LATENCY_P95, LATENCY_P99 -> Quantity.LATENCY;
          case INPUT_TOKENS, OUTPUT_TOKENS -> Quantity.TOKENS;
          case USER_FEEDBACK -> Quantity.RATING;
          case AUTOMATED_SCORE -> Quantity.QUALITY;
        };
    double max =
        switch (quantity) {
          case COUNT -> MAX_PER_INTERVAL;
          case LATENCY -> MAX_LATENCY;
          case TOKENS -> MAX_TOKENS;
          default -> quantity.max();
        };
    return value.parsed(text -> Series.parse(text, quantity, interval, max));
  }

  private PromptVersionId promptVersion(ConfigSection s, boolean listed) {
    if (listed) {
      return NamedVersion.read(s, names);
    }
    PromptVersionId version =
        new PromptVersionId(
            s.require("prompt", VersionsSchema::promptId, "?"),
            s.require("version", ConfigValue::text, "?"));
    names.add(version, null);
    return version;
  }
}
