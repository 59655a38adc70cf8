package io.promptmonitor.common.simulation;

import io.promptmonitor.common.config.ConfigException;
import io.promptmonitor.common.config.ConfigReader;
import io.promptmonitor.common.config.ConfigSection;
import io.promptmonitor.common.config.ConfigValue;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * What traffic to simulate, as a scenario file describes it; {@code docs/simulator.md} explains
 * each key. Immutable.
 */
public final class Scenario {

  private static final List<String> BUILT_IN = List.of("steady", "incident", "rollback", "week");
  private static final Duration MIN_DURATION = Duration.ofSeconds(1);
  private static final Duration MAX_DURATION = Duration.ofDays(366);
  private static final Instant EARLIEST = Instant.parse("2000-01-01T00:00:00Z");
  private static final Instant LATEST = Instant.parse("2900-01-01T00:00:00Z");
  private static final Instant USUAL_START = Instant.parse("2026-01-05T08:00:00Z");

  private final Instant start;
  private final Duration duration;
  private final List<SimulatedPrompt> prompts;
  private final GeneratedPrompts template;
  private final Users users;
  private final Arrival arrival;
  private final Duplicates duplicates;
  private final BrokenRecords brokenRecords;
  private final double rawTextShare;
  private final List<Incident> incidents;

  private Scenario(
      Instant start,
      Duration duration,
      List<SimulatedPrompt> prompts,
      GeneratedPrompts template,
      Users users,
      Arrival arrival,
      Duplicates duplicates,
      BrokenRecords brokenRecords,
      double rawTextShare,
      List<Incident> incidents) {
    if (start.isBefore(EARLIEST) || start.isAfter(LATEST)) {
      throw new IllegalArgumentException(
          "the start must be from the year 2000 to 2899, found " + start);
    }
    if (duration.compareTo(MIN_DURATION) < 0 || duration.compareTo(MAX_DURATION) > 0) {
      throw new IllegalArgumentException("the duration must be from 1s to 366d");
    }
    if (prompts.isEmpty()) {
      throw new IllegalArgumentException(
          "no prompts: expected \"prompts\" or \"generated_prompts\"");
    }
    this.start = start;
    this.duration = duration;
    this.prompts = List.copyOf(prompts);
    this.template = template;
    this.users = users;
    this.arrival = arrival;
    this.duplicates = duplicates;
    this.brokenRecords = brokenRecords;
    this.rawTextShare = rawTextShare;
    this.incidents = List.copyOf(incidents);
    Set<String> ids = new HashSet<>();
    for (SimulatedPrompt prompt : prompts) {
      if (!ids.add(prompt.id())) {
        throw new IllegalArgumentException("prompt \"" + prompt.id() + "\" is given twice");
      }
      prompt.checkCoverage(duration.toMillis());
    }
  }

  /** Names of the scenarios that are built in; the first is the one to take if none is named. */
  public static List<String> builtInNames() {
    return BUILT_IN;
  }

