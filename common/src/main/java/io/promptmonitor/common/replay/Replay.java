package io.promptmonitor.common.replay;

import io.promptmonitor.common.alerts.KnownVersions;
import io.promptmonitor.common.alerts.OperatorCommand;
import io.promptmonitor.common.alerts.RuleDemand;
import io.promptmonitor.common.alerts.RuleSet;
import io.promptmonitor.common.alerts.RulesOfVersion;
import io.promptmonitor.common.alerts.Silence;
import io.promptmonitor.common.deployment.DeploymentConfig;
import io.promptmonitor.common.execution.Execution;
import io.promptmonitor.common.execution.PromptVersionId;
import io.promptmonitor.common.notifications.Acknowledgement;
import io.promptmonitor.common.registry.RegistryChange;
import io.promptmonitor.common.registry.RegistryEvent;
import io.promptmonitor.common.registry.RegistryView;
import io.promptmonitor.common.windows.PaneBuffer;
import io.promptmonitor.common.windows.PaneUpdate;
import io.promptmonitor.common.windows.RollUpPlan;
import io.promptmonitor.common.windows.RollUpSettings;
import io.promptmonitor.common.windows.SlidingDemand;
import io.promptmonitor.common.windows.SlidingEvaluator;
import io.promptmonitor.common.windows.VersionFacts;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * What the streaming job would have done, in one thread and in event time: the same state machines
 * in the same order, without a cluster.
 *
 * <pre>
 * executions ──► panes ──► roll-up of the version ──► rows of tumbling windows
 *                              │
 *                              └──► evaluations ──► alerts of the version ──► rollback triggers
 *                                                       │                         │ with rollbacks
 *                                                       │    alerts of ◄── rollback protocol
 *                                                       │                         └──► switches
 *                         commands of operators ──► escalations of the prompt ──► notifications
 * </pre>
 *
 * <p>Whoever drives it adds executions, then lets the time come by which they have arrived: {@link
 * #advance} does what is due, in the order of time for each prompt, prompt after prompt. Changes of
 * the registry and commands take effect at the time that was reached. Times are milliseconds since
 * the epoch. A part of the prompts, with all changes and commands, leads to the same for each of
 * them as all prompts do. Not thread-safe.
 */
public final class Replay {

  private final DeploymentConfig config;
  private final ReplayOutput output;
  private final RegistryView registry = new RegistryView();
  private final @Nullable ReplayedRegistry rollbackRegistry;
  private RuleSet ruleSet;
  private KnownVersions versions;
  private final RollUpPlan plan;
  private final long interval;
  private final SlidingEvaluator scratch = new SlidingEvaluator();
  private final PaneBuffer panes;
  private final Map<String, PromptReplay> prompts = new TreeMap<>();
  private final Map<String, Silence> silences = new TreeMap<>();
  private long time;

  /**
   * A replay in which nothing has happened yet, and which ends at what rules demand.
   *
   * @param start the time at which it begins; nothing can be added that ended before
   */
  public Replay(DeploymentConfig config, long start, ReplayOutput output) {
    this(config, start, output, null);
  }

  private Replay(
      DeploymentConfig config, long start, ReplayOutput output, @Nullable Long rollbacksFrom) {
    this.config = config;
    this.output = output;
    this.ruleSet = RuleSet.of(config.alerting());
    this.versions = known(ruleSet);
    RollUpSettings settings = config.monitor().rollUpSettings(ruleSet.windows());
    this.plan = new RollUpPlan(settings);
    this.interval = settings.slide();
    this.panes = new PaneBuffer(settings.pane(), settings.allowedLateness());
    this.time = start;
    this.rollbackRegistry =
        rollbacksFrom == null ? null : new ReplayedRegistry(registry, rollbacksFrom);
  }

  /**
   * A replay that also does what is demanded: by the rollback protocol, in a registry of its own,
   * with the safeguards. Changes of the registry are applied as far as they are still possible
   * after what the replay itself switched.
   *
   * @param start the time at which it begins; nothing can be added that ended before
   * @param rollbacksFrom from when on demands are heard; what was demanded before happened as the
   *     registry's changes say
   */
  public static Replay withRollbacks(
      DeploymentConfig config, long start, long rollbacksFrom, ReplayOutput output) {
    return new Replay(config, start, output, rollbacksFrom);
  }

  private KnownVersions known(RuleSet rules) {
    return new KnownVersions(registry, new RuleDemand(rules, config.monitor().slidingWindows()));
  }

  /** The time that was reached. */
  public long time() {
    return time;
  }

  /** The registry as of that time; a view of the present state, not to be changed. */
  public RegistryView registry() {
    return registry;
  }

  /**
   * Adds an execution.
   *
   * @return false if it came too late to be counted
   */
  public boolean add(Execution execution) {
    return panes.add(execution, time);
  }

  /**
   * Adds executions that were aggregated, or feedback.
   *
   * @return false if they came too late to be counted
   */
  public boolean add(PaneUpdate update) {
    return version(update.promptVersion()).add(update, time);
  }

  /**
   * Applies the next change of the registry.
   *
   * @return false if nothing changed: it was applied before or, in a replay with rollbacks, is not
   *     possible any more
   * @throws IllegalStateException if it is not possible after those before; in a replay with
   *     rollbacks only if the version was never registered
   */
  public boolean apply(RegistryChange change) {
    RegistryChange next =
        rollbackRegistry == null ? change : rollbackRegistry.asItIsNow(change, time);
    if (next == null || !registry.apply(next)) {
      return false;
    }
    RegistryEvent event = next.event();
    versions.changed(event.promptId());
    prompt(event.promptId()).changed(event, time);
    return true;
  }

  /** The replay itself has switched a version. */
  void switched(RegistryEvent event, long now) {
    versions.changed(event.promptId());
    prompt(event.promptId()).changedVersions(event, now);
  }

  /**
   * Other rules hold from the time that was reached on. They look at no windows that those of the
   * configuration do not look at.
   */
  public void judgeBy(RuleSet rules) {
    ruleSet = rules;
    versions = known(rules);
    prompts.values().forEach(prompt -> prompt.rulesChanged(time));
  }

  /** An automatic rollback that happened before the replay began: it counts for the safeguards. */
  public void rolledBackBefore(String promptId, Instant at) {
    if (rollbackRegistry != null) {
      rollbackRegistry.rollbacks().happened(promptId, at);
    }
  }

  /** Applies a command of an operator. */
  public void apply(OperatorCommand command) {
    String promptId = command.promptId();
    String alertId = command.alertId();
    if (promptId != null && alertId != null) {
      Acknowledgement acknowledgement =
          new Acknowledgement(alertId, command.actor(), command.comment());
      prompt(promptId).acknowledge(acknowledgement, time);
      return;
    }
    if (promptId != null && command.kind() == OperatorCommand.Kind.ROLLBACKS_CLEARED) {
      if (rollbackRegistry != null) {
        rollbackRegistry.clear(promptId, time);
      }
      prompt(promptId).cleared(time);
      return;
    }
    Silence silence = command.silence();
    if (silence != null) {
      silences.put(silence.id(), silence);
    } else if (command.silenceId() != null) {
      silences.remove(command.silenceId());
    }
    silences.values().removeIf(ended -> ended.endsAt() <= time);
    prompts.values().forEach(prompt -> prompt.wake(time));
  }

  /** Does everything that is due up to a time: what happened before it has been added. */
  public void advance(long until) {
    panes.flush(until, this::add);
    prompts.values().forEach(prompt -> prompt.advance(until));
    time = Math.max(time, until);
  }

  /** Ends the replay: no execution comes any more, and no time. */
  public void finish() {
    panes.flushAll(this::add);
    prompts.values().forEach(PromptReplay::finish);
  }

  private VersionReplay version(PromptVersionId promptVersion) {
    return prompt(promptVersion.promptId()).version(promptVersion.version());
  }

  private PromptReplay prompt(String promptId) {
    return prompts.computeIfAbsent(promptId, id -> new PromptReplay(id, this));
  }

  // What the prompts share

  DeploymentConfig config() {
    return config;
  }

  ReplayOutput output() {
    return output;
  }

  RollUpPlan plan() {
    return plan;
  }

  /** Time between two evaluations of a version that has anything in any window. */
  long interval() {
    return interval;
  }

  SlidingEvaluator scratch() {
    return scratch;
  }

  /** What is known of versions, by the rules that hold at the time of asking. */
  VersionFacts facts() {
    return new VersionFacts() {
      @Override
      public double predictedQuality(PromptVersionId promptVersion) {
        return versions.predictedQuality(promptVersion);
      }

      @Override
      public SlidingDemand slidingDemand(PromptVersionId promptVersion) {
        return versions.slidingDemand(promptVersion);
      }
    };
  }

  /** The registry in which versions are switched; null if none are. */
  @Nullable ReplayedRegistry rollbackRegistry() {
    return rollbackRegistry;
  }

  RulesOfVersion rulesOf(PromptVersionId promptVersion) {
    return RulesOfVersion.of(ruleSet, registry.version(promptVersion));
  }

  List<Silence> silencesAt(long now) {
    return silences.values().stream().filter(silence -> now < silence.endsAt()).toList();
  }
}
