package io.promptmonitor.common.simulation;

import io.promptmonitor.common.execution.PromptVersionId;
import io.promptmonitor.common.ingest.RejectionReason;
import io.promptmonitor.common.simulation.RandomDraws.Quantity;
import io.promptmonitor.common.simulation.SimulatedRecord.Kind;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.PriorityQueue;
import org.jspecify.annotations.Nullable;

/**
 * The records of a scenario in the order in which they arrive, one at a time; the same scenario and
 * seed always give the same bytes.
 *
 * <pre>
 *   prompt 1: Poisson process ─┐ earliest                       ┌─ record ─────────┐
 *   prompt 2: Poisson process ─┼──────────► one execution, drawn ┼─ duplicate       ├► by arrival
 *   …                         ─┘             (random numbers     ├─ broken record   │
 *                                             of its own)        └─ feedback, score ┘
 * </pre>
 *
 * <p>Each prompt, and each of its executions, has random numbers of its own: a change to one prompt
 * leaves the traffic of the others as it is. Memory is what has happened but not arrived yet: it
 * grows with the rate times the delays, not with the duration. Not thread-safe.
 */
public final class Simulation {

  private static final int MAX_LATENCY_MS = 3_600_000;
  private static final int MAX_TOKENS = 10_000_000;
  private static final double ERROR_LATENCY_SIGMA = 0.05;

  private final Scenario scenario;
  private final ServedVersions served;
  private final long start;
  private final long end;
  private final ZipfDistribution users;
  private final List<PromptTraffic> traffic = new ArrayList<>();
  private final PriorityQueue<PromptTraffic> next = new PriorityQueue<>();
  private final PriorityQueue<Pending> pending = new PriorityQueue<>();
  private final RandomDraws draws = new RandomDraws(0);
  private final RandomDraws inputDraws = new RandomDraws(0);
  private final DrawnExecution execution = new DrawnExecution();
  private final ExecutionJson json = new ExecutionJson();
  private final Map<ZipfKey, ZipfDistribution> distributions = new LinkedHashMap<>();
  private long sequence;

  private long executions;
  private long failures;
  private long duplicates;
  private final EnumMap<RejectionReason, Long> broken = new EnumMap<>(RejectionReason.class);
  private long feedbackEvents;
  private long stragglers;
  private long rawTexts;

  /** A simulation that has not begun. */
  public Simulation(Scenario scenario, long seed) {
    this(scenario, seed, ServedVersions.asPlanned());
  }

  /** A simulation that has not begun, of applications that ask which version to serve. */
  public Simulation(Scenario scenario, long seed, ServedVersions served) {
    this.scenario = scenario;
    this.served = served;
    this.start = scenario.start().toEpochMilli();
    this.end = start + scenario.duration().toMillis();
    this.users = zipf(scenario.users().population(), scenario.users().zipfExponent());
    for (SimulatedPrompt prompt : scenario.prompts()) {
      PromptTraffic of = new PromptTraffic(prompt, RandomDraws.seed(seed, prompt.id()));
      traffic.add(of);
      if (of.advance()) {
        next.add(of);
      }
    }
  }

  /** The record that arrives next, or null if there are no more. */
  public @Nullable SimulatedRecord next() {
    // What arrives before the next execution happens can no longer be overtaken.
    PromptTraffic earliest = next.peek();
    while (earliest != null
        && (pending.isEmpty() || pending.element().record.arrival() > earliest.timestamp())) {
      next.remove();
      execute(earliest);
      if (earliest.advance()) {
        next.add(earliest);
      }
      earliest = next.peek();
    }
    Pending first = pending.poll();
    return first == null ? null : first.record;
  }

  /** The event time up to which executions have been made, milliseconds since the epoch (UTC). */
  public long progress() {
    PromptTraffic earliest = next.peek();
    return earliest == null ? end : earliest.timestamp();
  }

  /** The truth about all records; complete when {@link #next} has returned null. */
  public SimulationSummary summary() {
    Map<PromptVersionId, SimulationSummary.OfVersion> byVersion = new LinkedHashMap<>();
    for (PromptTraffic prompt : traffic) {
      for (VersionTraffic version : prompt.versions.values()) {
        if (version.executions > 0) {
          byVersion.put(
              version.promptVersion,
              new SimulationSummary.OfVersion(
                  version.executions,
                  version.failures,
                  version.latencyMs,
                  version.totalTokens,
                  version.ratings,
                  version.ratingSum,
                  version.scores));
        }
      }
    }
    return new SimulationSummary(
        executions,
        failures,
        duplicates,
        Collections.unmodifiableMap(new EnumMap<>(broken)),
        feedbackEvents,
        stragglers,
        rawTexts,
        Collections.unmodifiableMap(byVersion));
  }

