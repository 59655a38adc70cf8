package io.promptmonitor.common.rollback;

import io.promptmonitor.common.alerts.AlertAction;
import io.promptmonitor.common.alerts.AlertEvent;
import io.promptmonitor.common.alerts.AlertKey;
import io.promptmonitor.common.alerts.AlertReading;
import io.promptmonitor.common.alerts.AlertTransition.Change;
import io.promptmonitor.common.alerts.AlertingConfig;
import io.promptmonitor.common.alerts.AutoRollback;
import io.promptmonitor.common.alerts.Confidence;
import io.promptmonitor.common.alerts.EvidenceSample;
import io.promptmonitor.common.alerts.RollbackTrigger;
import io.promptmonitor.common.alerts.RuleKind;
import io.promptmonitor.common.alerts.RuleSummary;
import io.promptmonitor.common.alerts.Severity;
import io.promptmonitor.common.conditions.Operator;
import io.promptmonitor.common.execution.Execution;
import io.promptmonitor.common.execution.PromptVersionId;
import io.promptmonitor.common.metrics.Metric;
import io.promptmonitor.common.metrics.WindowAggregate;
import io.promptmonitor.common.registry.InMemoryPromptRegistry;
import io.promptmonitor.common.registry.Performance;
import io.promptmonitor.common.registry.PromptHash;
import io.promptmonitor.common.registry.RegistryChange;
import io.promptmonitor.common.registry.RegistryEvent;
import io.promptmonitor.common.registry.RegistryException;
import io.promptmonitor.common.registry.RegistryView;
import io.promptmonitor.common.registry.RollbackPolicy;
import io.promptmonitor.common.registry.SemanticVersion;
import io.promptmonitor.common.registry.VersionDefinition;
import io.promptmonitor.common.windows.WindowSize;
import io.promptmonitor.common.windows.WindowUpdate;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The protocol of one prompt with a registry in memory. Version 2.0.0 is active and replaced 1.0.0;
 * times are minutes since its deployment, which is the same by all clocks.
 */
final class RollbackRun implements PromptRollbacks.Output {

  static final long MINUTE = 60_000;
  static final String PROMPT = "checkout";
  static final String OLD = "1.0.0";
  static final String NEW = "2.0.0";
  static final String RULE = "rollback: error_rate > 0.10 for 5 minutes";

  /** A whole day, so that minutes and hours are whole, too. */
  static final long START = Instant.parse("2026-03-02T00:00:00Z").toEpochMilli();

  final InMemoryPromptRegistry registry;
  final InMemoryRollbacks database;
  final Map<String, byte[]> stored = new HashMap<>();
  final List<RollbackRecord> records = new ArrayList<>();
  final List<AlertEvent> alerts = new ArrayList<>();
  final List<String> unavailable = new ArrayList<>();

  /** The calls at which the registry is away. */
  final Set<String> away = new HashSet<>();

  AutoRollback config = AlertingConfig.defaults().autoRollback();
  boolean live = true;

  /** Whether what is heard of the registry happened after the job's first start. */
  boolean caughtUp = true;

  long now = START;
  private final RegistryView view = new RegistryView();
  private int applied;
  private String json = "";

  RollbackRun() {
    this(RollbackPolicy.defaults());
  }

  RollbackRun(RollbackPolicy ofNew) {
    registry = new InMemoryPromptRegistry(() -> "alice", () -> Instant.ofEpochMilli(now));
    database = new InMemoryRollbacks(registry, () -> Instant.ofEpochMilli(now));
    now = START - 10 * 24 * 60 * MINUTE;
    deploy(OLD, RollbackPolicy.defaults());
    now = START;
    deploy(NEW, ofNew);
    hear();
    records.clear();
  }

  void deploy(String version, RollbackPolicy policy) {
    SemanticVersion id = SemanticVersion.parse(version);
    registry.register(
        PROMPT,
        new VersionDefinition(
            id,
            PromptHash.of("text of " + version),
            null,
            null,
            null,
            new Performance(null, null, null, null),
            policy,
            null),
        "text of " + version);
    registry.stage(PROMPT, id, null);
    registry.deploy(PROMPT, id, null);
  }

  // What the job does

