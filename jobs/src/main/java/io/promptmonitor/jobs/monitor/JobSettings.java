package io.promptmonitor.jobs.monitor;

import java.time.Duration;
import org.apache.flink.configuration.CheckpointingOptions;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.ExternalizedCheckpointRetention;
import org.apache.flink.configuration.PipelineOptions;
import org.apache.flink.configuration.RestartStrategyOptions;
import org.apache.flink.configuration.StateBackendOptions;
import org.apache.flink.core.execution.CheckpointingMode;
import org.apache.flink.state.rocksdb.EmbeddedRocksDBStateBackend.PriorityQueueStateType;
import org.apache.flink.state.rocksdb.RocksDBOptions;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;

/**
 * What the job demands of Flink, and what it prefers where the cluster's configuration says
 * nothing.
 */
public final class JobSettings {

  private static final Duration CHECKPOINT_INTERVAL = Duration.ofSeconds(30);

  /**
   * Longer than the sinks wait for a database that is away, so that they decide when to give up.
   */
  private static final Duration CHECKPOINT_TIMEOUT = Duration.ofMinutes(15);

  private JobSettings() {}

  /** Applies the settings; those that the user set for the cluster or the job stay as they are. */
  public static void apply(StreamExecutionEnvironment environment) {
    Configuration demanded = new Configuration();
    demanded.set(PipelineOptions.OBJECT_REUSE, true);
    demanded.set(PipelineOptions.GENERIC_TYPES, false);
    demanded.set(PipelineOptions.AUTO_GENERATE_UIDS, false);
    // The panes and watermarks that a checkpoint stands for must not be overtaken by its barrier.
    demanded.set(CheckpointingOptions.ENABLE_UNALIGNED, false);
    Configuration preferred = new Configuration();
    preferred.set(CheckpointingOptions.CHECKPOINTING_INTERVAL, CHECKPOINT_INTERVAL);
    preferred.set(CheckpointingOptions.CHECKPOINTING_TIMEOUT, CHECKPOINT_TIMEOUT);
    preferred.set(
        CheckpointingOptions.CHECKPOINTING_CONSISTENCY_MODE, CheckpointingMode.EXACTLY_ONCE);
    preferred.set(
        CheckpointingOptions.EXTERNALIZED_CHECKPOINT_RETENTION,
        ExternalizedCheckpointRetention.RETAIN_ON_CANCELLATION);
    preferred.set(StateBackendOptions.STATE_BACKEND, "rocksdb");
    preferred.set(CheckpointingOptions.INCREMENTAL_CHECKPOINTS, true);
    // One timer a prompt version: far too few to need the disk.
    preferred.set(RocksDBOptions.TIMER_SERVICE_FACTORY, PriorityQueueStateType.HEAP);
    preferred.set(RestartStrategyOptions.RESTART_STRATEGY, "exponential-delay");
    Configuration result = preferred;
    result.addAll(Configuration.fromMap(environment.getConfiguration().toMap()));
    result.addAll(demanded);
    environment.configure(result);
  }
}