  /** One execution of a prompt, with all records that come of it. */
  private void execute(PromptTraffic prompt) {
    long time = prompt.time();
    draws.reset(RandomDraws.seed(prompt.seed, prompt.count));
    SimulatedVersion planned =
        SimulatedVersion.pick(prompt.prompt.versions(), time, draws.uniform(Quantity.VERSION));
    SimulatedVersion version = served(prompt.prompt, planned);
    VersionTraffic of = prompt.of(version);
    draw(prompt, of, time);

    executions++;
    of.executions++;
    of.latencyMs += execution.latencyMs;
    of.totalTokens += execution.inputTokens + execution.outputTokens;
    if (execution.errorType != null) {
      failures++;
      of.failures++;
    }
    if (execution.scoreHundredths != DrawnExecution.NONE) {
      of.scores++;
    }
    if (execution.rating != DrawnExecution.NONE) {
      of.ratings++;
      of.ratingSum += execution.rating;
    }
    scheduleFeedback(of);
    scheduleRecords(of);
  }

  private SimulatedVersion served(SimulatedPrompt prompt, SimulatedVersion planned) {
    String asked = served.of(prompt.id());
    return prompt.versions().stream()
        .filter(version -> version.version().equals(asked))
        .findFirst()
        .orElse(planned);
  }

  /** Fills {@link #execution}. */
  private void draw(PromptTraffic prompt, VersionTraffic of, long time) {
    Behaviour behaviour = of.version.behaviour();
    DrawnExecution e = execution;
    e.promptVersion = of.promptVersion;
    e.idHigh = draws.bits(Quantity.ID);
    e.idLow = RandomDraws.mix(e.idHigh ^ prompt.seed);
    e.timestamp = start + time;
    e.model = behaviour.models().pick(draws.uniform(Quantity.MODEL));
    e.branch =
        behaviour.branches().isEmpty()
            ? null
            : behaviour.branches().pick(draws.uniform(Quantity.BRANCH));
    e.temperatureHundredths = (int) Math.round(behaviour.temperature() * 100);
    Impact impact = Impact.of(prompt.incidents, time, of.version.version(), e.branch, e.model);

    int input = of.inputs.rank(draws.uniform(Quantity.INPUT));
    e.inputSeed = RandomDraws.seed(prompt.seed, -1L - input);
    inputDraws.reset(e.inputSeed);
    e.inputTokens =
        whole(behaviour.inputTokens().at(inputDraws.gaussian(Quantity.INPUT_TOKENS)), MAX_TOKENS);
    e.user =
        draws.happens(Quantity.USER_SHARE, scenario.users().share())
            ? users.rank(draws.uniform(Quantity.USER))
            : DrawnExecution.NONE;

    String errorType = null;
    ErrorType error = null;
    double errorRate =
        Double.isNaN(impact.errorRate()) ? behaviour.failures().rate() : impact.errorRate();
    if (draws.happens(Quantity.FAILURE, errorRate)) {
      errorType =
          impact.errorType() != null && behaviour.failures().types().containsKey(impact.errorType())
              ? impact.errorType()
              : of.errorTypes.pick(draws.uniform(Quantity.ERROR_TYPE));
      error = behaviour.failures().types().get(errorType);
    }
    e.errorType = errorType;
    e.errorMessage = error == null ? null : error.message();

    double tokensGaussian = draws.gaussian(Quantity.OUTPUT_TOKENS);
    e.hasOutput = error == null || error.hasOutput();
    e.outputTokens =
        e.hasOutput ? whole(behaviour.outputTokens().at(tokensGaussian), MAX_TOKENS) : 0;
    double correlation = behaviour.tokenCorrelation();
    double ownGaussian = draws.gaussian(Quantity.LATENCY);
    double latency;
    if (error != null && error.latencyMs() != ErrorType.OWN_LATENCY) {
      latency = error.latencyMs() * StrictMath.exp(ERROR_LATENCY_SIGMA * ownGaussian);
    } else {
      double gaussian =
          correlation * tokensGaussian
              + StrictMath.sqrt(1 - correlation * correlation) * ownGaussian;
      latency = behaviour.latencyMs().at(gaussian) * impact.latencyFactor();
    }
    e.latencyMs = latencyMs(latency);

    long usualOutput = RandomDraws.seed(e.inputSeed, of.promptVersion.version());
    e.outputSeed =
        draws.happens(Quantity.OUTPUT_DEVIATION, behaviour.inputs().deviatingOutputs())
            ? RandomDraws.seed(usualOutput, e.idHigh)
            : usualOutput;

    Behaviour.Score score = behaviour.score();
    e.scoreHundredths = DrawnExecution.NONE;
    if (error == null && draws.happens(Quantity.SCORE_SHARE, score.share())) {
      double value =
          score.mean() + impact.scoreShift() + score.sd() * draws.gaussian(Quantity.SCORE);
      e.scoreHundredths = (int) Math.round(Math.max(0, Math.min(10, value)) * 100);
    }
    Behaviour.Ratings ratings = behaviour.feedback();
    e.rating = DrawnExecution.NONE;
    if (draws.happens(Quantity.FEEDBACK_SHARE, ratings.share())) {
      List<Double> weights = impact.ratings() == null ? ratings.ratings() : impact.ratings();
      e.rating = Behaviour.Ratings.pick(weights, draws.uniform(Quantity.RATING));
    }
    e.rawText = DrawnExecution.RawText.NOWHERE;
    if (draws.happens(Quantity.RAW_TEXT, scenario.rawTextShare())) {
      e.rawText =
          draws.uniform(Quantity.RAW_TEXT_PLACE) < 0.5
              ? DrawnExecution.RawText.IN_CONTEXT
              : DrawnExecution.RawText.AT_TOP_LEVEL;
    }
  }

