package io.promptmonitor.common.backtest;

import io.promptmonitor.common.alerts.AlertingConfig;
import io.promptmonitor.common.channels.ChannelsConfig;
import io.promptmonitor.common.deployment.DeploymentConfig;
import io.promptmonitor.common.deployment.MonitorConfig;
import io.promptmonitor.common.execution.Execution;
import io.promptmonitor.common.execution.PromptVersionId;
import io.promptmonitor.common.metrics.Metric;
import io.promptmonitor.common.metrics.RowMetrics;
import io.promptmonitor.common.metrics.WindowAggregate;
import io.promptmonitor.common.notifications.GroupingConfig;
import io.promptmonitor.common.registry.InMemoryPromptRegistry;
import io.promptmonitor.common.registry.Performance;
import io.promptmonitor.common.registry.PromptHash;
import io.promptmonitor.common.registry.RegistryChange;
import io.promptmonitor.common.registry.RegistryEvent.Kind;
import io.promptmonitor.common.registry.RollbackPolicy;
import io.promptmonitor.common.registry.SemanticVersion;
import io.promptmonitor.common.registry.VersionDefinition;
import io.promptmonitor.common.replay.Replay;
import io.promptmonitor.common.replay.ReplayOutput;
import io.promptmonitor.common.windows.WindowSize;
import io.promptmonitor.common.windows.WindowUpdate;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Random;

/**
 * A prompt's history: 1.0.0 is good, 1.1.0 comes after a while and begins to fail. The executions,
 * and the rows that the job would have stored of them.
 */
final class BacktestTraffic {

  static final String PROMPT = "checkout";
  static final String GOOD = "1.0.0";
  static final String BAD = "1.1.0";
  static final long MINUTE = 60_000;
  static final long START = Instant.parse("2026-03-02T00:00:00Z").toEpochMilli();

  private final List<Execution> executions = new ArrayList<>();
  private long now = START - 60 * MINUTE;

  private final InMemoryPromptRegistry registry =
      new InMemoryPromptRegistry(() -> "alice", () -> Instant.ofEpochMilli(now));

  BacktestTraffic() {
    for (String version : List.of(GOOD, BAD)) {
      SemanticVersion id = SemanticVersion.parse(version);
      registry.register(
          PROMPT,
          new VersionDefinition(
              id,
              PromptHash.of("text of " + version),
              null,
              null,
              null,
              new Performance(8.0, 0.98, 400.0, 900.0),
              RollbackPolicy.defaults(),
              null),
          "text of " + version);
      registry.stage(PROMPT, id, null);
    }
    registry.deploy(PROMPT, SemanticVersion.parse(GOOD), null);
  }

  BacktestTraffic deploy(String version, long minute) {
    now = START + minute * MINUTE;
    registry.deploy(PROMPT, SemanticVersion.parse(version), null);
    return this;
  }

  /** A rule took the active version out. */
  BacktestTraffic rollBack(long minute) {
    now = START + minute * MINUTE;
    registry.rollback(PROMPT, null, "it failed");
    return this;
  }

  /** Minutes of a version with evenly spread executions, a share of which fails, or is slow. */
  BacktestTraffic minutes(
      String version,
      long from,
      long to,
      int perMinute,
      double failing,
      double slow,
      Random random) {
    for (long minute = from; minute < to; minute++) {
      for (int i = 0; i < perMinute; i++) {
        long time = START + minute * MINUTE + i * MINUTE / perMinute;
        boolean success = random.nextDouble() >= failing;
        boolean rated = random.nextInt(4) == 0;
        executions.add(
            new Execution(
                executions.size(),
                new PromptVersionId(PROMPT, version),
                time,
                (random.nextDouble() < slow ? 3_000 : 300) + random.nextInt(300),
                100 + random.nextInt(50),
                50,
                success,
                success ? null : "timeout",
                rated ? (byte) (success ? 4 + random.nextInt(2) : 1) : Execution.NO_FEEDBACK,
                rated ? random.nextInt(10 * Execution.SCORE_UNIT) : Execution.NO_SCORE,
                1 + random.nextInt(20),
                Execution.NO_HASH,
                Execution.NO_HASH,
                "small",
                null));
      }
    }
    return this;
  }

