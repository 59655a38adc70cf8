package io.promptmonitor.common.simulation;

import io.promptmonitor.common.execution.Execution;
import io.promptmonitor.common.execution.PromptVersionId;
import io.promptmonitor.common.metrics.Exemplars;
import io.promptmonitor.common.metrics.WindowAggregate;
import io.promptmonitor.common.registry.InMemoryPromptRegistry;
import io.promptmonitor.common.registry.Performance;
import io.promptmonitor.common.registry.PromptHash;
import io.promptmonitor.common.registry.RegistryChange;
import io.promptmonitor.common.registry.RegistryEvent;
import io.promptmonitor.common.registry.RegistryOperation;
import io.promptmonitor.common.registry.RollbackPolicy;
import io.promptmonitor.common.registry.SemanticVersion;
import io.promptmonitor.common.registry.VersionDefinition;
import io.promptmonitor.common.replay.Replay;
import io.promptmonitor.common.windows.PaneUpdate;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The traffic of one prompt with one version as panes, without records: what rules look at, for
 * simulations of weeks.
 *
 * <p>Each execution is drawn on its own: a Poisson process whose rate follows the day, then whether
 * and how it fails, its latency, score and rating. There are no users, tokens, inputs and outputs,
 * and nothing comes late. A pane is a function of the seed and its time, so incidents change no
 * pane but those in which they are active. They may begin and end within one, but for those that
 * change the rate: of these, the beginning of the pane decides. Immutable.
 */
public final class PaneTraffic {

  private static final SemanticVersion VERSION = SemanticVersion.parse("1.0.0");
  private static final double MILLIS_PER_MINUTE = 60_000;
  private static final int MILLIONTHS_PER_HUNDREDTH = Execution.SCORE_UNIT / 100;
  private static final long HOUR = Duration.ofHours(1).toMillis();
  private static final long DAY = 24 * HOUR;
  private static final double RATING_TO_QUALITY = 10.0 / 4;

  private final PromptVersionId promptVersion;
  private final double ratePerMinute;
  private final DailyRhythm rhythm;
  private final Behaviour behaviour;
  private final Shares errorTypes;
  private final String model;
  private final long start;
  private final long pane;
  private final long seed;
  private final List<Incident> incidents;

  /**
   * Traffic.
   *
   * @param ratePerMinute executions a minute, the mean over a day
   * @param start the time from which incidents count, in milliseconds since the epoch
   * @param pane length of a pane in milliseconds
   */
  PaneTraffic(
      String promptId,
      double ratePerMinute,
      DailyRhythm rhythm,
      Behaviour behaviour,
      long start,
      long pane,
      long seed,
      List<Incident> incidents) {
    this.promptVersion = new PromptVersionId(promptId, VERSION.toString());
    this.ratePerMinute = ratePerMinute;
    this.rhythm = rhythm;
    this.behaviour = behaviour;
    this.errorTypes = behaviour.failures().shares();
    this.model = behaviour.models().names().get(0);
    this.start = start;
    this.pane = pane;
    this.seed = seed;
    this.incidents = incidents.stream().filter(i -> i.hitsPrompt(promptId)).toList();
  }

  /** The same traffic, in which something goes wrong; incidents from before are forgotten. */
  public PaneTraffic with(List<Incident> newIncidents) {
    return new PaneTraffic(
        promptVersion.promptId(),
        ratePerMinute,
        rhythm,
        behaviour,
        start,
        pane,
        seed,
        newIncidents);
  }

  /** The version that all executions run. */
  public PromptVersionId promptVersion() {
    return promptVersion;
  }

  /** Executions a minute, the mean over a day. */
  public double ratePerMinute() {
    return ratePerMinute;
  }

  /** Share of the executions that fail while there is no incident. */
  public double errorRate() {
    return behaviour.failures().rate();
  }

  Behaviour behaviour() {
    return behaviour;
  }

  /**
   * Share of the executions that take longer than a time while there is no incident.
   *
   * @param millis in milliseconds
   */
  public double shareSlowerThan(double millis) {
    LogNormal latency = behaviour.latencyMs();
    double own = latency.shareAbove(millis);
    double weights = 0;
    double slow = 0;
    for (ErrorType type : behaviour.failures().types().values()) {
      weights += type.share();
      double shareSlow =
          type.latencyMs() == ErrorType.OWN_LATENCY ? own : type.latencyMs() > millis ? 1 : 0;
      slow += type.share() * shareSlow;
    }
    return (1 - errorRate()) * own + errorRate() * slow / weights;
  }

  /**
   * What is true of the traffic: the percentiles of executions that succeed, the mean of all
   * ratings and scores.
   */
  public Performance performance() {
    LogNormal latency = behaviour.latencyMs();
    Behaviour.Score score = behaviour.score();
    Behaviour.Ratings ratings = behaviour.feedback();
    double weights = 0;
    double sum = 0;
    for (int i = 0; i < ratings.ratings().size(); i++) {
      weights += ratings.ratings().get(i);
      sum += ratings.ratings().get(i) * i * RATING_TO_QUALITY;
    }
    double scored = (1 - errorRate()) * score.share();
    double quality =
        (scored * score.mean() + ratings.share() * sum / weights) / (scored + ratings.share());
    return new Performance(
        quality, 1 - errorRate(), latency.at(0), latency.at(NormalQuantile.of(0.95)));
  }

