package io.promptmonitor.jobs;

import java.time.Duration;
import java.util.List;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.PipelineOptions;
import org.apache.flink.configuration.RestartStrategyOptions;
import org.apache.flink.runtime.minicluster.MiniCluster;
import org.apache.flink.runtime.minicluster.MiniClusterConfiguration;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.flink.streaming.util.TestStreamEnvironment;
import org.junit.jupiter.api.extension.AfterAllCallback;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/**
 * One Flink cluster in the test's JVM for all tests of a class. (Flink's own extension needs JUnit
 * 4.)
 */
public final class TestCluster implements BeforeAllCallback, AfterAllCallback {

  private static final int SLOTS = 4;

  private final MiniCluster cluster;

  public TestCluster() {
    this(new Configuration());
  }

  /** A cluster with settings of its own. */
  public TestCluster(Configuration settings) {
    cluster =
        new MiniCluster(
            new MiniClusterConfiguration.Builder()
                .setConfiguration(settings)
                .withRandomPorts()
                .setNumTaskManagers(1)
                .setNumSlotsPerTaskManager(SLOTS)
                .build());
  }

  @Override
  public void beforeAll(ExtensionContext context) throws Exception {
    cluster.start();
  }

  @Override
  public void afterAll(ExtensionContext context) throws Exception {
    cluster.close();
  }

  /**
   * An environment of this cluster: object reuse on, Kryo off, restarts at once, up to ten times.
   *
   * @param parallelism 1 to 4
   * @param more settings to be added to those
   */
  public StreamExecutionEnvironment environment(int parallelism, Configuration more) {
    Configuration configuration = new Configuration();
    configuration.set(PipelineOptions.GENERIC_TYPES, false);
    configuration.set(PipelineOptions.OBJECT_REUSE, true);
    configuration.set(RestartStrategyOptions.RESTART_STRATEGY, "fixed-delay");
    configuration.set(RestartStrategyOptions.RESTART_STRATEGY_FIXED_DELAY_ATTEMPTS, 10);
    configuration.set(
        RestartStrategyOptions.RESTART_STRATEGY_FIXED_DELAY_DELAY, Duration.ofMillis(1));
    configuration.addAll(more);
    return new TestStreamEnvironment(cluster, configuration, parallelism, List.of(), List.of());
  }
}