  /** What is stored, read again: a crash after every step must not matter. */
  private PromptRollbacks rollbacks() {
    List<String> channels = List.of("on_call_engineer");
    try {
      return json.isEmpty()
          ? new PromptRollbacks(PROMPT, config, channels)
          : PromptRollbacks.fromJson(PROMPT, config, channels, json);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private void keep(PromptRollbacks rollbacks) {
    rollbacks.forgetKnown(context());
    json = rollbacks.isEmpty() ? "" : rollbacks.toJson();
  }

  String state() {
    return json;
  }

  void restore(String state) {
    json = state;
  }

  private RollbackContext context() {
    return new RollbackContext(
        view, new Unreliable(), traffic(), now, () -> Instant.ofEpochMilli(now), live);
  }

  PromptTraffic traffic() {
    return new PromptTraffic(
        new PromptTraffic.Store() {
          @Override
          public byte @Nullable [] get(String key) {
            return stored.get(key);
          }

          @Override
          public void put(String key, byte[] bytes) {
            stored.put(key, bytes);
          }

          @Override
          public void remove(String key) {
            stored.remove(key);
          }
        });
  }

  /** Time goes on to a minute: timers ring on the way. */
  void until(double minute) {
    long end = START + (long) (minute * MINUTE);
    while (true) {
      PromptRollbacks rollbacks = rollbacks();
      long next = Math.min(rollbacks.wakeUpAt(), rollbacks.wakeUpAtWallClock());
      if (next > end) {
        break;
      }
      now = Math.max(now, next);
      rollbacks.wake(context(), this);
      keep(rollbacks);
    }
    now = end;
  }

  /** Tells the protocol what happened in the registry since. */
  void hear() {
    List<RegistryEvent> events = database.history(null);
    PromptRollbacks rollbacks = rollbacks();
    for (RegistryEvent event : events.subList(applied, events.size())) {
      view.apply(
          new RegistryChange(
              event,
              event.kind() == RegistryEvent.Kind.REGISTERED
                  ? registry.version(PROMPT, event.versionId()).definition()
                  : null));
      applied++;
      rollbacks.changed(event, caughtUp, context(), this);
    }
    keep(rollbacks);
  }

  void clear() {
    database.clear(PROMPT);
    PromptRollbacks rollbacks = rollbacks();
    rollbacks.cleared(context(), this);
    keep(rollbacks);
  }

  void finish() {
    PromptRollbacks rollbacks = rollbacks();
    rollbacks.finish(context(), this);
    keep(rollbacks);
  }

  /** A minute of a version: {@code failures} of {@code n} executions time out. */
  void minute(String version, long minute, int n, int failures) {
    window(version, WindowSize.ONE_MINUTE, START + minute * MINUTE, n, failures);
  }

  void window(String version, WindowSize size, long start, int n, int failures) {
    WindowAggregate aggregate = new WindowAggregate();
    for (int i = 0; i < n; i++) {
      aggregate.add(
          new Execution(
              i,
              new PromptVersionId(PROMPT, version),
              start + i * (size.millis() / n),
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
    traffic()
        .add(
            new WindowUpdate(
                new PromptVersionId(PROMPT, version),
                size,
                start,
                true,
                1,
                false,
                Double.NaN,
                aggregate));
  }

  /** The rule demands a rollback: {@code counted} of {@code n} failed in the last minute. */
  void demand(int counted, int n) {
    demand(NEW, Confidence.HIGH, sample(counted, n));
  }

  static EvidenceSample sample(int counted, int n) {
    return new EvidenceSample(Metric.ERROR_RATE, Double.NaN, counted, n, 0.03);
  }

  void demand(String version, Confidence confidence, @Nullable EvidenceSample sample) {
    PromptRollbacks rollbacks = rollbacks();
    rollbacks.take(trigger(version, confidence, sample), context(), this);
    keep(rollbacks);
  }

  /** The episode began five minutes after the deployment of the version. */
  RollbackTrigger trigger(String version, Confidence confidence, @Nullable EvidenceSample sample) {
    PromptVersionId promptVersion = new PromptVersionId(PROMPT, version);
    long episode = START + 5 * MINUTE;
    return new RollbackTrigger(
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
            confidence,
            List.of()),
        confidence,
        now,
        episode,
        START + 10 * MINUTE,
        sample == null
            ? null
            : new AlertReading(
                Metric.ERROR_RATE,
                Operator.GREATER,
                (double) sample.counted() / sample.executions(),
                0.1,
                Double.NaN,
                sample.executions(),
                MINUTE,
                Double.NaN),
        sample,
        List.of());
  }

  // What comes of it

  String active() {
    return registry.getActive(PROMPT).versionId().toString();
  }

  RollbackRecord last() {
    return records.get(records.size() - 1);
  }

  /** What people were told, in the order in which they were. */
  List<String> told() {
    return alerts.stream()
        .map(
            alert ->
                alert.change()
                    + " "
                    + alert.key().rule()
                    + " "
                    + alert.key().promptVersion().version()
                    + (alert.change() == Change.FIRING ? "" : " " + alert.cause()))
        .toList();
  }

  @Override
  public void rollback(RollbackRecord record) {
    records.add(record);
  }

  @Override
  public void alert(AlertEvent event) {
    alerts.add(event);
  }

  @Override
  public void registryUnavailable(RegistryException problem) {
    unavailable.add(problem.getMessage());
  }

  /** The registry, which may be away. */
  private final class Unreliable implements RollbackRegistry {

    private void call(String method) {
      if (away.contains(method)) {
        throw new RegistryException(
            RegistryException.Reason.UNAVAILABLE, "the registry is away: " + method);
      }
    }

    @Override
    public String verifiedTarget(String promptId, String failingVersion) {
      call("verify");
      return database.verifiedTarget(promptId, failingVersion);
    }

    @Override
    public RollbackRecord switchBack(RollbackOrder order) {
      call("switch");
      RollbackRecord record = database.switchBack(order);
      call("answer");
      return record;
    }

    @Override
    public @Nullable RollbackRecord recorded(String rollbackId) {
      call("read");
      RollbackRecord record = database.recorded(rollbackId);
      return record == null
          ? null
          : records.stream()
              .filter(written -> written.rollbackId().equals(rollbackId))
              .filter(written -> written.outcome() != null)
              .findFirst()
              .orElse(record);
    }
  }
}
