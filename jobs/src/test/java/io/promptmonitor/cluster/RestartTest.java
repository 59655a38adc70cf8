package io.promptmonitor.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import io.promptmonitor.common.alerts.AlertTransition.Change;
import io.promptmonitor.common.alerts.AlertingConfig;
import io.promptmonitor.common.channels.ChannelsConfig;
import io.promptmonitor.common.deployment.Deduplication;
import io.promptmonitor.common.deployment.DeploymentConfig;
import io.promptmonitor.common.deployment.MonitorConfig;
import io.promptmonitor.common.notifications.GroupingConfig;
import io.promptmonitor.common.windows.WindowUpdate;
import io.promptmonitor.database.Database;
import io.promptmonitor.database.embedded.RestartablePostgres;
import io.promptmonitor.database.migration.Migrations;
import io.promptmonitor.jobs.alerts.EscalationClock;
import io.promptmonitor.jobs.metrics.JobMetric;
import io.promptmonitor.jobs.monitor.AlertTopology;
import io.promptmonitor.jobs.monitor.JobSettings;
import io.promptmonitor.jobs.monitor.MonitorJob;
import io.promptmonitor.jobs.monitor.MonitorTopology;
import io.promptmonitor.jobs.serialization.RecordTypeInfo;
import io.promptmonitor.jobs.sink.AlertEscalationSink;
import io.promptmonitor.jobs.sink.AlertEventSink;
import io.promptmonitor.jobs.sink.AlertExemplarSink;
import io.promptmonitor.jobs.sink.AlertSink;
import io.promptmonitor.jobs.sink.DeadLetterSink;
import io.promptmonitor.jobs.sink.RetryPolicy;
import io.promptmonitor.jobs.sink.RollbackSink;
import io.promptmonitor.jobs.sink.RuleStatusSink;
import io.promptmonitor.jobs.sink.SinkOptions;
import io.promptmonitor.jobs.sink.WindowMetricsSink;
import io.promptmonitor.jobs.source.ExecutionSource;
import io.promptmonitor.jobs.source.file.FileExecutions;
import io.promptmonitor.registry.PostgresRollbacks;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.apache.flink.api.common.JobExecutionResult;
import org.apache.flink.api.common.functions.MapFunction;
import org.apache.flink.configuration.CheckpointingOptions;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.RestartStrategyOptions;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Tasks fail at random points and the database is killed and restarted: the tables are those of a
 * run in which nothing happened.
 */
@Timeout(value = 5, unit = TimeUnit.MINUTES)
class RestartTest {

  private static final int EXECUTIONS = 6_000;
  private static final int FEW = EXECUTIONS / 10;

  @TempDir private static Path directory;

  private static RestartablePostgres postgres;
  private static CompletableFuture<Void> databaseRestart = CompletableFuture.completedFuture(null);

  @BeforeAll
  static void prepare() throws Exception {
    Traffic traffic = new Traffic(7, EXECUTIONS, Duration.ofMinutes(30), 5);
    // Without the late ones: with a shuffle, it depends on the other readers whether they are late.
    traffic.writeFiles(directory.resolve("traffic"), List.of(traffic.body(), traffic.closing()));
    postgres =
        RestartablePostgres.start(
            Files.createDirectory(directory.resolve("postgres")), Map.of("fsync", "off"));
  }

  @AfterAll
  static void stop() {
    new Faults(0).begin();
    postgres.close();
  }

  @ParameterizedTest
  @EnumSource
  void theTablesAreThoseOfAnUndisturbedRun(Deduplication deduplication) throws Exception {
    String name = deduplication.name().toLowerCase(Locale.ROOT);
    Database undisturbed = database("undisturbed_" + name);
    new Faults(0).begin();
    Map<String, Object> counts = run(undisturbed, deduplication, 1);

    Database disturbed = database("disturbed_" + name);
    new Faults(deduplication.ordinal())
        .then(FEW, Faults::failTask)
        .thenAfterCheckpoint(2 * FEW, Faults::failTask)
        .thenAfterCheckpoint(FEW, RestartTest::restartDatabase)
        .then(FEW, Faults::failTask)
        .thenAfterCheckpoint(3 * FEW, Faults::failTask)
        .begin();
    Map<String, Object> disturbedCounts = run(disturbed, deduplication, 2);

    assertThat(Faults.allHappened()).isTrue();
    assertThat(databaseRestart).isCompleted();
    assertThat(Tables.windows(undisturbed)).hasSizeGreaterThan(500);
    assertThat(Tables.windows(undisturbed).values())
        .anyMatch(row -> !row.contains("\"calibration_bias\": null"));
    assertThat(Tables.windows(disturbed)).isEqualTo(Tables.windows(undisturbed));
    assertThat(Tables.deadLetters(disturbed)).isEqualTo(Tables.deadLetters(undisturbed));
    assertThat(Tables.feedbackWithoutWindow(disturbed))
        .isEqualTo(Tables.feedbackWithoutWindow(undisturbed));
    assertThat(Tables.alerts(undisturbed)).hasSizeGreaterThan(20);
    assertThat(Tables.alerts(undisturbed).values()).anyMatch(row -> row.contains("resolved"));
    if (deduplication == Deduplication.GLOBAL) {
      // Otherwise a retry that comes late to another partition counts, in whichever evaluation is
      // the next one then.
      assertThat(Tables.alerts(disturbed))
          .containsExactlyInAnyOrderEntriesOf(Tables.alerts(undisturbed));
      assertThat(Tables.alertDetails(disturbed))
          .containsExactlyInAnyOrderEntriesOf(Tables.alertDetails(undisturbed));
    }
    assertThat(disturbedCounts).isEqualTo(counts);
  }

