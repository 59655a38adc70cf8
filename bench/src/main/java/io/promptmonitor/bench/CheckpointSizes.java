package io.promptmonitor.bench;

import org.apache.flink.runtime.checkpoint.CheckpointStatsSnapshot;
import org.jspecify.annotations.Nullable;

/**
 * The checkpoints of a run.
 *
 * @param completed how many
 * @param largestBytes size of the largest one: all state that would be restored
 * @param meanMillis how long one took
 */
record CheckpointSizes(long completed, long largestBytes, long meanMillis) {

  static final CheckpointSizes NONE = new CheckpointSizes(0, 0, 0);

  static CheckpointSizes of(@Nullable CheckpointStatsSnapshot snapshot) {
    if (snapshot == null || snapshot.getCounts().getNumberOfCompletedCheckpoints() == 0) {
      return NONE;
    }
    return new CheckpointSizes(
        snapshot.getCounts().getNumberOfCompletedCheckpoints(),
        snapshot.getSummaryStats().getStateSizeStats().getMaximum(),
        snapshot.getSummaryStats().getEndToEndDurationStats().getAverage());
  }
}
