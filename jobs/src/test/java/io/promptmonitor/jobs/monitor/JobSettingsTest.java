package io.promptmonitor.jobs.monitor;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.apache.flink.configuration.CheckpointingOptions;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.junit.jupiter.api.Test;

class JobSettingsTest {

  @Test
  void checkpointsAreAlignedWhateverTheClusterPrefers() {
    Configuration cluster = new Configuration();
    cluster.set(CheckpointingOptions.ENABLE_UNALIGNED, true);
    cluster.set(CheckpointingOptions.CHECKPOINTING_INTERVAL, Duration.ofSeconds(7));
    StreamExecutionEnvironment environment =
        StreamExecutionEnvironment.getExecutionEnvironment(cluster);
    assertThat(environment.getCheckpointConfig().isUnalignedCheckpointsEnabled()).isTrue();
    JobSettings.apply(environment);
    assertThat(environment.getCheckpointConfig().isUnalignedCheckpointsEnabled()).isFalse();
    assertThat(environment.getCheckpointInterval()).isEqualTo(7_000);
  }
}
