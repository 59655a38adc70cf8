package io.promptmonitor.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.promptmonitor.common.deployment.MonitorConfig;
import io.promptmonitor.common.execution.PromptVersionId;
import io.promptmonitor.common.registry.Performance;
import io.promptmonitor.common.registry.PromptHash;
import io.promptmonitor.common.registry.RollbackPolicy;
import io.promptmonitor.common.registry.SemanticVersion;
import io.promptmonitor.common.registry.VersionDefinition;
import io.promptmonitor.database.embedded.PostgresExtension;
import io.promptmonitor.jobs.TestCluster;
import io.promptmonitor.jobs.monitor.JobSettings;
import io.promptmonitor.jobs.monitor.MonitorTopology;
import io.promptmonitor.jobs.sink.RetryPolicy;
import io.promptmonitor.jobs.sink.SinkOptions;
import io.promptmonitor.jobs.sink.WindowMetricsSink;
import io.promptmonitor.jobs.source.registry.PostgresRegistryChanges;
import io.promptmonitor.jobs.source.registry.RegistryPolling;
import io.promptmonitor.jobs.source.registry.RegistrySource;
import io.promptmonitor.registry.PostgresPromptRegistry;
import java.time.Duration;
import java.util.TreeSet;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.api.connector.source.Boundedness;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.core.execution.JobClient;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.Timeout.ThreadMode;
import org.junit.jupiter.api.extension.RegisterExtension;

/** A version is registered while the job runs, and known in all windows that end from then on. */
@Timeout(value = 120, threadMode = ThreadMode.SEPARATE_THREAD)
class RegisteredWhileRunningTest {

  @RegisterExtension private static final TestCluster CLUSTER = new TestCluster();
  @RegisterExtension private static final PostgresExtension POSTGRES = new PostgresExtension();

  private static final Duration LIMIT = Duration.ofSeconds(30);
  private static final PromptVersionId PROMPT = new PromptVersionId("prompt-0", "1.0.0");

  @Test
  void aNewVersionIsKnownInTheNextWindows() throws Exception {
    RegistryTap.Probe.begin(new TreeSet<>());
    JobClient job = start();
    Await.until("the first windows", LIMIT, () -> count("calibration_bias IS NULL") > 3);
    assertThat(count("calibration_bias IS NOT NULL")).isZero();
    try (PostgresPromptRegistry registry = new PostgresPromptRegistry(POSTGRES.database())) {
      registry.register(
          PROMPT.promptId(),
          new VersionDefinition(
              SemanticVersion.parse(PROMPT.version()),
              PromptHash.of("text"),
              null,
              null,
              null,
              new Performance(8.0, null, null, null),
              RollbackPolicy.defaults(),
              null),
          "text");
    }
    long registered = System.nanoTime();
    RegistryTap.Probe.awaitEvent(1);
    assertThat(Duration.ofNanos(System.nanoTime() - registered)).isLessThan(Duration.ofSeconds(2));
    Await.until("windows with calibration", LIMIT, () -> count("calibration_bias IS NOT NULL") > 3);
    job.cancel().get();

    // Once it is known, it stays known; and what was written before stays as it was.
    assertThat(
            POSTGRES.query(
                "SELECT max(window_start) FILTER (WHERE calibration_bias IS NULL)"
                    + " < min(window_start) FILTER (WHERE calibration_bias IS NOT NULL)"
                    + " FROM window_metrics WHERE window_size = '1m' AND prompt_id = 'prompt-0'"))
        .isEqualTo("t");
    for (String bias :
        POSTGRES
            .query(
                "SELECT calibration_bias FROM window_metrics"
                    + " WHERE window_size = '1m' AND calibration_bias IS NOT NULL")
            .split("\n")) {
      assertThat(Double.parseDouble(bias)).isCloseTo(1.5, within(1e-9));
    }
  }

  private static long count(String condition) {
    return Long.parseLong(
        POSTGRES.query(
            "SELECT count(*) FROM window_metrics WHERE window_size = '1m'"
                + " AND prompt_id = 'prompt-0' AND "
                + condition));
  }

  private static JobClient start() throws Exception {
    StreamExecutionEnvironment environment = CLUSTER.environment(2, new Configuration());
    JobSettings.apply(environment);
    MonitorTopology.Outputs outputs =
        new MonitorTopology(MonitorConfig.defaults())
            .build(
                environment,
                EndlessExecutions.source(),
                new RegistrySource(
                    PostgresRegistryChanges.in(POSTGRES.database()),
                    Boundedness.CONTINUOUS_UNBOUNDED,
                    RegistryPolling.DEFAULT));
    outputs
        .windows()
        .sinkTo(
            new WindowMetricsSink(
                new SinkOptions(POSTGRES.database(), 100, 50, RetryPolicy.DEFAULT)))
        .name("windows")
        .uid("windows");
    outputs
        .registryChanges()
        .broadcast()
        .transform("tap", Types.LONG, new RegistryTap())
        .uid("tap");
    return environment.executeAsync("registered-while-running");
  }
}
