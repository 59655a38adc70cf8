package io.promptmonitor.common.replay;

import io.promptmonitor.common.alerts.AlertEvent;
import io.promptmonitor.common.alerts.AlertTransition.Change;
import io.promptmonitor.common.alerts.RollbackTrigger;
import io.promptmonitor.common.execution.PromptVersionId;
import io.promptmonitor.common.notifications.Acknowledgement;
import io.promptmonitor.common.notifications.EscalationRow;
import io.promptmonitor.common.notifications.Notification;
import io.promptmonitor.common.notifications.PromptEscalations;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;

/** One prompt in a {@link Replay}: its versions, and who is told of their alerts. */
final class PromptReplay implements PromptEscalations.Output {

  private final String promptId;
  private final Replay replay;
  private final Map<String, VersionReplay> versions = new TreeMap<>();
  private final PromptEscalations escalations;

  /** Events that escalation has not taken yet, by their time. */
  private final NavigableMap<Long, List<AlertEvent>> events = new TreeMap<>();

  PromptReplay(String promptId, Replay replay) {
    this.promptId = promptId;
    this.replay = replay;
    this.escalations = new PromptEscalations(promptId, replay.config().grouping());
  }

  VersionReplay version(String version) {
    return versions.computeIfAbsent(
        version, v -> new VersionReplay(new PromptVersionId(promptId, v), replay, this));
  }

  void changed(String version, long now) {
    version(version).changed(now);
  }

  /** Takes note of what rules demand. */
  void demanded(List<RollbackTrigger> triggers) {
    triggers.forEach(replay.output()::rollbackTrigger);
  }

  /** Takes note of what happened to alerts of a version. */
  void happened(List<AlertEvent> happened) {
    for (AlertEvent event : happened) {
      replay.output().alert(event);
      if (event.change() != Change.DATA) {
        events.computeIfAbsent(event.time(), time -> new ArrayList<>()).add(event);
      }
    }
  }

  void acknowledge(Acknowledgement acknowledgement, long now) {
    escalations.acknowledge(acknowledgement, now, this);
    wake(now);
  }

  /** Does everything that is due up to a time, in the order of time. */
  void advance(long until) {
    for (long next = nextDue(); next <= until; next = nextDue()) {
      for (VersionReplay version : versions.values()) {
        version.advance(next);
      }
      // What time brings about comes after what is seen at that time.
      for (VersionReplay version : versions.values()) {
        version.wake(next);
      }
      escalate(next);
    }
  }

  private long nextDue() {
    long next = nextEscalation();
    for (VersionReplay version : versions.values()) {
      next = Math.min(next, version.nextDue());
    }
    return next;
  }

  private long nextEscalation() {
    return events.isEmpty()
        ? escalations.wakeUpAt()
        : Math.min(escalations.wakeUpAt(), events.firstKey());
  }

  private void escalate(long now) {
    if (nextEscalation() > now) {
      return;
    }
    List<AlertEvent> ofNow = events.remove(now);
    if (ofNow != null) {
      ofNow.sort(AlertEvent.BY_RULE);
      for (AlertEvent event : ofNow) {
        escalations.take(
            event, replay.config().alerting().policy(event.rule().severity()), now, this);
      }
    }
    wake(now);
  }

  void wake(long now) {
    escalations.wake(replay.silencesAt(now), now, this);
  }

  /** What the last executions led to is told, and what is being collected is sent. */
  void finish() {
    versions.values().forEach(VersionReplay::finish);
    while (!events.isEmpty()) {
      escalate(nextEscalation());
    }
    escalations.finish(this);
  }

  @Override
  public void notification(Notification notification) {
    replay.output().notification(notification);
  }

  @Override
  public void escalation(EscalationRow row) {
    replay.output().escalation(row);
  }
}