  List<Execution> executions() {
    return executions;
  }

  List<RegistryChange> changes() {
    return registry.history(PROMPT).stream()
        .map(
            event ->
                new RegistryChange(
                    event.kind() == Kind.ROLLED_BACK ? event.withDecision("pm-1") : event,
                    event.kind() == Kind.REGISTERED
                        ? registry.version(PROMPT, event.versionId()).definition()
                        : null))
        .toList();
  }

  PromptHistory history(Actual actual) {
    return new PromptHistory(PROMPT, changes(), true, List.of(), actual);
  }

  List<Arrival> arrivals(long pane) {
    return executions.stream()
        .map(execution -> (Arrival) RecordedExecution.of(execution, pane))
        .toList();
  }

  /** The rows that the job would have written. */
  List<Arrival> rows(WindowSize size) {
    List<Arrival> rows = new ArrayList<>();
    Replay replay =
        new Replay(
            withoutRules(),
            START - 60 * MINUTE,
            new ReplayOutput() {
              @Override
              public void window(WindowUpdate update) {
                if (update.size() == size && update.isFinal()) {
                  rows.add(
                      new StoredRow(update.promptVersion(), size, update.start(), metrics(update)));
                }
              }
            });
    changes().forEach(replay::apply);
    executions.stream()
        .sorted(Comparator.comparingLong(Execution::timestamp))
        .forEach(
            execution -> {
              replay.advance(execution.timestamp() / 10_000 * 10_000);
              replay.add(execution);
            });
    replay.finish();
    return rows;
  }

  /** What the columns of a row hold. */
  static RowMetrics metrics(WindowUpdate update) {
    WindowAggregate aggregate = update.aggregate();
    return new RowMetrics(
        aggregate.executionCount(),
        aggregate.successCount(),
        number(Metric.LATENCY_AVG, update),
        number(Metric.AVG_INPUT_TOKENS, update),
        number(Metric.AVG_OUTPUT_TOKENS, update),
        aggregate.quality().ratingCount(),
        number(Metric.AVG_USER_FEEDBACK, update),
        number(Metric.USER_FEEDBACK_NEGATIVE_RATE, update),
        aggregate.quality().scoreCount(),
        number(Metric.AVG_AUTOMATED_SCORE, update),
        aggregate.latencyQuantiles() == null ? null : aggregate.latencyQuantiles().copy(),
        aggregate.usersSketch() == null ? null : aggregate.usersSketch().copy());
  }

  private static double number(Metric metric, WindowUpdate update) {
    return metric.number(update.aggregate(), update.predictedQuality());
  }

  private static DeploymentConfig withoutRules() {
    AlertingConfig defaults = AlertingConfig.defaults();
    return new DeploymentConfig(
        MonitorConfig.defaults(),
        new AlertingConfig(
            List.of(), defaults.escalation(), defaults.autoRollback().withTriggers(List.of())),
        GroupingConfig.defaults(),
        ChannelsConfig.defaults());
  }

  /** The default rules, evaluated each minute. */
  static DeploymentConfig eachMinute() {
    MonitorConfig defaults = MonitorConfig.defaults();
    Duration minute = Duration.ofMinutes(1);
    return new DeploymentConfig(
        new MonitorConfig(
            minute,
            defaults.maxOutOfOrderness(),
            defaults.allowedLateness(),
            defaults.idleTimeout(),
            defaults.feedbackHorizon(),
            defaults.deduplication(),
            defaults.deduplicationMemory(),
            defaults.automatedScoreScale(),
            defaults.maxClockSkew(),
            List.of(),
            minute,
            Map.of()),
        AlertingConfig.defaults(),
        GroupingConfig.defaults(),
        ChannelsConfig.defaults());
  }
}
