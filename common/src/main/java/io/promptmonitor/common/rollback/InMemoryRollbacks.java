package io.promptmonitor.common.rollback;

import io.promptmonitor.common.registry.LifeCycle;
import io.promptmonitor.common.registry.PromptRegistry;
import io.promptmonitor.common.registry.RegisteredVersion;
import io.promptmonitor.common.registry.RegistryEvent;
import io.promptmonitor.common.registry.RegistryException;
import io.promptmonitor.common.registry.RegistryException.Reason;
import io.promptmonitor.common.registry.RegistryOperation;
import io.promptmonitor.common.registry.RegistryView;
import io.promptmonitor.common.registry.SemanticVersion;
import io.promptmonitor.common.rollback.RollbackRecord.Kind;
import io.promptmonitor.common.rollback.RollbackRecord.Status;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Rollbacks in a registry in the memory of a process, with the rules and the safeguards of the
 * database: for tests, replays and simulations. Safe for use by many threads.
 */
public final class InMemoryRollbacks implements RollbackRegistry {

  /** The registry in which versions are switched. */
  public interface Switches {

    /** What it holds now. */
    RegistryView view();

    /** Makes the rollback reference of a prompt's active version active. */
    RegistryEvent rollBack(String promptId, String reason);

    /** The changes of a prompt, or of all prompts if it is null. */
    List<RegistryEvent> history(@Nullable String promptId);
  }

  private final Switches registry;
  private final InstantSource clock;
  private final Map<String, RollbackRecord> records = new HashMap<>();
  private final Map<String, List<Instant>> automatic = new HashMap<>();
  private final Map<String, Instant> cleared = new HashMap<>();

  /** Rollbacks in {@code registry}, which goes by the same clock. */
  public InMemoryRollbacks(PromptRegistry registry, InstantSource clock) {
    this(
        new Switches() {
          @Override
          public RegistryView view() {
            return registry.view();
          }

          @Override
          public RegistryEvent rollBack(String promptId, String reason) {
            return registry.rollback(promptId, null, reason);
          }

          @Override
          public List<RegistryEvent> history(@Nullable String promptId) {
            return registry.history(promptId);
          }
        },
        clock);
  }

  /** Rollbacks in a registry of another kind. */
  public InMemoryRollbacks(Switches registry, InstantSource clock) {
    this.registry = registry;
    this.clock = clock;
  }

  @Override
  public synchronized String verifiedTarget(String promptId, String failingVersion) {
    RegistryView view = registry.view();
    requireActive(view, promptId, failingVersion);
    RegistryEvent event =
        LifeCycle.decide(
                new RegistryOperation.Rollback(promptId, null, "a check"),
                view,
                clock.instant(),
                "nobody")
            .orElseThrow();
    return Objects.requireNonNull(event.toVersion()).toString();
  }

  private static RegisteredVersion requireActive(
      RegistryView view, String promptId, String failingVersion) {
    SemanticVersion active = view.activeVersion(promptId);
    if (active == null || !active.toString().equals(failingVersion)) {
      throw new RegistryException(
          Reason.ILLEGAL_TRANSITION,
          promptId
              + "@"
              + failingVersion
              + " is not active, "
              + active
              + " is; there is nothing to roll back");
    }
    return Objects.requireNonNull(view.version(RegistryView.id(promptId, active)));
  }

  @Override
  public synchronized RollbackRecord switchBack(RollbackOrder order) {
    RollbackRecord wanted = order.record();
    String promptId = wanted.promptId();
    RollbackRecord done = records.get(wanted.rollbackId());
    if (done != null) {
      return done;
    }
    RegisteredVersion active = requireActive(registry.view(), promptId, wanted.fromVersion());
    if (!active.definition().rollback().autoRollbackEnabled()) {
      throw new RegistryException(
          Reason.AUTO_ROLLBACK_DISABLED,
          promptId
              + "@"
              + wanted.fromVersion()
              + " is not to be rolled back automatically (auto_rollback_enabled: false)");
    }
    List<Instant> earlier = automatic.computeIfAbsent(promptId, id -> new ArrayList<>());
    Instant now = clock.instant();
    RollbackSafeguards.check(
        promptId, earlier, cleared.get(promptId), order.minInterval(), order.maxPerDay(), now);
    RegistryEvent event = registry.rollBack(promptId, wanted.reason());
    earlier.add(event.at());
    RollbackRecord record = switched(wanted, event);
    records.put(record.rollbackId(), record);
    return record;
  }

