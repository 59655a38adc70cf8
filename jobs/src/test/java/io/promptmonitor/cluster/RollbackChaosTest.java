package io.promptmonitor.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import io.promptmonitor.cluster.RollbackChaos.Point;
import io.promptmonitor.common.alerts.AlertEvent;
import io.promptmonitor.common.alerts.AlertTransition.Change;
import io.promptmonitor.common.alerts.AlertingConfig;
import io.promptmonitor.common.alerts.RuleKind;
import io.promptmonitor.common.channels.ChannelsConfig;
import io.promptmonitor.common.config.ConfigReader;
import io.promptmonitor.common.deployment.DeploymentConfig;
import io.promptmonitor.common.deployment.MonitorConfig;
import io.promptmonitor.common.execution.Execution;
import io.promptmonitor.common.execution.PromptVersionId;
import io.promptmonitor.common.ingest.Ingested;
import io.promptmonitor.common.notifications.GroupingConfig;
import io.promptmonitor.common.notifications.Notification;
import io.promptmonitor.common.registry.RegistryException;
import io.promptmonitor.common.rollback.RollbackOrder;
import io.promptmonitor.common.rollback.RollbackRecord;
import io.promptmonitor.common.rollback.RollbackRegistry;
import io.promptmonitor.database.Database;
import io.promptmonitor.database.embedded.PostgresExtension;
import io.promptmonitor.jobs.TestCluster;
import io.promptmonitor.jobs.TestRecords;
import io.promptmonitor.jobs.alerts.EscalationClock;
import io.promptmonitor.jobs.monitor.AlertTopology;
import io.promptmonitor.jobs.monitor.JobSettings;
import io.promptmonitor.jobs.monitor.MonitorJob;
import io.promptmonitor.jobs.monitor.MonitorTopology;
import io.promptmonitor.jobs.serialization.RecordTypeInfo;
import io.promptmonitor.jobs.sink.AlertSink;
import io.promptmonitor.jobs.sink.OutboxRow;
import io.promptmonitor.jobs.sink.OutboxWriters;
import io.promptmonitor.jobs.sink.RetryPolicy;
import io.promptmonitor.jobs.sink.RollbackSink;
import io.promptmonitor.jobs.sink.SinkOptions;
import io.promptmonitor.jobs.source.ExecutionSource;
import io.promptmonitor.jobs.source.registry.PostgresRegistryChanges;
import io.promptmonitor.jobs.source.registry.RegistryPolling;
import io.promptmonitor.jobs.source.registry.RegistrySource;
import io.promptmonitor.registry.PostgresPromptRegistry;
import io.promptmonitor.registry.PostgresRollbacks;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import org.apache.flink.api.common.functions.MapFunction;
import org.apache.flink.api.common.state.CheckpointListener;
import org.apache.flink.api.connector.sink2.Sink;
import org.apache.flink.api.connector.sink2.SinkWriter;
import org.apache.flink.api.connector.sink2.WriterInitContext;
import org.apache.flink.api.connector.source.Boundedness;
import org.apache.flink.api.connector.source.util.ratelimit.RateLimiterStrategy;
import org.apache.flink.configuration.CheckpointingOptions;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.StateBackendOptions;
import org.apache.flink.connector.datagen.source.DataGeneratorSource;
import org.apache.flink.core.execution.JobClient;
import org.apache.flink.runtime.state.FunctionInitializationContext;
import org.apache.flink.runtime.state.FunctionSnapshotContext;
import org.apache.flink.streaming.api.checkpoint.CheckpointedFunction;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.flink.streaming.api.functions.sink.v2.DiscardingSink;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.Timeout.ThreadMode;
import org.junit.jupiter.api.extension.RegisterExtension;

/**
 * The whole job fails at every point of a rollback, again and again, during an incident: each time
 * there is one switch, one event with all seven steps, and the messages of a run without failures.
 * It goes by event time, which runs a thousand times as fast as the clock, so that runs can be
 * compared; its executions never end.
 */
@Tag("slow")
@Timeout(value = 600, threadMode = ThreadMode.SEPARATE_THREAD)
class RollbackChaosTest {

  @RegisterExtension private static final TestCluster CLUSTER = new TestCluster();
  @RegisterExtension private static final PostgresExtension POSTGRES = new PostgresExtension();

  /** More than the build takes time for: {@code -Dchaos.runs=100}. */
  private static final int RUNS = Integer.getInteger("chaos.runs", 48);

  private static final long SEED = 11;
  private static final Duration LIMIT = Duration.ofSeconds(30);

  private static final long MINUTE = 60_000;
  private static final long START = Instant.parse("2026-03-02T10:00:00Z").toEpochMilli();