  /** Takes out of {@link #execution} what comes later, and schedules it. */
  private void scheduleFeedback(VersionTraffic of) {
    Behaviour behaviour = of.version.behaviour();
    DrawnExecution e = execution;
    Delay scoreDelay = behaviour.score().delay();
    if (e.scoreHundredths != DrawnExecution.NONE && scoreDelay != null) {
      long at = e.timestamp + scoreDelay.at(draws.gaussian(Quantity.SCORE_DELAY));
      if (at < end) {
        schedule(
            Kind.FEEDBACK,
            at + arrivalDelay(Quantity.SCORE_ARRIVAL_DELAY),
            of,
            json.feedback(e, at, DrawnExecution.NONE, e.scoreHundredths));
        feedbackEvents++;
      } else {
        of.scores--;
      }
      e.scoreHundredths = DrawnExecution.NONE;
    }
    if (e.rating != DrawnExecution.NONE
        && !draws.happens(Quantity.FEEDBACK_IN_RECORD, behaviour.feedback().inRecord())) {
      long at =
          e.timestamp + behaviour.feedback().delay().at(draws.gaussian(Quantity.FEEDBACK_DELAY));
      if (at < end) {
        schedule(
            Kind.FEEDBACK,
            at + arrivalDelay(Quantity.FEEDBACK_ARRIVAL_DELAY),
            of,
            json.feedback(e, at, e.rating, DrawnExecution.NONE));
        feedbackEvents++;
      } else {
        of.ratings--;
        of.ratingSum -= e.rating;
      }
      e.rating = DrawnExecution.NONE;
    }
  }

  private void scheduleRecords(VersionTraffic of) {
    DrawnExecution e = execution;
    byte[] record = json.execution(e);
    long arrival = e.timestamp + arrivalDelay(Quantity.ARRIVAL_DELAY);
    if (draws.happens(Quantity.STRAGGLER, scenario.arrival().stragglerShare())) {
      arrival += scenario.arrival().stragglerDelay();
      stragglers++;
    }
    if (e.rawText != DrawnExecution.RawText.NOWHERE) {
      rawTexts++;
    }
    schedule(Kind.EXECUTION, arrival, of, record);
    if (draws.happens(Quantity.DUPLICATE, scenario.duplicates().share())) {
      double delay =
          scenario.duplicates().meanDelay() * draws.exponential(Quantity.DUPLICATE_DELAY);
      schedule(Kind.DUPLICATE, arrival + Math.round(delay), of, record);
      duplicates++;
    }
    if (draws.happens(Quantity.BROKEN, scenario.brokenRecords().share())) {
      scheduleBroken(of);
    }
  }

  /** A broken record, made of {@link #execution} with another identifier. */
  private void scheduleBroken(VersionTraffic of) {
    execution.idHigh = draws.bits(Quantity.BROKEN_ID);
    Damage damage =
        Damage.ofCode(
            scenario.brokenRecords().damages().pick(draws.uniform(Quantity.BROKEN_REASON)));
    int form = (int) (draws.bits(Quantity.BROKEN_FORM) >>> 40);
    String good = new String(json.execution(execution), StandardCharsets.UTF_8);
    schedule(
        Kind.BROKEN,
        execution.timestamp + arrivalDelay(Quantity.BROKEN_DELAY),
        of,
        damage.apply(good, form));
    broken.merge(damage.reason(), 1L, Long::sum);
  }