  private static RollbackRecord switched(RollbackRecord wanted, RegistryEvent event) {
    List<StepResult> steps = new ArrayList<>(wanted.steps());
    steps.add(
        new StepResult(
            RollbackStep.SWITCH,
            event.at(),
            StepResult.Status.DONE,
            event.fromVersion() + " → " + event.toVersion()));
    return RollbackRecord.builder(
            wanted.rollbackId(),
            Kind.AUTOMATIC,
            wanted.promptId(),
            wanted.fromVersion(),
            Status.SWITCHED,
            wanted.reason())
        .toVersion(Objects.requireNonNull(event.toVersion()).toString())
        .requestedBy(event.actor())
        .triggeredAt(wanted.triggeredAt())
        .switchedAt(event.at())
        .registryEventId(event.eventId())
        .cause(wanted.cause())
        .evidence(wanted.evidence())
        .steps(steps)
        .snapshot(wanted.snapshot())
        .build();
  }

  @Override
  public synchronized @Nullable RollbackRecord recorded(String rollbackId) {
    RollbackRecord record = records.get(rollbackId);
    return record == null ? byOperator(rollbackId) : record;
  }

  private @Nullable RollbackRecord byOperator(String rollbackId) {
    return registry.history(null).stream()
        .filter(event -> event.kind() == RegistryEvent.Kind.ROLLED_BACK)
        .filter(event -> rollbackId.equals(RollbackRecord.manualId(event.eventId())))
        .filter(event -> records.values().stream().noneMatch(r -> isOf(r, event)))
        .findFirst()
        .map(InMemoryRollbacks::byOperator)
        .orElse(null);
  }

  private static boolean isOf(RollbackRecord record, RegistryEvent event) {
    return record.registryEventId() != null && record.registryEventId() == event.eventId();
  }

  private static RollbackRecord byOperator(RegistryEvent event) {
    String toVersion = Objects.requireNonNull(event.toVersion()).toString();
    StepResult step =
        new StepResult(
            RollbackStep.EXECUTE,
            event.at(),
            StepResult.Status.DONE,
            event.fromVersion() + " → " + toVersion);
    return RollbackRecord.builder(
            RollbackRecord.manualId(event.eventId()),
            Kind.MANUAL,
            event.promptId(),
            Objects.requireNonNull(event.fromVersion()).toString(),
            Status.SWITCHED,
            Objects.requireNonNull(event.reason()))
        .toVersion(toVersion)
        .requestedBy(event.actor())
        .switchedAt(event.at())
        .registryEventId(event.eventId())
        .steps(List.of(step))
        .build();
  }

  /** The changes of a prompt, or of all prompts if it is null, each with the decision behind it. */
  public synchronized List<RegistryEvent> history(@Nullable String promptId) {
    Map<Long, String> decisions = new HashMap<>();
    records.forEach((id, record) -> decisions.put(record.registryEventId(), id));
    return registry.history(promptId).stream()
        .map(event -> event.withDecision(decisions.get(event.eventId())))
        .toList();
  }

  /** An automatic rollback that was carried out before: it counts for the safeguards. */
  public synchronized void happened(String promptId, Instant at) {
    automatic.computeIfAbsent(promptId, id -> new ArrayList<>()).add(at);
  }

  /** An operator has looked: the prompt may be rolled back automatically again. */
  public synchronized void clear(String promptId) {
    cleared.put(promptId, clock.instant());
  }
}
