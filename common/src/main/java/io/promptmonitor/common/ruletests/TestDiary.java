package io.promptmonitor.common.ruletests;

import io.promptmonitor.common.alerts.AlertEvent;
import io.promptmonitor.common.alerts.AlertKey;
import io.promptmonitor.common.alerts.AlertPhase;
import io.promptmonitor.common.alerts.AlertTransition.Change;
import io.promptmonitor.common.alerts.EvaluatedWindows;
import io.promptmonitor.common.alerts.RollbackTrigger;
import io.promptmonitor.common.alerts.RuleEvaluation;
import io.promptmonitor.common.alerts.RulesOfVersion;
import io.promptmonitor.common.alerts.VersionRule;
import io.promptmonitor.common.execution.PromptVersionId;
import io.promptmonitor.common.notifications.Notification;
import io.promptmonitor.common.replay.ReplayOutput;
import io.promptmonitor.common.windows.SlidingWindows;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableSet;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** What happened in a test. Times are milliseconds since its start. */
final class TestDiary implements ReplayOutput {

  /** An alert at a time, and since when it has been in its state. */
  record AlertAt(AlertEvent event, long since) {
    AlertPhase phase() {
      return event.phase();
    }
  }

  private static final Comparator<AlertKey> BY_VERSION_AND_RULE =
      Comparator.<AlertKey, String>comparing(key -> key.promptVersion().promptId())
          .thenComparing(key -> key.promptVersion().version())
          .thenComparing(AlertKey::rule);

  private final long start;
  private final long interval;
  private final NavigableSet<Long> looks;
  private final List<AlertEvent> transitions = new ArrayList<>();
  private final List<RollbackTrigger> rollbacks = new ArrayList<>();
  private final List<Notification> notifications = new ArrayList<>();
  private final Map<PromptVersionId, TreeMap<Long, Map<String, RuleEvaluation>>> evaluations =
      new HashMap<>();

  /**
   * An empty diary.
   *
   * @param start of the test, milliseconds since the epoch
   * @param interval time between two evaluations in milliseconds
   * @param looks the times at which somebody will want to know what rules saw
   */
  TestDiary(long start, long interval, NavigableSet<Long> looks) {
    this.start = start;
    this.interval = interval;
    this.looks = looks;
  }

  /** A time since the start, of one since the epoch. */
  long offset(long time) {
    return time - start;
  }

  @Override
  public void evaluation(SlidingWindows evaluation, RulesOfVersion rules) {
    long at = offset(evaluation.end());
    Long look = looks.ceiling(at);
    if (look == null || look >= at + interval) {
      return;
    }
    EvaluatedWindows windows = EvaluatedWindows.of(evaluation);
    Map<String, RuleEvaluation> seen = new HashMap<>();
    for (VersionRule rule : rules.rules()) {
      seen.put(rule.rule().name(), rule.evaluate(windows));
    }
    evaluations
        .computeIfAbsent(evaluation.promptVersion(), version -> new TreeMap<>())
        .put(at, seen);
  }

  @Override
  public void alert(AlertEvent event) {
    if (event.change() != Change.DATA) {
      transitions.add(event);
    }
  }

  @Override
  public void rollbackTrigger(RollbackTrigger trigger) {
    if (trigger.isFirst()) {
      rollbacks.add(trigger);
    }
  }

  @Override
  public void notification(Notification notification) {
    notifications.add(notification);
  }

  /** What a rule saw at the last evaluation up to a time; null if it was not evaluated. */
  @Nullable RuleEvaluation evaluation(AlertKey key, long at) {
    TreeMap<Long, Map<String, RuleEvaluation>> ofVersion = evaluations.get(key.promptVersion());
    Map.Entry<Long, Map<String, RuleEvaluation>> last =
        ofVersion == null ? null : ofVersion.floorEntry(at);
    return last == null || last.getKey() <= at - interval ? null : last.getValue().get(key.rule());
  }

  /** The alerts that were pending or firing at a time, by version and rule. */
  List<AlertAt> alertsAt(long at) {
    Map<AlertKey, AlertAt> alerts = new TreeMap<>(BY_VERSION_AND_RULE);
    for (AlertEvent event : transitions) {
      if (offset(event.time()) > at) {
        continue; // Of another version: the next one may be earlier.
      }
      switch (event.change()) {
        case PENDING, FIRING -> alerts.put(event.key(), new AlertAt(event, offset(event.time())));
        case RESOLVED, CANCELLED -> alerts.remove(event.key());
        case DATA -> {
          // Not kept.
        }
      }
    }
    return List.copyOf(alerts.values());
  }

  /** The id of an alert that fires at the time that was reached; null if it does not. */
  @Nullable String firingNow(AlertKey key) {
    for (AlertAt alert : alertsAt(Long.MAX_VALUE)) {
      if (alert.event().key().equals(key) && alert.phase() == AlertPhase.FIRING) {
        return alert.event().alertId();
      }
    }
    return null;
  }

  /** Everything that happened to alerts, in the order of time. */
  List<AlertEvent> transitions() {
    return sorted(transitions, Comparator.comparingLong(AlertEvent::time));
  }

  List<RollbackTrigger> rollbacks() {
    return sorted(rollbacks, Comparator.comparingLong(RollbackTrigger::time));
  }

  List<Notification> notifications() {
    return sorted(
        notifications,
        Comparator.comparing(Notification::createdAt)
            .thenComparing(Notification::promptId)
            .thenComparing(Notification::channel));
  }

  private static <T> List<T> sorted(List<T> list, Comparator<T> order) {
    return list.stream().sorted(order).toList();
  }
}