  private long arrivalDelay(Quantity quantity) {
    return scenario.arrival().delay(draws.exponential(quantity));
  }

  private void schedule(Kind kind, long arrival, VersionTraffic of, byte[] record) {
    pending.add(
        new Pending(new SimulatedRecord(kind, arrival, of.promptVersion, record), sequence++));
  }

  /** A latency as a record can have it. */
  static int latencyMs(double latency) {
    return whole(latency, MAX_LATENCY_MS);
  }

  private static int whole(double value, int max) {
    return (int) Math.max(1, Math.min(max, Math.round(value)));
  }

  private ZipfDistribution zipf(int size, double exponent) {
    return distributions.computeIfAbsent(
        new ZipfKey(size, exponent), key -> new ZipfDistribution(size, exponent));
  }

  private record ZipfKey(int size, double exponent) {}

  /** A record that has not arrived yet; {@code sequence} decides between equal times. */
  private record Pending(SimulatedRecord record, long sequence) implements Comparable<Pending> {
    @Override
    public int compareTo(Pending other) {
      int byArrival = Long.compare(record.arrival(), other.record.arrival());
      return byArrival != 0 ? byArrival : Long.compare(sequence, other.sequence);
    }
  }

  /** A version with what is counted about it. */
  private final class VersionTraffic {
    final SimulatedVersion version;
    final PromptVersionId promptVersion;
    final Shares errorTypes;
    final ZipfDistribution inputs;
    long executions;
    long failures;
    long latencyMs;
    long totalTokens;
    long ratings;
    long ratingSum;
    long scores;

    VersionTraffic(String promptId, SimulatedVersion version) {
      this.version = version;
      this.promptVersion = new PromptVersionId(promptId, version.version());
      this.errorTypes = version.behaviour().failures().shares();
      Behaviour.Inputs of = version.behaviour().inputs();
      this.inputs = zipf(of.population(), of.zipfExponent());
    }
  }

  /**
   * The times of a prompt's executions: a Poisson process whose rate changes, by thinning (Lewis
   * and Shedler 1979). Ordered by the next time.
   */
  private final class PromptTraffic implements Comparable<PromptTraffic> {
    final SimulatedPrompt prompt;
    final long seed;
    final List<Incident> incidents;
    final Map<String, VersionTraffic> versions = new LinkedHashMap<>();
    final double highestFactor;
    final RandomSequence random;

    /** Milliseconds since the start. */
    double exactTime;

    /** Executions so far. */
    long count;

    PromptTraffic(SimulatedPrompt prompt, long seed) {
      this.prompt = prompt;
      this.seed = seed;
      this.random = new RandomSequence(seed);
      this.incidents =
          scenario.incidents().stream().filter(i -> i.hitsPrompt(prompt.id())).toList();
      for (SimulatedVersion version : prompt.versions()) {
        versions.put(version.version(), new VersionTraffic(prompt.id(), version));
      }
      double highest = 1 + prompt.rhythm().amplitude();
      for (Incident incident : incidents) {
        highest *= Math.max(1, incident.trafficFactor());
      }
      this.highestFactor = highest;
    }

    VersionTraffic of(SimulatedVersion version) {
      VersionTraffic of = versions.get(version.version());
      if (of == null) {
        throw new IllegalStateException("no version " + version.version());
      }
      return of;
    }

    /** Milliseconds since the start. */
    long time() {
      return (long) exactTime;
    }

    /** Milliseconds since the epoch. */
    long timestamp() {
      return start + time();
    }

    /** Goes to the next execution; false if the scenario ends before. */
    boolean advance() {
      double perMillisecond = prompt.ratePerMinute() * highestFactor / 60_000;
      if (perMillisecond == 0) {
        return false;
      }
      do {
        exactTime += random.exponential() / perMillisecond;
        if (start + exactTime >= end) {
          return false;
        }
      } while (random.uniform() * highestFactor >= factor());
      count++;
      return true;
    }

    private double factor() {
      double factor = prompt.rhythm().factor(timestamp());
      for (Incident incident : incidents) {
        if (incident.isActive(time())) {
          factor *= incident.trafficFactor();
        }
      }
      return factor;
    }

    @Override
    public int compareTo(PromptTraffic other) {
      int byTime = Double.compare(exactTime, other.exactTime);
      return byTime != 0 ? byTime : prompt.id().compareTo(other.prompt.id());
    }
  }
}
