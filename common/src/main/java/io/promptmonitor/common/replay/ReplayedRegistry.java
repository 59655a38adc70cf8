package io.promptmonitor.common.replay;

import io.promptmonitor.common.registry.LifeCycle;
import io.promptmonitor.common.registry.RegistryChange;
import io.promptmonitor.common.registry.RegistryEvent;
import io.promptmonitor.common.registry.RegistryEvent.Kind;
import io.promptmonitor.common.registry.RegistryOperation;
import io.promptmonitor.common.registry.RegistryView;
import io.promptmonitor.common.registry.SemanticVersion;
import io.promptmonitor.common.rollback.InMemoryRollbacks;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * The registry of a replay in which versions are rolled back: what history changed in it, as far as
 * that is still possible, and what the replay did. Times are milliseconds of event time.
 */
final class ReplayedRegistry implements InMemoryRollbacks.Switches {

  private static final String ACTOR = "the replay";

  private final RegistryView view;
  private final InMemoryRollbacks rollbacks;
  private final long rollbacksFrom;

  /** What the replay switched and nobody was told of yet. */
  private final List<RegistryEvent> switches = new ArrayList<>();

  private long now;

  ReplayedRegistry(RegistryView view, long rollbacksFrom) {
    this.view = view;
    this.rollbacksFrom = rollbacksFrom;
    this.rollbacks = new InMemoryRollbacks(this, () -> Instant.ofEpochMilli(now));
  }

  InMemoryRollbacks rollbacks() {
    return rollbacks;
  }

  /** From when on demands are heard. */
  long rollbacksFrom() {
    return rollbacksFrom;
  }

  /** Sets the registry's clock, by which everything happens that is asked for next. */
  void setTime(long time) {
    now = time;
  }

  void clear(String promptId, long time) {
    setTime(time);
    rollbacks.clear(promptId);
  }

  /** The change that history's one is after what the replay did; null if there is none. */
  @Nullable RegistryChange asItIsNow(RegistryChange change, long time) {
    RegistryEvent event = change.event();
    SemanticVersion active = view.activeVersion(event.promptId());
    boolean isActive = event.versionId().equals(active);
    boolean switches = event.toVersion() != null;
    boolean possible =
        switch (event.kind()) {
          case REGISTERED, STAGED -> true;
          case DEPLOYED, DEPRECATED -> !isActive;
          case ROLLED_BACK -> !isActive && Objects.equals(event.fromVersion(), active);
        };
    if (!possible) {
      return null;
    }
    return new RegistryChange(
        new RegistryEvent(
            view.lastEventId() + 1,
            Instant.ofEpochMilli(time),
            event.kind(),
            event.promptId(),
            event.versionId(),
            switches ? active : null,
            switches ? event.versionId() : null,
            event.actor(),
            event.reason(),
            null),
        event.kind() == Kind.REGISTERED ? change.definition() : null);
  }

  /** What was switched since this was last asked. */
  List<RegistryEvent> takeSwitches() {
    List<RegistryEvent> taken = List.copyOf(switches);
    switches.clear();
    return taken;
  }

  @Override
  public RegistryView view() {
    return view;
  }

  @Override
  public RegistryEvent rollBack(String promptId, String reason) {
    RegistryEvent event =
        LifeCycle.decide(
                new RegistryOperation.Rollback(promptId, null, reason),
                view,
                Instant.ofEpochMilli(now),
                ACTOR)
            .orElseThrow();
    view.apply(new RegistryChange(event, null));
    switches.add(event);
    return event;
  }

  @Override
  public List<RegistryEvent> history(@Nullable String promptId) {
    return List.of(); // What operators did is not looked up: it is told.
  }
}