  /**
   * A scenario that is built in.
   *
   * @param name one of {@link #builtInNames}
   */
  public static Scenario builtIn(String name) {
    String file = name + ".yaml";
    try (InputStream in = Scenario.class.getResourceAsStream(file)) {
      if (in == null) {
        throw new IllegalArgumentException(
            "no scenario \"" + name + "\" is built in; there are " + String.join(", ", BUILT_IN));
      }
      return ConfigReader.read(file, in.readAllBytes(), Scenario::read);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /**
   * Reads a scenario file.
   *
   * @throws ConfigException if the file cannot be read, or has any problem
   */
  public static Scenario read(Path file) {
    return ConfigReader.read(file, Scenario::read);
  }

  /** The schema of a scenario file. */
  public static Scenario read(ConfigSection top) {
    return top.need("scenario", v -> v.section(Scenario::readScenario));
  }

  private static Scenario readScenario(ConfigSection section) {
    DailyRhythm rhythm =
        section.get(
            "rhythm", v -> v.section(s -> DailyRhythm.read(s, DailyRhythm.EVEN)), DailyRhythm.EVEN);
    Behaviour behaviour =
        section.get(
            "behaviour", v -> v.section(s -> Behaviour.read(s, Behaviour.USUAL)), Behaviour.USUAL);
    GeneratedPrompts none = GeneratedPrompts.none(rhythm, behaviour);
    GeneratedPrompts template =
        section.get(
            "generated_prompts",
            v -> v.section(s -> GeneratedPrompts.read(s, rhythm, behaviour)),
            none);
    List<SimulatedPrompt> prompts =
        new ArrayList<>(
            section.get(
                "prompts",
                v -> v.list(p -> p.section(s -> SimulatedPrompt.read(s, rhythm, behaviour))),
                List.of()));
    prompts.addAll(template.prompts());
    return new Scenario(
        section.get("start", ConfigValue::instant, USUAL_START),
        section.get("duration", v -> v.duration(MIN_DURATION, MAX_DURATION), Duration.ofHours(1)),
        prompts,
        template,
        section.get("users", v -> v.section(Users::read), Users.USUAL),
        section.get("arrival", v -> v.section(Arrival::read), Arrival.USUAL),
        section.get("duplicates", v -> v.section(Duplicates::read), Duplicates.USUAL),
        section.get("broken_records", v -> v.section(BrokenRecords::read), BrokenRecords.USUAL),
        section.get("raw_text_share", v -> v.decimal(0, 1), 0.0),
        section.get(
            "incidents", v -> v.list(i -> i.section(s -> Incident.read(s, prompts))), List.of()));
  }

  /** When the first execution can be. */
  public Instant start() {
    return start;
  }

  /** How long executions are made. */
  public Duration duration() {
    return duration;
  }

  /** Executions per minute of all prompts together, the mean over a day. */
  public double ratePerMinute() {
    return prompts.stream().mapToDouble(SimulatedPrompt::ratePerMinute).sum();
  }

  /** The number of prompts. */
  public int promptCount() {
    return prompts.size();
  }

  /** The same scenario at another time. */
  public Scenario withStart(Instant newStart) {
    return with(newStart, duration, prompts, incidents);
  }

  /**
   * The same scenario, ended earlier or later.
   *
   * @throws IllegalArgumentException if no version of some prompt has traffic then
   */
  public Scenario withDuration(Duration newDuration) {
    return with(start, newDuration, prompts, incidents);
  }

  /** The same scenario with every prompt's rate multiplied, to this many executions per minute. */
  public Scenario withRatePerMinute(double rate) {
    double now = ratePerMinute();
    if (!(rate > 0 && rate <= SimulatedPrompt.MAX_RATE)) {
      throw new IllegalArgumentException(
          "the rate must be above 0 and at most " + (long) SimulatedPrompt.MAX_RATE);
    }
    if (now == 0) {
      throw new IllegalArgumentException("the scenario has no traffic that could be multiplied");
    }
    return with(
        start,
        duration,
        prompts.stream().map(p -> p.withRate(p.ratePerMinute() * rate / now)).toList(),
        incidents);
  }

  /**
   * The same scenario with this many generated prompts, which share the traffic of the present
   * ones. Incidents that name a prompt which is no longer there are left out.
   */
  public Scenario withPrompts(int count) {
    if (count < 1 || count > GeneratedPrompts.MAX_COUNT) {
      throw new IllegalArgumentException(
          "the number of prompts must be from 1 to " + GeneratedPrompts.MAX_COUNT);
    }
    List<SimulatedPrompt> generated = template.with(count, ratePerMinute()).prompts();
    Set<String> ids = new HashSet<>();
    generated.forEach(p -> ids.add(p.id()));
    return with(
        start,
        duration,
        generated,
        incidents.stream().filter(i -> i.prompt() == null || ids.contains(i.prompt())).toList());
  }

  private Scenario with(
      Instant newStart,
      Duration newDuration,
      List<SimulatedPrompt> newPrompts,
      List<Incident> newIncidents) {
    return new Scenario(
        newStart,
        newDuration,
        newPrompts,
        template,
        users,
        arrival,
        duplicates,
        brokenRecords,
        rawTextShare,
        newIncidents);
  }

  List<SimulatedPrompt> prompts() {
    return prompts;
  }

  Users users() {
    return users;
  }

  Arrival arrival() {
    return arrival;
  }

  Duplicates duplicates() {
    return duplicates;
  }

  BrokenRecords brokenRecords() {
    return brokenRecords;
  }

  double rawTextShare() {
    return rawTextShare;
  }

  List<Incident> incidents() {
    return incidents;
  }
}
