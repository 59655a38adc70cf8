package io.promptmonitor.jobs.monitor;

import io.promptmonitor.common.alerts.AlertingConfig;
import io.promptmonitor.common.channels.ChannelsConfig;
import io.promptmonitor.common.deployment.DeploymentConfig;
import io.promptmonitor.common.deployment.MonitorConfig;
import io.promptmonitor.common.notifications.GroupingConfig;
import io.promptmonitor.database.Database;
import io.promptmonitor.jobs.sink.SinkOptions;
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
    Configuration configuration = new Configuration();
    configuration.set(StateBackendOptions.STATE_BACKEND, "hashmap");
    configuration.set(CheckpointingOptions.CHECKPOINTING_INTERVAL, Duration.ofSeconds(1));
    StreamExecutionEnvironment environment =
        StreamExecutionEnvironment.createLocalEnvironment(2, configuration);
    MonitorJob.define(
        environment,
        config,
        FileExecutions.of(
            files.stream().map(Path::toString).toList(),
            MonitorJob.parsers(config.monitor(), null),
            MonitorJob.watermarks(config.monitor())),
        DeliveryMode.REPLAY,
        SinkOptions.of(database));
    return MonitorSummary.of(
        environment.execute("test").getAllAccumulatorResults(), Duration.ofSeconds(1));
  }
}