  /** So many executions there are in a minute of event time, and in a second of the test's. */
  private static final int PER_MINUTE = 30;

  private static final int RATE = 2_000;

  // Minutes of event time at which the traffic changes.
  private static final int DEPLOYED = 20;
  private static final int FAILS = 26;
  private static final int REPLACED = 33;

  /** One rule, so that it is clear which one demands; nothing is repeated. */
  private static final String RULES =
      """
      alert_rules:
        - name: "Critical Error Rate"
          condition: "error_rate > 0.05"
          window: "5_minutes"
          severity: "critical"
          actions: ["alert", "auto_rollback"]
      escalation:
        critical:
          channels: ["slack", "pagerduty"]
          repeat_after: "24_hours"
      auto_rollback:
        triggers: []
      """;

  /** What a run leaves, without the name of its prompt. */
  private record Traces(String rollback, String steps, String messages) {}

  @Test
  void whereverItFailsThereIsOneRollback() throws Exception {
    SplittableRandom random = new SplittableRandom(SEED);
    Traces calm = run("calm", Map.of(), null);
    assertThat(calm.rollback()).startsWith("1.0.0|switched|recovered|");
    assertThat(calm.steps()).isEqualTo("detect,verify,snapshot,switch,notify,log,monitor|done");
    assertThat(calm.messages())
        .contains("Automatic rollback 2.0.0 firing", "Automatic rollback 2.0.0 resolved");
    Point[] points = Point.values();
    for (int run = 0; run < RUNS; run++) {
      Map<Point, Integer> failures = new TreeMap<>();
      plan(points[run % points.length], failures, random);
      plan(points[random.nextInt(points.length)], failures, random);
      String promptId = "p" + run;
      Traces traces = run(promptId, failures, calm);
      String as = "run " + run + " " + failures;
      // A registry that is away is asked again at a later evaluation.
      boolean later = failures.containsKey(Point.REGISTRY_AWAY);
      if (later) {
        assertThat(traces.rollback()).as(as).startsWith("1.0.0|switched|recovered|");
        assertThat(traces.steps()).as(as).isEqualTo(calm.steps());
        assertThat(traces.messages()).as(as).isEqualTo(calm.messages());
      } else {
        assertThat(traces).as(as).isEqualTo(calm);
      }
      assertThat(
              POSTGRES.query(
                  "SELECT count(*), count(decision_id) FROM registry_event"
                      + " WHERE kind = 'rolled_back' AND prompt_id = '"
                      + promptId
                      + "'"))
          .as(as)
          .isEqualTo("1|1");
      assertThat(POSTGRES.query("SELECT automatic_24h FROM rollback_allowance")).isEqualTo("1");
    }
    System.err.println("failures: " + new TreeMap<>(RollbackChaos.hits()));
    assertThat(RollbackChaos.hits())
        .hasSize(points.length)
        .allSatisfy((point, hits) -> assertThat(hits).as(point.name()).isGreaterThanOrEqualTo(3));
  }

  private static void plan(Point point, Map<Point, Integer> failures, SplittableRandom random) {
    int often =
        switch (point) {
          case BEFORE_THE_TRIGGER -> FAILS * PER_MINUTE;
          case DURING_WATCH -> 8 * PER_MINUTE;
          case BEFORE_CHECKPOINT, AFTER_CHECKPOINT -> 3;
          default -> 1;
        };
    failures.put(point, 1 + random.nextInt(often));
    if (point == Point.BEFORE_READING) {
      failures.put(Point.AFTER_SWITCH, 1); // Otherwise there is nothing to read.
    }
  }

  /**
   * Runs the job until all is said and done.
   *
   * @param like what a run without failures leaves; null if this is one
   */
  private static Traces run(String promptId, Map<Point, Integer> failures, @Nullable Traces like)
      throws Exception {
    POSTGRES.execute(
        "SET session_replication_role = replica; TRUNCATE registry_event, prompt_version, prompt,"
            + " rollback_event, alert, notification, notification_message");
    register(promptId);
    RollbackChaos.begin(failures);
    StreamExecutionEnvironment environment = environment();
    define(environment, promptId);
    JobClient job = environment.executeAsync(promptId);
    if (like == null) {
      Await.until("an outcome", LIMIT, () -> traces(promptId).rollback().contains("|recovered|"));
      TimeUnit.SECONDS.sleep(2);
      job.cancel().get();
    } else {
      Await.until(
          "the messages of " + promptId + " " + failures,
          LIMIT,
          () -> {
            Traces traces = traces(promptId);
            return traces.rollback().contains("|recovered|")
                && traces.messages().equals(like.messages());
          });
      job.cancel().get();
    }
    return traces(promptId);
  }

