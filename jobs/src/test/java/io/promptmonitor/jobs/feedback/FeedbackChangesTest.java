package io.promptmonitor.jobs.feedback;

import static io.promptmonitor.jobs.TestRecords.rating;
import static org.assertj.core.api.Assertions.assertThat;

import io.promptmonitor.common.ingest.Ingested;
import io.promptmonitor.common.windows.PaneUpdate;
import java.util.List;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.streaming.api.operators.KeyedProcessOperator;
import org.apache.flink.streaming.util.KeyedOneInputStreamOperatorTestHarness;
import org.junit.jupiter.api.Test;

class FeedbackChangesTest {

  private static final long HORIZON = 3_600_000;

  @Test
  void aRepeatedRatingChangesNothingAndALaterOneReplaces() throws Exception {
    try (var harness = harness()) {
      harness.open();
      harness.processElement(rating(1, 500, 1_000, 2), 1_000);
      harness.processElement(rating(1, 500, 1_000, 2), 1_000);
      harness.processElement(rating(1, 500, 2_000, 5), 2_000);
      harness.processElement(rating(2, 700, 2_000, 1), 2_000);
      List<PaneUpdate> changes = harness.extractOutputValues();
      assertThat(changes).extracting(PaneUpdate::time).containsExactly(500L, 500L, 700L);
      assertThat(changes)
          .extracting(change -> change.aggregate().quality().ratingCount())
          .containsExactly(1L, 0L, 1L);
      assertThat(changes)
          .extracting(change -> change.aggregate().quality().negativeRatingCount())
          .containsExactly(1L, -1L, 1L);
      assertThat(changes).allMatch(PaneUpdate::isFeedback);
    }
  }

  @Test
  void whatIsSaidOfAnotherMinuteReplacesNothing() throws Exception {
    try (var harness = harness()) {
      harness.open();
      harness.processElement(rating(1, 500, 1_000, 2), 1_000);
      harness.processElement(rating(1, 60_500, 62_000, 5), 2_000);
      assertThat(harness.extractOutputValues())
          .extracting(change -> change.aggregate().quality().ratingCount())
          .as("each is in a window of its own")
          .containsExactly(1L, 1L);
    }
  }

  @Test
  void nothingIsKeptAfterTheHorizon() throws Exception {
    try (var harness = harness()) {
      harness.open();
      harness.processElement(rating(1, 500, 1_000, 2), 1_000);
      harness.processElement(rating(1, 500, 2_000, 3), 2_000);
      assertThat(harness.numKeyedStateEntries()).isEqualTo(1);
      assertThat(harness.numEventTimeTimers()).isEqualTo(1);
      harness.processWatermark(500 + HORIZON + 60_000);
      assertThat(harness.numKeyedStateEntries()).isZero();
      assertThat(harness.numEventTimeTimers()).isZero();
      harness.processElement(rating(1, 500, 3_000, 4), 3_000);
      assertThat(harness.numKeyedStateEntries()).isZero();
      assertThat(harness.numEventTimeTimers()).isZero();
    }
  }

  private static KeyedOneInputStreamOperatorTestHarness<Long, Ingested, PaneUpdate> harness()
      throws Exception {
    return new KeyedOneInputStreamOperatorTestHarness<>(
        new KeyedProcessOperator<>(new FeedbackChanges(HORIZON)), FeedbackChanges::key, Types.LONG);
  }
}