  /** In a thread of its own: the task goes on, and may fail meanwhile. */
  private static void restartDatabase() {
    databaseRestart =
        CompletableFuture.runAsync(
            () -> {
              postgres.kill();
              postgres.restart();
            });
  }

  private static Database database(String name) throws SQLException {
    try (Connection connection = postgres.database().connect();
        Statement statement = connection.createStatement()) {
      statement.execute("CREATE DATABASE " + name);
    }
    Database database = postgres.database().withName(name);
    Migrations.apply(database);
    Registrations.someVersions(database);
    return database;
  }

  /** Runs the job to its end; returns its counters, without those that runs differ in. */
  private static Map<String, Object> run(
      Database database, Deduplication deduplication, int parallelism) throws Exception {
    Configuration settings = new Configuration();
    settings.set(CheckpointingOptions.CHECKPOINTING_INTERVAL, Duration.ofMillis(50));
    settings.set(RestartStrategyOptions.RESTART_STRATEGY, "fixed-delay");
    settings.set(RestartStrategyOptions.RESTART_STRATEGY_FIXED_DELAY_ATTEMPTS, 10);
    settings.set(RestartStrategyOptions.RESTART_STRATEGY_FIXED_DELAY_DELAY, Duration.ofMillis(1));
    StreamExecutionEnvironment environment =
        StreamExecutionEnvironment.createLocalEnvironment(parallelism, settings);
    JobSettings.apply(environment);
    MonitorConfig config = config(deduplication);
    DeploymentConfig deployment =
        new DeploymentConfig(
            config,
            AlertingConfig.defaults(),
            GroupingConfig.defaults(),
            ChannelsConfig.defaults());
    ExecutionSource source =
        FileExecutions.of(
            List.of(directory.resolve("traffic").toString()),
            MonitorJob.parsers(config, null),
            MonitorJob.watermarks(config));
    MonitorTopology.Outputs outputs =
        new MonitorTopology(deployment)
            .withMaxWindowsInMemory(1_000)
            .build(environment, FaultySource.of(source), MonitorJob.registry(database, source));
    SinkOptions sinks = new SinkOptions(database, 200, 50, new RetryPolicy(100, 500, 60_000));
    outputs
        .windows()
        .map(new FaultyStep())
        .returns(RecordTypeInfo.WINDOW_UPDATE)
        .uid("faulty-step")
        .sinkTo(new WindowMetricsSink(sinks))
        .uid("window-metrics");
    outputs.deadLetters().sinkTo(new DeadLetterSink(sinks)).uid("dead-letters");
    AlertTopology.Outputs alerts =
        new AlertTopology(
                deployment, EscalationClock.EVENT_TIME, () -> new PostgresRollbacks(database))
            .build(outputs.windows(), outputs.evaluations(), outputs.registryChanges());
    alerts.events().sinkTo(new AlertSink(sinks)).uid("alerts");
    alerts.events().sinkTo(new AlertEventSink(sinks)).uid("alert-transitions");
    alerts.statuses().sinkTo(new RuleStatusSink(sinks)).uid("rule-statuses");
    alerts.exemplars().sinkTo(new AlertExemplarSink(sinks)).uid("alert-evidence");
    alerts.escalations().sinkTo(new AlertEscalationSink(sinks)).uid("alert-escalations");
    alerts.rollbacks().sinkTo(new RollbackSink(sinks)).uid("rollbacks");
    JobExecutionResult result = environment.execute();
    Map<String, Object> counts = new TreeMap<>(result.getAllAccumulatorResults());
    counts.remove(JobMetric.WINDOW_ROWS.metricName());
    // Those of rules on ratings depend on when these are read.
    counts.remove(JobMetric.NOTIFICATIONS.metricName());
    // How often rules were evaluated was seen to be less if the job failed while it ended.
    counts.remove(JobMetric.EVALUATIONS.metricName());
    counts.remove(JobMetric.RULE_EVALUATIONS.metricName());
    // How much of its log is sent again depends on where the source was when the job failed.
    counts.remove(JobMetric.REGISTRY_REPEATS.metricName());
    // How often the registry was asked in vain depends on how long the database was away.
    counts.remove(JobMetric.ROLLBACK_RETRIES.metricName());
    for (Change change : Change.values()) {
      counts.remove(JobMetric.ALERTS.countName(JobMetric.label(change)));
    }
    return counts;
  }

  private static MonitorConfig config(Deduplication deduplication) {
    MonitorConfig defaults = MonitorConfig.defaults();
    return new MonitorConfig(
        defaults.evaluationInterval(),
        defaults.maxOutOfOrderness(),
        defaults.allowedLateness(),
        defaults.idleTimeout(),
        defaults.feedbackHorizon(),
        deduplication,
        defaults.deduplicationMemory(),
        defaults.automatedScoreScale(),
        defaults.maxClockSkew(),
        List.of(Duration.ofMinutes(2)),
        Duration.ofMinutes(1),
        defaults.refresh());
  }

  /** Lets faults happen between the roll-up and its sink, too. */
  private static final class FaultyStep implements MapFunction<WindowUpdate, WindowUpdate> {
    @Override
    public WindowUpdate map(WindowUpdate row) throws Exception {
      Faults.record();
      return row;
    }
  }
}