  private static StreamExecutionEnvironment environment() {
    Configuration settings = new Configuration();
    settings.set(StateBackendOptions.STATE_BACKEND, "hashmap");
    settings.set(CheckpointingOptions.CHECKPOINTING_INTERVAL, Duration.ofMillis(100));
    StreamExecutionEnvironment environment = CLUSTER.environment(1, settings);
    JobSettings.apply(environment);
    return environment;
  }

  private static void define(StreamExecutionEnvironment environment, String promptId) {
    Database database = POSTGRES.database();
    DeploymentConfig config =
        new DeploymentConfig(
            MonitorConfig.defaults(),
            ConfigReader.read(
                "rules.yaml", RULES, top -> AlertingConfig.read(top, Duration.ofSeconds(10))),
            GroupingConfig.defaults(),
            ChannelsConfig.defaults());
    SinkOptions sinks = new SinkOptions(database, 100, 20, new RetryPolicy(100, 500, 60_000));
    RegistrySource changes =
        new RegistrySource(
            PostgresRegistryChanges.in(database),
            Boundedness.CONTINUOUS_UNBOUNDED,
            new RegistryPolling(Duration.ofMillis(50), new RetryPolicy(100, 500, 60_000)));
    MonitorTopology.Outputs outputs =
        new MonitorTopology(config).build(environment, source(promptId), changes);

    outputs
        .registryChanges()
        .filter(
            signal -> {
              RollbackChaos.registryRead(signal.isCaughtUp());
              return false;
            })
        .uid("registry-read")
        .sinkTo(new DiscardingSink<>())
        .uid("nothing");
    AlertTopology.Outputs alerts =
        new AlertTopology(
                config,
                EscalationClock.EVENT_TIME,
                () -> new UnreliableRollbacks(new PostgresRollbacks(database)))
            .build(outputs.windows(), outputs.evaluations(), outputs.registryChanges());
    alerts
        .events()
        .sinkTo(
            new FaultySink<>(
                new AlertSink(sinks),
                event -> {
                  if (isOfRollback(event)) {
                    RollbackChaos.at(Point.WRITING_ALERT);
                  }
                },
                event -> {}))
        .uid("alerts");
    alerts
        .rollbacks()
        .map(new FaultyCheckpoints())
        .returns(RecordTypeInfo.ROLLBACK_RECORD)
        .uid("checkpoints")
        .sinkTo(
            new FaultySink<>(
                new RollbackSink(sinks),
                rollback ->
                    RollbackChaos.at(
                        rollback.outcome() == null
                            ? Point.WRITING_ROLLBACK
                            : Point.WRITING_OUTCOME),
                rollback -> RollbackChaos.at(Point.AFTER_WRITING_ROLLBACK)))
        .uid("rollbacks");
    alerts
        .notifications()
        .sinkTo(
            new FaultySink<>(
                new Outbox(sinks),
                message -> atMessage(message, Point.WRITING_MESSAGE),
                message -> atMessage(message, Point.AFTER_WRITING_MESSAGE)))
        .uid("notifications");
  }

  private static boolean isOfRollback(AlertEvent event) {
    return event.rule().kind() == RuleKind.ROLLBACK && event.change() == Change.FIRING;
  }

  private static void atMessage(Notification message, Point point) {
    if (message.alerts().stream().anyMatch(alert -> alert.rule().equals("Automatic rollback"))) {
      RollbackChaos.at(point);
    }
  }

  /** Version 2.0.0 replaces 1.0.0, fails half of the time from some minute on, and is replaced. */
  private static ExecutionSource source(String promptId) {
    return new ExecutionSource(
        new DataGeneratorSource<>(
            number -> execution(promptId, number),
            Long.MAX_VALUE,
            RateLimiterStrategy.perSecond(RATE),
            RecordTypeInfo.INGESTED),
        MonitorJob.watermarks(MonitorConfig.defaults()).withoutIdleness(),
        "executions",
        "executions");
  }

  private static Ingested execution(String promptId, long number) throws InterruptedException {
    RollbackChaos.awaitRegistry();
    long minute = number / PER_MINUTE;
    boolean isNew = minute >= DEPLOYED && minute < REPLACED;
    boolean bad = isNew && minute >= FAILS;
    boolean fails = number % (bad ? 2 : 100) == 0;
    RollbackChaos.at(minute < REPLACED ? Point.BEFORE_THE_TRIGGER : Point.DURING_WATCH);
    return TestRecords.ingested(
        "generated",
        new Execution(
            number,
            new PromptVersionId(promptId, isNew ? "2.0.0" : "1.0.0"),
            START + number * MINUTE / PER_MINUTE,
            400 + (int) (number % 50),
            10,
            20,
            !fails,
            fails ? "timeout" : null,
            Execution.NO_FEEDBACK,
            Execution.NO_SCORE,
            Execution.NO_HASH,
            Execution.NO_HASH,
            Execution.NO_HASH,
            "small",
            null));
  }

