package io.promptmonitor.jobs.batch;

import org.apache.flink.api.common.RuntimeExecutionMode;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.ExecutionOptions;
import org.apache.flink.configuration.PipelineOptions;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;

/** What a batch job demands of Flink. */
public final class BatchSettings {

  private BatchSettings() {}

  /**
   * Applies the settings: batch mode, no Kryo, a uid for every operator. All others stay as the
   * user set them for the cluster or the job.
   */
  public static void apply(StreamExecutionEnvironment environment) {
    Configuration demanded = new Configuration();
    demanded.set(ExecutionOptions.RUNTIME_MODE, RuntimeExecutionMode.BATCH);
    demanded.set(PipelineOptions.OBJECT_REUSE, true);
    demanded.set(PipelineOptions.GENERIC_TYPES, false);
    demanded.set(PipelineOptions.AUTO_GENERATE_UIDS, false);
    environment.configure(demanded);
  }
}
