package io.promptmonitor.common.backtest;

import io.promptmonitor.common.alerts.AlertRule;
import io.promptmonitor.common.alerts.OperatorCommand;
import io.promptmonitor.common.alerts.RuleSet;
import io.promptmonitor.common.alerts.VersionRule;
import io.promptmonitor.common.execution.PromptVersionId;
import io.promptmonitor.common.registry.RegisteredVersion;
import io.promptmonitor.common.registry.RegistryChange;
import io.promptmonitor.common.registry.RegistryEvent;
import io.promptmonitor.common.registry.RegistryEvent.Kind;
import io.promptmonitor.common.registry.SemanticVersion;
import io.promptmonitor.common.replay.Replay;
import io.promptmonitor.common.windows.WindowSize;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * The backtest of one prompt: its history through a {@link Replay} with rollbacks, in event time.
 *
 * <p>History is followed as far as it can be. Once a version would have been rolled back, what
 * history has of it from then on is set aside until it is deployed again: it would not have been.
 * What the version to go back to would have done with that traffic, nobody knows. A rollback that
 * did happen and would not have is followed all the same, as if an operator had made it: the
 * executions after it are those of the other version.
 */
public final class PromptBacktest {

  /** Something that happened beside executions. */
  private record Step(
      long at,
      @Nullable RegistryChange change,
      @Nullable OperatorCommand command,
      @Nullable RuleSet rules) {}

  private final BacktestPlan plan;
  private final PromptHistory history;
  private final List<Arrival> arrivals;
  private final PromptDiary diary;
  private final Map<String, SetAside> aside = new HashMap<>();
  private final List<SetAside> endedAside = new ArrayList<>();
  private final boolean timed;

  private PromptBacktest(BacktestPlan plan, PromptHistory history, List<Arrival> arrivals) {
    this.plan = plan;
    this.history = history;
    this.arrivals = arrivals;
    this.diary = new PromptDiary(history.promptId(), plan.from(), plan.to(), this::rolledBack);
    this.timed = history.timed() && isInTime(history.changes(), arrivals);
  }

  /**
   * Runs it.
   *
   * @param arrivals what history holds of the prompt's executions, from {@link BacktestPlan#LEAD}
   *     before the time on, in any order
   */
  public static PromptResult run(
      BacktestPlan plan, PromptHistory history, List<? extends Arrival> arrivals) {
    List<Arrival> sorted = new ArrayList<>(arrivals);
    sorted.sort(
        Comparator.comparingLong(Arrival::end)
            .thenComparing(Arrival::version)
            .thenComparingLong(Arrival::start));
    return new PromptBacktest(plan, history, sorted).run();
  }

  /** Whether no version was registered after its executions: else these were replayed later. */
  private static boolean isInTime(List<RegistryChange> changes, List<Arrival> arrivals) {
    Map<String, Long> begins = begins(arrivals);
    for (RegistryChange change : changes) {
      Long begin = begins.get(change.event().versionId().toString());
      if (change.event().kind() == Kind.REGISTERED
          && begin != null
          && begin < WindowSize.ONE_HOUR.startOf(change.event().at().toEpochMilli())) {
        return false;
      }
    }
    return true;
  }

  private static Map<String, Long> begins(List<Arrival> arrivals) {
    Map<String, Long> begins = new HashMap<>();
    arrivals.forEach(arrival -> begins.merge(arrival.version(), arrival.start(), Math::min));
    return begins;
  }

  private PromptResult run() {
    long start = arrivals.isEmpty() ? plan.from() : arrivals.get(0).start();
    start = Math.min(plan.from(), start);
    Replay replay = Replay.withRollbacks(plan.config(), start, plan.from(), diary);
    if (!plan.spans().isEmpty()) {
      replay.judgeBy(plan.rulesOf(plan.spans().get(0)));
    }
    List<Step> steps = steps(start, replay);
    int nextStep = 0;
    long judged = 0;
    for (int i = 0; i < arrivals.size(); ) {
      long end = arrivals.get(i).end();
      nextStep = takeSteps(steps, nextStep, end, replay);
      for (; i < arrivals.size() && arrivals.get(i).end() == end; i++) {
        Arrival arrival = arrivals.get(i);
        if (!setAside(arrival)) {
          arrival.addTo(replay);
          judged += arrival.start() >= plan.from() ? arrival.executions() : 0;
        }
      }
      replay.advance(end);
    }
    takeSteps(steps, nextStep, plan.to(), replay);
    replay.advance(plan.to());
    replay.finish();
    return new PromptResult(
        history.promptId(),
        timed,
        !history.changes().isEmpty(),
        judged,
        diary.alerts(),
        diary.rollbacks(),
        diary.messages(),
        allSetAside(),
        unjudged(replay));
  }

  // What happens beside executions

  private int takeSteps(List<Step> steps, int first, long before, Replay replay) {
    int next = first;
    for (; next < steps.size() && steps.get(next).at() < before; next++) {
      Step step = steps.get(next);
      if (step.at() > replay.time()) {
        replay.advance(step.at());
      }
      if (step.rules() != null) {
        replay.judgeBy(step.rules());
      } else if (step.command() != null) {
        replay.apply(step.command());
      } else {
        change(Objects.requireNonNull(step.change()), replay);
      }
    }
    return next;
  }