  /**
   * The changes of a registry by which the version is registered, and deployed at the start, with
   * {@link #performance} as its baseline.
   */
  public List<RegistryChange> deployment() {
    String text = "The prompt " + promptVersion.promptId();
    VersionDefinition definition =
        new VersionDefinition(
            VERSION,
            PromptHash.of(text),
            null,
            null,
            null,
            performance(),
            RollbackPolicy.defaults(),
            null);
    String promptId = promptVersion.promptId();
    InMemoryPromptRegistry registry =
        new InMemoryPromptRegistry(() -> "simulation", () -> Instant.ofEpochMilli(start));
    List<RegistryChange> changes = new ArrayList<>();
    for (Optional<RegistryEvent> event :
        registry.execute(
            List.of(
                new RegistryOperation.Register(promptId, definition, text),
                new RegistryOperation.Stage(promptId, VERSION, null),
                new RegistryOperation.Deploy(promptId, VERSION, null)))) {
      RegistryEvent happened = event.orElseThrow();
      boolean registered = happened.kind() == RegistryEvent.Kind.REGISTERED;
      changes.add(new RegistryChange(happened, registered ? definition : null));
    }
    return changes;
  }

  /** The executions of the pane that begins at a time; null if there are none. */
  public @Nullable PaneUpdate pane(long paneStart) {
    WindowAggregate executions = new WindowAggregate();
    Exemplars exemplars = new Exemplars();
    executions(
        paneStart,
        execution -> {
          executions.add(execution);
          exemplars.add(execution);
        });
    return executions.executionCount() == 0
        ? null
        : PaneUpdate.executions(promptVersion, paneStart, executions, exemplars);
  }

  /** The same one after another, in their order. */
  void executions(long paneStart, Consumer<Execution> consumer) {
    long time = paneStart - start;
    double expected = ratePerMinute * rhythm.factor(paneStart) * pane / MILLIS_PER_MINUTE;
    for (Incident incident : incidents) {
      if (incident.isActive(time)) {
        expected *= incident.trafficFactor();
      }
    }
    RandomSequence random = new RandomSequence(RandomDraws.seed(seed, time / pane));
    double arrival = random.exponential();
    if (arrival >= expected) {
      return;
    }
    boolean changes =
        incidents.stream().anyMatch(incident -> incident.beginsOrEnds(time, time + pane));
    Impact impact = impact(time);
    while (arrival < expected) {
      long timestamp = paneStart + (long) (arrival / expected * pane);
      Impact ofExecution = changes ? impact(timestamp - start) : impact;
      consumer.accept(execution(timestamp, ofExecution, random));
      arrival += random.exponential();
    }
  }

  private Impact impact(long time) {
    return Impact.of(incidents, time, promptVersion.version(), null, model);
  }

  /**
   * The executions of the 24 hours before a time, of a version that is just as good and had the
   * same traffic: drawn anew, and from before any incident.
   */
  public WindowAggregate dayOfEqual(long before) {
    PaneTraffic equal =
        new PaneTraffic(
            promptVersion.promptId(),
            ratePerMinute,
            rhythm,
            behaviour,
            before - DAY,
            HOUR,
            RandomDraws.seed(seed, "equal"),
            List.of());
    WindowAggregate day = new WindowAggregate();
    for (long hour = before - DAY; hour < before; hour += HOUR) {
      WindowAggregate executions = new WindowAggregate();
      equal.executions(hour, executions::add);
      executions.close();
      day.merge(executions);
    }
    return day;
  }

  private Execution execution(long timestamp, Impact impact, RandomSequence random) {
    long id = random.bits();
    double errorRate = Double.isNaN(impact.errorRate()) ? errorRate() : impact.errorRate();
    String errorType = null;
    ErrorType error = null;
    if (random.happens(errorRate)) {
      String forced = impact.errorType();
      errorType = forced != null ? forced : errorTypes.pick(random.uniform());
      error = behaviour.failures().types().get(errorType);
    }
    double latency =
        error != null && error.latencyMs() != ErrorType.OWN_LATENCY
            ? error.latencyMs()
            : behaviour.latencyMs().at(random.gaussian()) * impact.latencyFactor();
    Behaviour.Score score = behaviour.score();
    int scored = Execution.NO_SCORE;
    if (error == null && random.happens(score.share())) {
      double value = score.mean() + impact.scoreShift() + score.sd() * random.gaussian();
      int hundredths = (int) Math.round(Math.max(0, Math.min(10, value)) * 100);
      scored = hundredths * MILLIONTHS_PER_HUNDREDTH;
    }
    int rating = Execution.NO_FEEDBACK;
    if (random.happens(behaviour.feedback().share())) {
      List<Double> weights = impact.ratings();
      rating =
          Behaviour.Ratings.pick(
              weights == null ? behaviour.feedback().ratings() : weights, random.uniform());
    }
    return new Execution(
        id,
        promptVersion,
        timestamp,
        Simulation.latencyMs(latency),
        0,
        0,
        error == null,
        errorType,
        (byte) rating,
        scored,
        Execution.NO_HASH,
        Execution.NO_HASH,
        Execution.NO_HASH,
        null,
        null);
  }

  /**
   * Lets a replay see the deployment and then the panes, one after another.
   *
   * @param replay begins when the traffic does
   */
  public void drive(Replay replay, Duration length) {
    deployment().forEach(replay::apply);
    long end = start + length.toMillis();
    for (long time = start; time < end; time += pane) {
      PaneUpdate executions = pane(time);
      if (executions != null && !replay.add(executions)) {
        throw new IllegalStateException("a pane came too late: " + time);
      }
      replay.advance(time + pane);
    }
  }
}
