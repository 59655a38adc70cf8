package io.promptmonitor.common.replay;

import io.promptmonitor.common.alerts.AlertEvent;
import io.promptmonitor.common.alerts.AlertTransition.Change;
import io.promptmonitor.common.alerts.RollbackTrigger;
import io.promptmonitor.common.execution.PromptVersionId;
import io.promptmonitor.common.notifications.Acknowledgement;
import io.promptmonitor.common.notifications.EscalationRow;
import io.promptmonitor.common.notifications.Notification;
import io.promptmonitor.common.notifications.PromptEscalations;
import io.promptmonitor.common.registry.RegistryEvent;
import io.promptmonitor.common.windows.WindowUpdate;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** One prompt in a {@link Replay}: its versions, and who is told of their alerts. */
final class PromptReplay implements PromptEscalations.Output {

  private final String promptId;
  private final Replay replay;
  private final Map<String, VersionReplay> versions = new TreeMap<>();
  private final PromptEscalations escalations;

  /** What becomes of what rules demand; null if that is not replayed. */
  private final @Nullable RollbackReplay rollbacks;

  /** Events that escalation has not taken yet, by their time. */
  private final NavigableMap<Long, List<AlertEvent>> events = new TreeMap<>();

  PromptReplay(String promptId, Replay replay) {
    this.promptId = promptId;
    this.replay = replay;
    this.escalations = new PromptEscalations(promptId, replay.config().grouping());
    ReplayedRegistry registry = replay.rollbackRegistry();
    this.rollbacks = registry == null ? null : new RollbackReplay(promptId, registry, replay, this);
  }

  VersionReplay version(String version) {
    return versions.computeIfAbsent(
        version, v -> new VersionReplay(new PromptVersionId(promptId, v), replay, this));
  }

  private void changed(String version, long now) {
    version(version).changed(now);
  }

  /** Something changed in the registry, by somebody else than this replay. */
  void changed(RegistryEvent event, long now) {
    if (rollbacks != null) {
      rollbacks.changed(event, now);
    }
    changedVersions(event, now);
  }

  /** Rules of versions that were switched may be others now. */
  void changedVersions(RegistryEvent event, long now) {
    changed(event.versionId().toString(), now);
    if (event.fromVersion() != null) {
      changed(event.fromVersion().toString(), now);
    }
  }

  /** Other rules hold for all versions. */
  void rulesChanged(long now) {
    versions.values().forEach(version -> version.changed(now));
  }

  /** An operator allows automatic rollbacks again. */
  void cleared(long now) {
    if (rollbacks != null) {
      rollbacks.cleared(now);
    }
  }

  /** Takes note of a row of a tumbling window. */
  void seen(WindowUpdate update) {
    if (rollbacks != null) {
      rollbacks.seen(update);
    }
  }

  /** Takes note of what rules demand. */
  void demanded(List<RollbackTrigger> triggers) {
    triggers.forEach(replay.output()::rollbackTrigger);
    if (rollbacks != null) {
      rollbacks.demanded(triggers);
    }
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
      if (rollbacks != null) {
        rollbacks.advance(next);
      }
      escalate(next);
    }
  }

  private long nextDue() {
    long next = nextEscalation();
    for (VersionReplay version : versions.values()) {
      next = Math.min(next, version.nextDue());
    }
    return rollbacks == null ? next : Math.min(next, rollbacks.nextDue());
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
    if (rollbacks != null) {
      rollbacks.finish();
    }
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
