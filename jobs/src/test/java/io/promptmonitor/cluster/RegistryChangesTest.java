package io.promptmonitor.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import io.promptmonitor.common.alerts.LabelMatcher;
import io.promptmonitor.common.alerts.OperatorCommand;
import io.promptmonitor.common.deployment.MonitorConfig;
import io.promptmonitor.common.execution.PromptVersionId;
import io.promptmonitor.common.registry.Performance;
import io.promptmonitor.common.registry.PromptHash;
import io.promptmonitor.common.registry.PromptVersion;
import io.promptmonitor.common.registry.RegisteredVersion;
import io.promptmonitor.common.registry.RegistryChange;
import io.promptmonitor.common.registry.RegistryException;
import io.promptmonitor.common.registry.RegistryException.Reason;
import io.promptmonitor.common.registry.RegistryOperation;
import io.promptmonitor.common.registry.RegistryView;
import io.promptmonitor.common.registry.RollbackPolicy;
import io.promptmonitor.common.registry.SemanticVersion;
import io.promptmonitor.common.registry.VersionDefinition;
import io.promptmonitor.database.embedded.PostgresExtension;
import io.promptmonitor.jobs.TestCluster;
import io.promptmonitor.jobs.metrics.JobMetric;
import io.promptmonitor.jobs.monitor.JobSettings;
import io.promptmonitor.jobs.monitor.MonitorTopology;
import io.promptmonitor.jobs.sink.RetryPolicy;
import io.promptmonitor.jobs.source.registry.PostgresRegistryChanges;
import io.promptmonitor.jobs.source.registry.RegistryPolling;
import io.promptmonitor.jobs.source.registry.RegistrySource;
import io.promptmonitor.registry.OperatorCommands;
import io.promptmonitor.registry.PostgresPromptRegistry;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.TreeSet;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.api.connector.source.Boundedness;
import org.apache.flink.configuration.CheckpointingOptions;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.RestartStrategyOptions;
import org.apache.flink.configuration.StateRecoveryOptions;
import org.apache.flink.core.execution.JobClient;
import org.apache.flink.core.execution.SavepointFormatType;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.flink.streaming.api.functions.sink.v2.DiscardingSink;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.Timeout.ThreadMode;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/**
 * The registry is changed a thousand times, and operators command meanwhile, while the job is
 * failed and restarted at random points, and once stopped and continued with another parallelism:
 * it has taken each change and each command once, in order.
 */
@Tag("slow")
@Timeout(value = 300, threadMode = ThreadMode.SEPARATE_THREAD)
class RegistryChangesTest {

  @RegisterExtension private static final TestCluster CLUSTER = new TestCluster();
  @RegisterExtension private static final PostgresExtension POSTGRES = new PostgresExtension();

  private static final int CHANGES = 1_000;
  private static final int WRITERS = 4;
  private static final int FAILURES = 16;

  /** So far the writers run ahead of the job, so that the changes last as long as the failures. */
  private static final int AHEAD = 60;

  private static final long SEED = 42;

  @TempDir private static Path savepoints;

  @Test
  void eachChangeIsSeenOnceAndInOrder() throws Exception {
    Random random = new Random(SEED);
    TreeSet<Long> failures = new TreeSet<>();
    while (failures.size() < FAILURES) {
      failures.add((long) random.nextInt(CHANGES));
    }
    RegistryTap.Probe.begin(failures);
    ExecutorService threads = Executors.newFixedThreadPool(WRITERS + 2);
    try {
      List<Future<?>> writers = new ArrayList<>();
      for (int writer = 0; writer < WRITERS; writer++) {
        int number = writer;
        writers.add(threads.submit(() -> write(number)));
      }
      writers.add(threads.submit(() -> command()));
      JobClient job = start(2, null);
      RegistryTap.Probe.awaitEvent(CHANGES / 4);
      dropConnections();
      RegistryTap.Probe.awaitEvent(CHANGES / 2);
      String savepoint = stop(job);
      RegistryTap.Probe.forgetSubtasks();
      job = start(3, savepoint);
      RegistryTap.Probe.awaitEvent(CHANGES * 3 / 4);
      dropConnections();
      for (Future<?> writer : writers) {
        writer.get();
      }
      RegistryTap.Probe.awaitEvent(lastEventId());
      RegistryTap.Probe.awaitCommand(lastCommandId());
      stop(job);
      assertThat(RegistryTap.Probe.failuresLeft()).isZero();
      // Of the savepoint's, and of failures after a checkpoint.
      assertThat(RegistryTap.Probe.restores()).isGreaterThan(3 + FAILURES / 4);
      check(3);
      Map<String, Object> counts = job.getJobExecutionResult().get().getAllAccumulatorResults();
      assertThat(counts).containsEntry(JobMetric.REGISTRY_CHANGES.metricName(), lastEventId());
      // What was taken before the savepoint came again, and was skipped.
      assertThat((Long) counts.get(JobMetric.REGISTRY_REPEATS.metricName()))
          .isGreaterThan(CHANGES / 4);
    } finally {
      threads.shutdownNow();
    }
  }

