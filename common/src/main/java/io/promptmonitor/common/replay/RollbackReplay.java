package io.promptmonitor.common.replay;

import io.promptmonitor.common.alerts.AlertEvent;
import io.promptmonitor.common.alerts.AlertingConfig;
import io.promptmonitor.common.alerts.RollbackTrigger;
import io.promptmonitor.common.alerts.Severity;
import io.promptmonitor.common.registry.RegistryEvent;
import io.promptmonitor.common.registry.RegistryException;
import io.promptmonitor.common.rollback.PromptRollbacks;
import io.promptmonitor.common.rollback.RollbackContext;
import io.promptmonitor.common.rollback.RollbackRecord;
import io.promptmonitor.common.windows.WindowUpdate;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.NavigableMap;
import java.util.TreeMap;

/**
 * The rollback protocol of one prompt in a {@link Replay}: demands are taken at their time, and the
 * clock of the machine is event time.
 */
final class RollbackReplay implements PromptRollbacks.Output {

  private static final Comparator<RollbackTrigger> BY_RULE =
      Comparator.<RollbackTrigger, String>comparing(trigger -> trigger.promptVersion().version())
          .thenComparing(RollbackTrigger::rule);

  private final ReplayedRegistry registry;
  private final Replay replay;
  private final PromptReplay prompt;
  private final PromptRollbacks rollbacks;
  private final LazyTraffic traffic = new LazyTraffic();
  private final NavigableMap<Long, List<RollbackTrigger>> demands = new TreeMap<>();
  private long last = Long.MIN_VALUE;

  RollbackReplay(String promptId, ReplayedRegistry registry, Replay replay, PromptReplay prompt) {
    this.registry = registry;
    this.replay = replay;
    this.prompt = prompt;
    AlertingConfig alerting = replay.config().alerting();
    String escalateTo = alerting.policy(Severity.CRITICAL).escalateTo();
    this.rollbacks =
        new PromptRollbacks(
            promptId,
            alerting.autoRollback(),
            escalateTo == null ? List.of() : List.of(escalateTo));
  }

  void seen(WindowUpdate update) {
    traffic.add(update);
  }

  void demanded(List<RollbackTrigger> triggers) {
    for (RollbackTrigger trigger : triggers) {
      if (trigger.time() >= registry.rollbacksFrom()) {
        demands.computeIfAbsent(trigger.time(), time -> new ArrayList<>()).add(trigger);
      }
    }
  }

  /** When {@link #advance} has something to do; {@link Long#MAX_VALUE} for never. */
  long nextDue() {
    long next = demands.isEmpty() ? Long.MAX_VALUE : demands.firstKey();
    return Math.min(next, Math.min(rollbacks.wakeUpAt(), rollbacks.wakeUpAtWallClock()));
  }

  /** Takes what is demanded now, and does what is due. */
  void advance(long now) {
    if (nextDue() > now) {
      return;
    }
    step(
        now,
        context -> {
          List<RollbackTrigger> ofNow = demands.remove(now);
          if (ofNow != null) {
            ofNow.sort(BY_RULE);
            ofNow.forEach(trigger -> rollbacks.take(trigger, context, this));
          }
          rollbacks.wake(context, this);
        });
  }

  /** History changed the registry. */
  void changed(RegistryEvent event, long now) {
    // Not live: what history did is not to be looked up, nobody recorded it here.
    RollbackContext context = context(now, false);
    rollbacks.changed(event, true, context, this);
    rollbacks.forgetKnown(context);
  }

  void cleared(long now) {
    step(now, context -> rollbacks.cleared(context, this));
  }

  /** What was demanded up to the end is done, and what is being watched is judged by what came. */
  void finish() {
    while (!demands.isEmpty()) {
      advance(demands.firstKey());
    }
    step(Math.max(last, replay.time()), context -> rollbacks.finish(context, this));
  }

  /** A step of the protocol. */
  private interface Step {
    void with(RollbackContext now);
  }

  private void step(long now, Step step) {
    last = now;
    RollbackContext context = context(now, true);
    step.with(context);
    for (RegistryEvent event : registry.takeSwitches()) {
      rollbacks.changed(event, true, context, this);
      replay.switched(event, now);
    }
    rollbacks.forgetKnown(context);
  }

  private RollbackContext context(long now, boolean live) {
    registry.setTime(now);
    return new RollbackContext(
        registry.view(),
        registry.rollbacks(),
        traffic.traffic(),
        now,
        () -> Instant.ofEpochMilli(now),
        live);
  }

  @Override
  public void rollback(RollbackRecord record) {
    replay.output().rollback(record);
  }

  @Override
  public void alert(AlertEvent event) {
    prompt.happened(List.of(event));
  }

  @Override
  public void registryUnavailable(RegistryException problem) {
    throw new IllegalStateException("a registry in memory is always there", problem);
  }
}
