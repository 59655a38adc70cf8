package io.promptmonitor.jobs.panes;

import static io.promptmonitor.jobs.TestRecords.PROMPT;
import static io.promptmonitor.jobs.TestRecords.execution;
import static io.promptmonitor.jobs.TestRecords.ingested;
import static org.assertj.core.api.Assertions.assertThat;

import io.promptmonitor.common.execution.PromptVersionId;
import io.promptmonitor.common.ingest.DeadLetter;
import io.promptmonitor.common.ingest.Ingested;
import io.promptmonitor.common.ingest.RejectionReason;
import io.promptmonitor.common.metrics.Exemplar;
import io.promptmonitor.common.windows.PaneUpdate;
import io.promptmonitor.jobs.serialization.RecordTypeInfo;
import java.util.ArrayList;
import java.util.List;
import org.apache.flink.api.common.serialization.SerializerConfigImpl;
import org.apache.flink.runtime.checkpoint.OperatorSubtaskState;
import org.apache.flink.streaming.runtime.streamrecord.StreamRecord;
import org.apache.flink.streaming.util.OneInputStreamOperatorTestHarness;
import org.junit.jupiter.api.Test;

class PanePreAggregationTest {

  private static final long PANE = 10_000;
  private static final long LATENESS = 60_000;

  @Test
  void aPaneIsGivenOutWhenTheWatermarkPassesItsEnd() throws Exception {
    try (var harness = harness(100)) {
      harness.open();
      harness.processElement(record(1, 1_000), 1_000);
      harness.processElement(record(2, 9_999), 9_999);
      harness.processElement(record(3, 10_000), 10_000);
      harness.processWatermark(9_998);
      assertThat(panes(harness)).isEmpty();
      harness.processWatermark(9_999);
      assertThat(panes(harness)).containsExactly("greeting@1.0.0 0 2");
      harness.processWatermark(Long.MAX_VALUE);
      assertThat(panes(harness)).containsExactly("greeting@1.0.0 10000 1");
    }
  }

  @Test
  void aPaneHasExemplarsOfItsOwnExecutions() throws Exception {
    try (var harness = harness(100)) {
      harness.open();
      for (int i = 1; i <= 7; i++) {
        harness.processElement(
            new StreamRecord<>(ingested("file", execution(i, PROMPT, i * 2_000L, 100 * i)), 0));
      }
      harness.processWatermark(Long.MAX_VALUE);
      assertThat(harness.extractOutputValues())
          .extracting(
              pane ->
                  pane.exemplars().slowestExecutions().stream().map(Exemplar::latencyMs).toList())
          .containsExactlyInAnyOrder(List.of(400, 300, 200, 100), List.of(700, 600, 500));
    }
  }

  @Test
  void nothingIsHeldAcrossACheckpoint() throws Exception {
    OperatorSubtaskState state;
    try (var harness = harness(100)) {
      harness.open();
      harness.processElement(record(1, 1_000), 1_000);
      harness.prepareSnapshotPreBarrier(1);
      assertThat(panes(harness)).containsExactly("greeting@1.0.0 0 1");
      harness.processElement(record(2, 2_000), 2_000);
      harness.processWatermark(9_999);
      assertThat(panes(harness)).containsExactly("greeting@1.0.0 0 1");
      state = harness.snapshot(2, 0);
    }
    try (var restored = harness(100)) {
      restored.initializeState(state);
      restored.open();
      restored.processWatermark(Long.MAX_VALUE);
      assertThat(panes(restored)).isEmpty();
    }
  }

  @Test
  void lateExecutionsAreTakenForAWhileAndThenBecomeDeadLetters() throws Exception {
    try (var harness = harness(100)) {
      harness.open();
      harness.processWatermark(9_999 + LATENESS - 1);
      harness.processElement(record(1, 9_999), 9_999);
      harness.processWatermark(9_999 + LATENESS);
      assertThat(panes(harness)).containsExactly("greeting@1.0.0 0 1");
      harness.processElement(record(2, 9_999), 9_999);
      harness.processElement(record(3, 10_000), 10_000);
      harness.processWatermark(Long.MAX_VALUE);
      assertThat(panes(harness)).containsExactly("greeting@1.0.0 10000 1");
      assertThat(late(harness))
          .singleElement()
          .satisfies(
              letter -> {
                assertThat(letter.reason()).isEqualTo(RejectionReason.LATE);
                assertThat(letter.source()).isEqualTo("file");
                assertThat(letter.position()).isEqualTo(2);
                assertThat(letter.eventTime()).isEqualTo(9_999);
              });
    }
  }

  @Test
  void whatWasLateIsLateAgainWhenItIsReplayed() throws Exception {
    OperatorSubtaskState state;
    try (var harness = harness(100)) {
      harness.open();
      harness.processWatermark(9_999 + LATENESS);
      state = harness.snapshot(1, 0);
    }
    try (var restored = harness(100)) {
      restored.initializeState(state);
      restored.open();
      restored.processElement(record(2, 9_999), 9_999);
      restored.processWatermark(Long.MAX_VALUE);
      assertThat(panes(restored)).isEmpty();
      assertThat(late(restored)).hasSize(1);
    }
  }

  @Test
  void tooManyPanesAreGivenOutEarly() throws Exception {
    try (var harness = harness(2)) {
      harness.open();
      for (int i = 0; i < 3; i++) {
        PromptVersionId promptVersion = new PromptVersionId("p" + i, "1");
        harness.processElement(ingested("file", execution(i, promptVersion, 1_000, 5)), 1_000);
      }
      assertThat(panes(harness)).containsExactlyInAnyOrder("p0@1 0 1", "p1@1 0 1", "p2@1 0 1");
    }
  }

  private static Ingested record(long id, long timestamp) {
    return ingested("file", execution(id, PROMPT, timestamp, 100));
  }

  private static List<String> panes(
      OneInputStreamOperatorTestHarness<Ingested, PaneUpdate> harness) {
    List<String> panes = new ArrayList<>();
    for (PaneUpdate update : harness.extractOutputValues()) {
      panes.add(
          update.promptVersion() + " " + update.time() + " " + update.aggregate().executionCount());
    }
    harness.getOutput().clear();
    return panes;
  }

  private static List<DeadLetter> late(
      OneInputStreamOperatorTestHarness<Ingested, PaneUpdate> harness) {
    return harness.getSideOutput(PanePreAggregation.LATE).stream()
        .map(StreamRecord::getValue)
        .toList();
  }

  private static OneInputStreamOperatorTestHarness<Ingested, PaneUpdate> harness(int maxPanes)
      throws Exception {
    var harness =
        new OneInputStreamOperatorTestHarness<Ingested, PaneUpdate>(
            new PanePreAggregation(PANE, LATENESS, maxPanes));
    harness.setup(RecordTypeInfo.PANE_UPDATE.createSerializer(new SerializerConfigImpl()));
    return harness;
  }
}
