package io.promptmonitor.jobs.monitor;

import io.promptmonitor.common.alerts.AlertingConfig;
import io.promptmonitor.common.channels.ChannelsConfig;
import io.promptmonitor.common.deployment.DeploymentConfig;
import io.promptmonitor.common.deployment.MonitorConfig;
import io.promptmonitor.common.notifications.GroupingConfig;
import io.promptmonitor.database.Database;
import io.promptmonitor.jobs.sink.SinkOptions;
import io.promptmonitor.jobs.source.ExecutionSource;
import io.promptmonitor.jobs.source.file.FileExecutions;
import io.promptmonitor.notifications.DeliveryMode;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.apache.flink.configuration.CheckpointingOptions;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.StateBackendOptions;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;

/**
 * Runs the whole job in this JVM, from files to the tables, as {@code promptmon monitor --input}
 * does.
 */
public final class MonitorRunner {

  private MonitorRunner() {}

  /** Runs the job with the default rules to its end and returns its summary. */
  public static MonitorSummary run(MonitorConfig config, Database database, List<Path> files)
      throws Exception {
    return run(
        new DeploymentConfig(
            config,
            AlertingConfig.defaults(),
            GroupingConfig.defaults(),
            ChannelsConfig.defaults()),
        database,
        files);
  }

  /** Runs the job to its end and returns its summary. */
  public static MonitorSummary run(DeploymentConfig config, Database database, List<Path> files)
      throws Exception {
    StreamExecutionEnvironment environment = environment();
    MonitorJob.define(
        environment,
        config,
        source(config.monitor(), files),
        DeliveryMode.REPLAY,
        SinkOptions.of(database));
    return summary(environment);
  }

  /** Computes the windows of an archive, as {@code promptmon monitor --backfill} does. */
  public static MonitorSummary backfill(MonitorConfig config, Database database, List<Path> files)
      throws Exception {
    StreamExecutionEnvironment environment = environment();
    MonitorJob.defineBackfill(
        environment,
        new DeploymentConfig(
            config,
            AlertingConfig.defaults(),
            GroupingConfig.defaults(),
            ChannelsConfig.defaults()),
        source(config, files),
        SinkOptions.of(database));
    return summary(environment);
  }

  private static StreamExecutionEnvironment environment() {
    Configuration configuration = new Configuration();
    configuration.set(StateBackendOptions.STATE_BACKEND, "hashmap");
    configuration.set(CheckpointingOptions.CHECKPOINTING_INTERVAL, Duration.ofSeconds(1));
    return StreamExecutionEnvironment.createLocalEnvironment(2, configuration);
  }

  private static ExecutionSource source(MonitorConfig config, List<Path> files) {
    return FileExecutions.of(
        files.stream().map(Path::toString).toList(),
        MonitorJob.parsers(config, null),
        MonitorJob.watermarks(config));
  }

  private static MonitorSummary summary(StreamExecutionEnvironment environment) throws Exception {
    return MonitorSummary.of(
        environment.execute("test").getAllAccumulatorResults(), Duration.ofSeconds(1));
  }
}