  private void change(RegistryChange change, Replay replay) {
    if (!replay.apply(change)) {
      return;
    }
    SemanticVersion active = change.event().toVersion();
    SetAside ended = active == null ? null : aside.remove(active.toString());
    if (ended != null) {
      endedAside.add(ended);
    }
  }

  private List<Step> steps(long start, Replay replay) {
    List<Step> steps = new ArrayList<>();
    for (RowSpan span : plan.spans()) {
      if (span.from() > start) {
        steps.add(new Step(span.from(), null, null, plan.rulesOf(span)));
      }
    }
    if (timed) {
      for (RegistryChange change : history.changes()) {
        RegistryEvent event = change.event();
        long at = event.at().toEpochMilli();
        boolean automatic = event.kind() == Kind.ROLLED_BACK && event.decisionId() != null;
        if (automatic && at < plan.from()) {
          replay.rolledBackBefore(event.promptId(), event.at());
        }
        steps.add(new Step(automatic && at >= plan.from() ? late(at) : at, change, null, null));
      }
    } else {
      addByTraffic(start, steps);
    }
    for (OperatorCommand command : history.commands()) {
      steps.add(new Step(command.at().toEpochMilli(), null, command, null));
    }
    steps.sort(Comparator.comparingLong(Step::at));
    return steps;
  }

  /**
   * When an automatic rollback of history is followed: rows are judged when they end, and the
   * candidate has to have had its say.
   */
  private long late(long at) {
    long step = plan.tolerance() / 2;
    return -Math.floorDiv(-at, step) * step + step;
  }

  /** The registry's times say nothing: a version is deployed when its executions begin. */
  private void addByTraffic(long start, List<Step> steps) {
    Map<String, Long> begins = begins(arrivals);
    List<RegistryChange> deployments = new ArrayList<>();
    for (RegistryChange change : history.changes()) {
      switch (change.event().kind()) {
        case REGISTERED, STAGED -> steps.add(new Step(start - 1, change, null, null));
        case DEPLOYED -> deployments.add(change);
        case ROLLED_BACK, DEPRECATED -> {
          // When, in the time of the executions, nobody knows.
        }
      }
    }
    boolean anyTraffic = false;
    for (RegistryChange change : deployments) {
      Long begin = begins.remove(change.event().versionId().toString());
      anyTraffic |= begin != null;
      if (begin != null) {
        steps.add(new Step(begin, change, null, null));
      } else if (!anyTraffic) {
        steps.add(new Step(start - 1, change, null, null));
      }
    }
    for (PastRollback rollback : history.actual().rollbacks()) {
      if (rollback.automatic() && rollback.switched() && rollback.toVersion() != null) {
        steps.add(new Step(late(rollback.at()), followed(rollback), null, null));
      }
    }
  }

  private static RegistryChange followed(PastRollback rollback) {
    SemanticVersion to = SemanticVersion.parse(Objects.requireNonNull(rollback.toVersion()));
    return new RegistryChange(
        new RegistryEvent(
            1,
            Instant.ofEpochMilli(rollback.at()),
            Kind.ROLLED_BACK,
            rollback.promptId(),
            to,
            SemanticVersion.parse(rollback.fromVersion()),
            to,
            "history",
            "it happened",
            null),
        null);
  }

  // What would not have been

  private void rolledBack(PastRollback rollback) {
    aside.put(
        rollback.fromVersion(),
        new SetAside(
            history.promptId(),
            rollback.fromVersion(),
            rollback.toVersion(),
            rollback.at(),
            rollback.at(),
            0));
  }

  private boolean setAside(Arrival arrival) {
    SetAside since = aside.get(arrival.version());
    if (since == null || arrival.start() < since.since()) {
      return false;
    }
    aside.put(
        arrival.version(),
        new SetAside(
            since.promptId(),
            since.version(),
            since.toVersion(),
            since.since(),
            Math.max(since.until(), arrival.end()),
            since.executions() + arrival.executions()));
    return true;
  }

  private List<SetAside> allSetAside() {
    endedAside.addAll(aside.values());
    return endedAside.stream()
        .filter(set -> set.executions() > 0)
        .sorted(Comparator.comparingLong(SetAside::since).thenComparing(SetAside::version))
        .toList();
  }

  // What cannot be judged

  private SortedMap<WindowSize, SortedMap<String, String>> unjudged(Replay replay) {
    SortedMap<WindowSize, SortedMap<String, String>> unjudged = new TreeMap<>();
    RuleSet all = RuleSet.of(plan.rules().alerting());
    for (RowSpan span : plan.judged()) {
      Duration row = Duration.ofMillis(span.size().millis());
      for (String version : begins(arrivals).keySet()) {
        RegisteredVersion registered =
            replay.registry().version(new PromptVersionId(history.promptId(), version));
        for (VersionRule judged : all.forVersion(registered)) {
          AlertRule rule = judged.rule();
          String reason = rule.notOnRows(row);
          if (reason != null) {
            unjudged.computeIfAbsent(span.size(), size -> new TreeMap<>()).put(rule.name(), reason);
          }
        }
      }
    }
    return unjudged;
  }
}
