package io.promptmonitor.jobs.deduplication;

import static io.promptmonitor.jobs.TestRecords.PROMPT;
import static io.promptmonitor.jobs.TestRecords.execution;
import static io.promptmonitor.jobs.TestRecords.ingested;
import static org.assertj.core.api.Assertions.assertThat;

import io.promptmonitor.common.ingest.Ingested;
import io.promptmonitor.jobs.deduplication.ExecutionDeduplication.Scope;
import java.util.List;
import org.apache.flink.runtime.checkpoint.OperatorSubtaskState;
import org.apache.flink.streaming.api.operators.ProcessOperator;
import org.apache.flink.streaming.util.AbstractStreamOperatorTestHarness;
import org.apache.flink.streaming.util.OneInputStreamOperatorTestHarness;
import org.junit.jupiter.api.Test;

class ExecutionDeduplicationTest {

  @Test
  void anIdCountsOnceInItsPartition() throws Exception {
    try (var harness = harness(Scope.PARTITION, 100, true, 1, 0)) {
      harness.open();
      harness.processElement(record("t-0", 7, 0), 0);
      harness.processElement(record("t-0", 7, 1), 1);
      harness.processElement(record("t-1", 7, 2), 2);
      harness.processElement(record("t-0", 7, 3), 3);
      assertThat(timestamps(harness)).containsExactly(0L, 2L);
    }
  }

  @Test
  void anIdCountsOnceAnywhereInTheScopeOfIds() throws Exception {
    try (var harness = harness(Scope.ID, 100, true, 1, 0)) {
      harness.open();
      harness.processElement(record("t-0", 7, 0), 0);
      harness.processElement(record("t-1", 7, 1), 1);
      harness.processElement(record("t-1", -7, 2), 2);
      assertThat(timestamps(harness)).containsExactly(0L, 2L);
    }
  }

  @Test
  void theMemoryIsBounded() throws Exception {
    try (var harness = harness(Scope.PARTITION, 2, true, 1, 0)) {
      harness.open();
      for (long id : new long[] {1, 2, 3, 1, 3}) {
        harness.processElement(record("t-0", id, id), id);
      }
      assertThat(timestamps(harness)).containsExactly(1L, 2L, 3L, 1L);
    }
  }

  @Test
  void afterRescalingAPartitionFindsItsIdsInAnotherSubtask() throws Exception {
    OperatorSubtaskState first;
    OperatorSubtaskState second;
    try (var harness = harness(Scope.PARTITION, 100, true, 2, 0)) {
      harness.open();
      harness.processElement(record("t-0", 7, 0), 0);
      first = harness.snapshot(1, 0);
    }
    try (var harness = harness(Scope.PARTITION, 100, true, 2, 1)) {
      harness.open();
      harness.processElement(record("t-1", 8, 0), 0);
      second = harness.snapshot(1, 0);
    }
    OperatorSubtaskState all = AbstractStreamOperatorTestHarness.repackageState(first, second);
    for (int subtask = 0; subtask < 3; subtask++) {
      OperatorSubtaskState own =
          AbstractStreamOperatorTestHarness.repartitionOperatorState(all, 8, 2, 3, subtask);
      try (var harness = harness(Scope.PARTITION, 100, true, 3, subtask)) {
        harness.initializeState(own);
        harness.open();
        harness.processElement(record("t-0", 7, 1), 1);
        harness.processElement(record("t-1", 8, 1), 1);
        assertThat(timestamps(harness)).isEmpty();
      }
    }
  }

  @Test
  void idsThatNobodyTookUpYetPassThroughTheNextCheckpoint() throws Exception {
    OperatorSubtaskState state;
    try (var harness = harness(Scope.PARTITION, 100, true, 1, 0)) {
      harness.open();
      harness.processElement(record("t-0", 7, 0), 0);
      state = harness.snapshot(1, 0);
    }
    for (int restart = 0; restart < 3; restart++) {
      try (var harness = harness(Scope.PARTITION, 100, true, 1, 0)) {
        harness.initializeState(state);
        harness.open();
        state = harness.snapshot(1, 0);
      }
    }
    try (var harness = harness(Scope.PARTITION, 100, true, 1, 0)) {
      harness.initializeState(state);
      harness.open();
      harness.processElement(record("t-0", 7, 1), 1);
      assertThat(timestamps(harness)).isEmpty();
    }
  }

  @Test
  void idsOfASilentPartitionAreForgotten() throws Exception {
    OperatorSubtaskState state;
    try (var harness = harness(Scope.PARTITION, 100, false, 1, 0)) {
      harness.open();
      harness.processElement(record("old", 7, 0), 0);
      long later = ExecutionDeduplication.SILENCE_MILLIS + 1;
      harness.processWatermark(later);
      harness.processElement(record("new", 8, later), later);
      timestamps(harness);
      state = harness.snapshot(1, 0);
    }
    try (var harness = harness(Scope.PARTITION, 100, false, 1, 0)) {
      harness.initializeState(state);
      harness.open();
      harness.processElement(record("old", 7, 1), 1);
      harness.processElement(record("new", 8, 2), 2);
      assertThat(timestamps(harness)).containsExactly(1L);
    }
  }

  @Test
  void idsOfAPartitionThatLagsBehindOthersAreKept() throws Exception {
    try (var harness = harness(Scope.PARTITION, 100, true, 1, 0)) {
      harness.open();
      harness.processElement(record("lagging", 7, 0), 0);
      harness.processWatermark(0);
      long ahead = ExecutionDeduplication.SILENCE_MILLIS + 1;
      harness.processElement(record("ahead", 8, ahead), ahead);
      harness.snapshot(1, 0);
      harness.processElement(record("lagging", 7, 1), 1);
      assertThat(timestamps(harness)).containsExactly(0L, ahead);
    }
  }

  private static Ingested record(String partition, long id, long timestamp) {
    return ingested(partition, execution(id, PROMPT, timestamp, 1));
  }

  private static List<Long> timestamps(
      OneInputStreamOperatorTestHarness<Ingested, Ingested> harness) {
    List<Long> timestamps =
        harness.extractOutputValues().stream().map(Ingested::timestamp).toList();
    harness.getOutput().clear();
    return timestamps;
  }

  private static OneInputStreamOperatorTestHarness<Ingested, Ingested> harness(
      Scope scope, int capacity, boolean endless, int subtasks, int subtask) throws Exception {
    return new OneInputStreamOperatorTestHarness<>(
        new ProcessOperator<>(new ExecutionDeduplication(scope, capacity, endless)),
        8,
        subtasks,
        subtask);
  }
}
