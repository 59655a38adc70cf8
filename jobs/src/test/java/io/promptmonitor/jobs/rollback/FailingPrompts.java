package io.promptmonitor.jobs.rollback;

import io.promptmonitor.cluster.Registrations;
import io.promptmonitor.common.alerts.AlertAction;
import io.promptmonitor.common.alerts.AlertKey;
import io.promptmonitor.common.alerts.AlertReading;
import io.promptmonitor.common.alerts.Confidence;
import io.promptmonitor.common.alerts.EvidenceSample;
import io.promptmonitor.common.alerts.RollbackTrigger;
import io.promptmonitor.common.alerts.RuleKind;
import io.promptmonitor.common.alerts.RuleSummary;
import io.promptmonitor.common.alerts.Severity;
import io.promptmonitor.common.conditions.Operator;
import io.promptmonitor.common.control.RegistrySignal;
import io.promptmonitor.common.execution.Execution;
import io.promptmonitor.common.execution.PromptVersionId;
import io.promptmonitor.common.metrics.Metric;
import io.promptmonitor.common.metrics.WindowAggregate;
import io.promptmonitor.common.registry.InMemoryPromptRegistry;
import io.promptmonitor.common.registry.RegistryChange;
import io.promptmonitor.common.registry.RegistryEvent;
import io.promptmonitor.common.registry.RegistryException;
import io.promptmonitor.common.rollback.InMemoryRollbacks;
import io.promptmonitor.common.rollback.RollbackInput;
import io.promptmonitor.common.rollback.RollbackOrder;
import io.promptmonitor.common.rollback.RollbackRecord;
import io.promptmonitor.common.rollback.RollbackRegistry;
import io.promptmonitor.common.windows.WindowSize;
import io.promptmonitor.common.windows.WindowUpdate;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Prompts of which version 2.0.0 replaced 1.0.0 and fails, in a registry in memory whose clock is
 * in the test's hand; what the rules and the windows say of them.
 */
final class FailingPrompts implements RollbackRegistry {

  static final long MINUTE = 60_000;
  static final String OLD = "1.0.0";
  static final String NEW = "2.0.0";

  /** When 2.0.0 was deployed. A whole day, so that minutes and hours are whole, too. */
  static final long START = Instant.parse("2026-03-02T00:00:00Z").toEpochMilli();

  private static final String RULE = "rollback: error_rate > 0.10 for 5 minutes";

  final InMemoryPromptRegistry registry;

  /** What the registry says instead of an answer; null if it answers. */
  @Nullable RegistryException away;

  private final InMemoryRollbacks rollbacks;

  /** Test time: that of the registry. */
  private long now = START;

  FailingPrompts(String... promptIds) {
    registry = new InMemoryPromptRegistry(() -> "alice", () -> Instant.ofEpochMilli(now));
    rollbacks = new InMemoryRollbacks(registry, () -> Instant.ofEpochMilli(now));
    now = START - 10 * 24 * 60 * MINUTE;
    for (String promptId : promptIds) {
      deploy(promptId, OLD);
    }
    now = START;
    for (String promptId : promptIds) {
      deploy(promptId, NEW);
    }
  }

  /** Registers a version and makes it active. */
  void deploy(String promptId, String version) {
    Registrations.deploy(registry, promptId, version);
  }

  void time(long time) {
    now = time;
  }

  void clear(String promptId) {
    rollbacks.clear(promptId);
  }

  String active(String promptId) {
    return registry.getActive(promptId).versionId().toString();
  }

  /** All changes from an event on, as the stream of changes tells them. */
  List<RegistrySignal> signalsAfter(long eventId) {
    return rollbacks.history(null).stream()
        .filter(event -> event.eventId() > eventId)
        .map(this::signal)
        .toList();
  }

  private RegistrySignal signal(RegistryEvent event) {
    return new RegistrySignal(
        new RegistryChange(
            event,
            event.kind() == RegistryEvent.Kind.REGISTERED
                ? registry.version(event.promptId(), event.versionId()).definition()
                : null));
  }

  /** How often a prompt was rolled back. */
  long switches(String promptId) {
    return registry.history(promptId).stream()
        .filter(event -> event.kind() == RegistryEvent.Kind.ROLLED_BACK)
        .count();
  }

  // The registry as the protocol sees it

  private void call() {
    if (away != null) {
      throw away;
    }
  }

  @Override
  public String verifiedTarget(String promptId, String failingVersion) {
    call();
    return rollbacks.verifiedTarget(promptId, failingVersion);
  }

  @Override
  public RollbackRecord switchBack(RollbackOrder order) {
    call();
    return rollbacks.switchBack(order);
  }

  @Override
  public @Nullable RollbackRecord recorded(String rollbackId) {
    call();
    return rollbacks.recorded(rollbackId);
  }

  // What comes from the windows and the rules

  /** A window with so many executions, of which the first ones time out. */
  static RollbackInput window(
      String promptId, String version, WindowSize size, long start, int executions, int failures) {
    PromptVersionId promptVersion = new PromptVersionId(promptId, version);
    WindowAggregate aggregate = new WindowAggregate();
    for (int i = 0; i < executions; i++) {
      aggregate.add(
          new Execution(
              i,
              promptVersion,
              start + i * (size.millis() / executions),
              500 + i % 100,
              100,
              50,
              i >= failures,
              i < failures ? "timeout" : null,
              Execution.NO_FEEDBACK,
              Execution.NO_SCORE,
              Execution.NO_HASH,
              Execution.NO_HASH,
              Execution.NO_HASH,
              "small",
              null));
    }
    aggregate.close();
    return RollbackInput.of(
        new WindowUpdate(promptVersion, size, start, true, 1, false, Double.NaN, aggregate));
  }

  /** The rule demands a rollback of a version, half of whose executions in a minute failed. */
  static RollbackInput demand(String promptId, String version, long episode, long time) {
    PromptVersionId promptVersion = new PromptVersionId(promptId, version);
    EvidenceSample sample = new EvidenceSample(Metric.ERROR_RATE, Double.NaN, 10, 20, 0.03);
    return RollbackInput.of(
        new RollbackTrigger(
            new AlertKey(promptVersion, RULE).dedupKey(episode),
            promptVersion,
            RULE,
            new RuleSummary(
                RuleKind.ROLLBACK_TRIGGER,
                Severity.CRITICAL,
                "error_rate > 0.10 for 5m",
                5 * MINUTE,
                List.of(Metric.ERROR_RATE),
                List.of(AlertAction.AUTO_ROLLBACK),
                Confidence.HIGH,
                List.of()),
            Confidence.HIGH,
            time,
            episode,
            episode + 5 * MINUTE,
            new AlertReading(
                Metric.ERROR_RATE,
                Operator.GREATER,
                0.5,
                0.1,
                Double.NaN,
                sample.executions(),
                MINUTE,
                Double.NaN),
            sample,
            List.of()));
  }
}