  private static long lastEventId() {
    return Long.parseLong(POSTGRES.query("SELECT max(event_id) FROM registry_event"));
  }

  private static long lastCommandId() {
    return Long.parseLong(POSTGRES.query("SELECT max(command_id) FROM operator_command"));
  }

  /** As a database does that fails over; the writers' connections are spared. */
  private static void dropConnections() throws InterruptedException {
    Await.until(
        "connections of the job",
        Duration.ofSeconds(60),
        () ->
            POSTGRES
                .query(
                    "SELECT count(pg_terminate_backend(pid)) > 1 FROM pg_stat_activity"
                        + " WHERE datname = current_database() AND pid <> pg_backend_pid()"
                        + " AND (query LIKE '%FROM promptmon.registry_event e%LIMIT%'"
                        + " OR query LIKE '%FROM promptmon.operator_command c%LIMIT%')")
                .equals("t"));
  }

  // ---- the job

  private static JobClient start(int parallelism, @Nullable String savepoint) throws Exception {
    Configuration settings = new Configuration();
    settings.set(CheckpointingOptions.CHECKPOINTING_INTERVAL, Duration.ofMillis(100));
    settings.set(RestartStrategyOptions.RESTART_STRATEGY_FIXED_DELAY_ATTEMPTS, 1_000);
    if (savepoint != null) {
      settings.set(StateRecoveryOptions.SAVEPOINT_PATH, savepoint);
    }
    StreamExecutionEnvironment environment = CLUSTER.environment(parallelism, settings);
    JobSettings.apply(environment);
    MonitorTopology.Outputs outputs =
        new MonitorTopology(MonitorConfig.defaults())
            .build(
                environment,
                EndlessExecutions.source(),
                new RegistrySource(
                    PostgresRegistryChanges.in(POSTGRES.database()),
                    Boundedness.CONTINUOUS_UNBOUNDED,
                    new RegistryPolling(Duration.ofMillis(10), new RetryPolicy(10, 100, 0))));
    outputs.windows().sinkTo(new DiscardingSink<>()).name("windows").uid("windows");
    outputs
        .registryChanges()
        .broadcast()
        .transform("tap", Types.LONG, new RegistryTap())
        .uid("tap");
    return environment.executeAsync("registry-changes");
  }

  /** Stops the job with a savepoint; it may be failing and restarting at this very moment. */
  private static String stop(JobClient job) throws Exception {
    String[] savepoint = new String[1];
    Await.until(
        "a savepoint",
        Duration.ofSeconds(60),
        () -> {
          savepoint[0] =
              job.stopWithSavepoint(false, savepoints.toString(), SavepointFormatType.CANONICAL)
                  .get();
          return true;
        });
    job.getJobExecutionResult().get();
    return savepoint[0];
  }

  // ---- the writers