  private static void register(String promptId) {
    try (PostgresPromptRegistry registry = new PostgresPromptRegistry(POSTGRES.database())) {
      Registrations.deploy(registry, promptId, "1.0.0", "2.0.0");
    }
  }

  /** What is in the tables about a prompt; the trigger and the watch are in event time. */
  private static Traces traces(String promptId) {
    String ofPrompt = " WHERE prompt_id = '" + promptId + "'";
    return new Traces(
        POSTGRES.query(
            "SELECT to_version, status, outcome, analysis IS NOT NULL, snapshot IS NOT NULL,"
                + " stragglers ->> 'executions', triggered_at, watch_until, outcome_at"
                + " FROM rollback_event"
                + ofPrompt
                + " ORDER BY status DESC"),
        POSTGRES.query(
            "SELECT string_agg(s ->> 'step', ',' ORDER BY n), string_agg(DISTINCT s ->> 'status', ',')"
                + " FROM rollback_event, jsonb_array_elements(steps) WITH ORDINALITY AS e (s, n)"
                + ofPrompt
                + " AND status = 'switched' GROUP BY rollback_id"),
        // What was said, not what is known to be said: twice would be two lines.
        POSTGRES.query(
            "SELECT channel, concat_ws(' ', a ->> 'rule', a ->> 'prompt_version', a ->> 'reason',"
                + " CASE a ->> 'reason' WHEN 'repeated' THEN a ->> 'number' END)"
                + " FROM notification, jsonb_array_elements(content -> 'alerts') AS a"
                + ofPrompt
                + " ORDER BY 1, 2"));
  }

  /** The registry in the database, and what may go wrong before and after it is asked. */
  private record UnreliableRollbacks(PostgresRollbacks rollbacks)
      implements RollbackRegistry, AutoCloseable {

    @Override
    public String verifiedTarget(String promptId, String failingVersion) {
      if (RollbackChaos.isDue(Point.REGISTRY_AWAY)) {
        throw new RegistryException(
            RegistryException.Reason.UNAVAILABLE, "a failure that a test wants");
      }
      RollbackChaos.at(Point.BEFORE_VERIFY);
      String target = rollbacks.verifiedTarget(promptId, failingVersion);
      RollbackChaos.at(Point.AFTER_VERIFY);
      return target;
    }

    @Override
    public RollbackRecord switchBack(RollbackOrder order) {
      RollbackChaos.at(Point.BEFORE_SWITCH);
      RollbackRecord record = rollbacks.switchBack(order);
      RollbackChaos.switched();
      RollbackChaos.at(Point.AFTER_SWITCH);
      return record;
    }

    @Override
    public @Nullable RollbackRecord recorded(String rollbackId) {
      RollbackChaos.at(Point.BEFORE_READING);
      return rollbacks.recorded(rollbackId);
    }

    @Override
    public void close() {
      rollbacks.close();
    }
  }

  /** Fails before and after checkpoints that hold the switch. */
  private static final class FaultyCheckpoints
      implements MapFunction<RollbackRecord, RollbackRecord>,
          CheckpointedFunction,
          CheckpointListener {

    private static final long serialVersionUID = 1L;

    @Override
    public RollbackRecord map(RollbackRecord rollback) {
      return rollback;
    }

    @Override
    public void initializeState(FunctionInitializationContext context) {}

    @Override
    public void snapshotState(FunctionSnapshotContext context) {
      RollbackChaos.afterSwitchAt(Point.BEFORE_CHECKPOINT);
    }

    @Override
    public void notifyCheckpointComplete(long checkpointId) {
      RollbackChaos.afterSwitchAt(Point.AFTER_CHECKPOINT);
    }
  }

  /** The outbox, from which nothing is sent. */
  private record Outbox(SinkOptions options) implements Sink<Notification> {

    @Override
    public SinkWriter<Notification> createWriter(WriterInitContext context) {
      SinkWriter<OutboxRow> writer = OutboxWriters.open(options, context, () -> {});
      return new SinkWriter<>() {
        @Override
        public void write(Notification message, Context ofMessage)
            throws IOException, InterruptedException {
          writer.write(new OutboxRow(message, "pending"), ofMessage);
        }

        @Override
        public void flush(boolean endOfInput) throws IOException, InterruptedException {
          writer.flush(endOfInput);
        }

        @Override
        public void close() throws Exception {
          writer.close();
        }
      };
    }
  }
}
