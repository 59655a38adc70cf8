package io.promptmonitor.bench;

import io.promptmonitor.jobs.monitor.JobSettings;
import java.nio.file.Path;
import java.time.Duration;
import org.apache.flink.api.common.JobID;
import org.apache.flink.configuration.CheckpointingOptions;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.CoreOptions;
import org.apache.flink.configuration.MemorySize;
import org.apache.flink.configuration.StateBackendOptions;
import org.apache.flink.configuration.TaskManagerOptions;
import org.apache.flink.runtime.checkpoint.CheckpointStatsSnapshot;
import org.apache.flink.runtime.jobgraph.JobGraph;
import org.apache.flink.runtime.minicluster.MiniCluster;
import org.apache.flink.runtime.minicluster.MiniClusterConfiguration;
import org.apache.flink.state.rocksdb.RocksDBConfigurableOptions;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;

/** Runs a job on a cluster in this JVM, with the settings that all jobs have in common. */
final class FlinkRun {

  static final int SLOTS = 2;

  private final Configuration configuration = new Configuration();

  /** Adds the job to an environment. */
  interface Job {
    void addTo(StreamExecutionEnvironment environment);
  }

  /**
   * A cluster with two slots.
   *
   * @param stateBackend Flink's name of it
   * @param checkpointInterval from the start of one checkpoint to that of the next
   * @param directory for checkpoints and RocksDB's files
   */
  FlinkRun(String stateBackend, Duration checkpointInterval, Path directory) {
    Path absolute = directory.toAbsolutePath();
    configuration.set(StateBackendOptions.STATE_BACKEND, stateBackend);
    configuration.set(CheckpointingOptions.CHECKPOINTING_INTERVAL, checkpointInterval);
    configuration.set(
        CheckpointingOptions.CHECKPOINTS_DIRECTORY,
        absolute.resolve("checkpoints").toUri().toString());
    configuration.set(CoreOptions.TMP_DIRS, absolute.resolve("tmp").toString());
    configuration.set(TaskManagerOptions.MANAGED_MEMORY_SIZE, MemorySize.ofMebiBytes(1024));
    configuration.set(RocksDBConfigurableOptions.USE_BLOOM_FILTER, true);
    configuration.set(CoreOptions.DEFAULT_PARALLELISM, SLOTS);
  }

  /** Runs the job to its end and says what its checkpoints were like. */
  CheckpointSizes run(Job job) throws Exception {
    StreamExecutionEnvironment environment =
        StreamExecutionEnvironment.getExecutionEnvironment(configuration);
    JobSettings.apply(environment);
    job.addTo(environment);
    JobGraph graph = environment.getStreamGraph().getJobGraph();
    JobID id = graph.getJobID();
    MiniClusterConfiguration cluster =
        new MiniClusterConfiguration.Builder()
            .setConfiguration(configuration)
            .setNumTaskManagers(1)
            .setNumSlotsPerTaskManager(SLOTS)
            .withRandomPorts()
            .build();
    try (MiniCluster running = new MiniCluster(cluster)) {
      running.start();
      running.submitJob(graph).get();
      running.requestJobResult(id).get().toJobExecutionResult(FlinkRun.class.getClassLoader());
      CheckpointStatsSnapshot checkpoints =
          running.getExecutionGraph(id).get().getCheckpointStatsSnapshot();
      return CheckpointSizes.of(checkpoints);
    }
  }
}