  /** Changes prompts of its own until there were enough changes. */
  private static Void write(int writer) throws InterruptedException {
    Random random = new Random(SEED + writer);
    int[] versions = new int[3];
    try (PostgresPromptRegistry registry = new PostgresPromptRegistry(POSTGRES.database())) {
      long eventId = 0;
      while (eventId < CHANGES) {
        RegistryTap.Probe.awaitEvent(eventId - AHEAD);
        int prompt = random.nextInt(versions.length);
        RegistryOperation operation =
            operation(random, "prompt-" + (writer * versions.length + prompt), versions, prompt);
        try {
          Optional<Long> event =
              registry.execute(List.of(operation)).get(0).map(written -> written.eventId());
          eventId = event.orElse(eventId);
        } catch (RegistryException e) {
          // Most orders are not possible in most states; the registry says so.
          assertThat(e.reason()).isNotEqualTo(Reason.UNAVAILABLE);
        }
      }
    }
    return null;
  }

  private static RegistryOperation operation(
      Random random, String promptId, int[] versions, int prompt) {
    int choice = versions[prompt] == 0 ? 0 : random.nextInt(10);
    if (choice == 0) {
      SemanticVersion version = SemanticVersion.parse("1." + versions[prompt]++ + ".0");
      String text = promptId + " " + version;
      return new RegistryOperation.Register(
          promptId,
          new VersionDefinition(
              version,
              PromptHash.of(text),
              null,
              null,
              null,
              new Performance(random.nextInt(101) / 10.0, null, null, null),
              RollbackPolicy.defaults(),
              null),
          text);
    }
    SemanticVersion version = SemanticVersion.parse("1." + random.nextInt(versions[prompt]) + ".0");
    if (choice <= 2) {
      return new RegistryOperation.Stage(promptId, version, null);
    } else if (choice <= 6) {
      return new RegistryOperation.Deploy(promptId, version, "better");
    } else if (choice <= 8) {
      return new RegistryOperation.Rollback(promptId, null, "worse");
    }
    return random.nextInt(5) > 0
        ? new RegistryOperation.Deploy(promptId, version, null)
        : new RegistryOperation.Deprecate(promptId, version, null);
  }

  /** Two commands for every few changes. */
  private static Void command() throws InterruptedException {
    try (OperatorCommands commands = new OperatorCommands(POSTGRES.database())) {
      for (long eventId = 1; eventId < CHANGES; eventId += 10) {
        RegistryTap.Probe.awaitEvent(eventId);
        OperatorCommand silenced =
            commands.silence(
                List.of(LabelMatcher.parse("prompt=prompt-*")), null, Duration.ofHours(1), "why");
        commands.endSilence(silenced.silence().id());
      }
    }
    return null;
  }

  // ---- what it must have seen

  private static void check(int parallelism) {
    long last = lastEventId();
    assertThat(last).isGreaterThanOrEqualTo(CHANGES);
    Map<Long, Integer> once = new HashMap<>();
    once.put(RegistryTap.CAUGHT_UP, 1);
    for (long id = 1; id <= last; id++) {
      once.put(id, 1);
    }
    long lastCommand = lastCommandId();
    assertThat(lastCommand).isEqualTo(2 * CHANGES / 10);
    for (long id = 1; id <= lastCommand; id++) {
      once.put(RegistryTap.COMMAND + id, 1);
    }
    Map<PromptVersionId, RegisteredVersion> versions = new HashMap<>();
    RegistryView folded = new RegistryView();
    try (PostgresPromptRegistry registry = new PostgresPromptRegistry(POSTGRES.database())) {
      for (RegistryChange change : registry.changesAfter(0, Integer.MAX_VALUE)) {
        folded.apply(change);
      }
      for (String promptId : registry.promptIds()) {
        for (PromptVersion version : registry.versions(promptId)) {
          PromptVersionId id = RegistryView.id(promptId, version.versionId());
          RegisteredVersion seen = folded.versions().get(id);
          assertThat(seen.deployment()).isEqualTo(version.deployment());
          assertThat(seen.rollbackReference()).isEqualTo(version.rollbackReference());
          versions.put(id, seen);
        }
      }
    }
    assertThat(folded.versions()).isEqualTo(versions);
    Map<Integer, RegistryTap.Heard> heard = RegistryTap.Probe.heard();
    assertThat(heard).hasSize(parallelism);
    heard
        .values()
        .forEach(
            subtask -> {
              assertThat(subtask.times()).isEqualTo(once);
              assertThat(subtask.versions()).isEqualTo(versions);
            });
  }
}
