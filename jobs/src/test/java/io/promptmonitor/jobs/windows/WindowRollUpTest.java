package io.promptmonitor.jobs.windows;

import static io.promptmonitor.jobs.TestRecords.PROMPT;
import static io.promptmonitor.jobs.windows.WindowRollUpHarness.DAY;
import static io.promptmonitor.jobs.windows.WindowRollUpHarness.MINUTE;
import static io.promptmonitor.jobs.windows.WindowRollUpHarness.MONDAY;
import static io.promptmonitor.jobs.windows.WindowRollUpHarness.PANE;
import static io.promptmonitor.jobs.windows.WindowRollUpHarness.SETTINGS;
import static io.promptmonitor.jobs.windows.WindowRollUpHarness.feedback;
import static io.promptmonitor.jobs.windows.WindowRollUpHarness.pane;
import static org.assertj.core.api.Assertions.assertThat;

import io.promptmonitor.common.execution.PromptVersionId;
import io.promptmonitor.common.ingest.DeadLetter;
import io.promptmonitor.common.ingest.RejectionReason;
import io.promptmonitor.common.metrics.Metric;
import io.promptmonitor.common.windows.SlidingWindows;
import io.promptmonitor.common.windows.WindowUpdate;
import io.promptmonitor.jobs.serialization.RecordTypeInfo;
import io.promptmonitor.jobs.serialization.SlidingWindowsSerializer;
import java.io.ByteArrayOutputStream;
import java.io.DataOutputStream;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.apache.flink.core.memory.DataOutputSerializer;
import org.apache.flink.runtime.checkpoint.OperatorSubtaskState;
import org.apache.flink.state.rocksdb.EmbeddedRocksDBStateBackend;
import org.apache.flink.streaming.runtime.streamrecord.StreamRecord;
import org.junit.jupiter.api.Test;

class WindowRollUpTest {

  @Test
  void rowsAreWrittenWhenWindowsEnd() throws Exception {
    try (var harness = new WindowRollUpHarness(SETTINGS, 1000)) {
      harness.open();
      harness.caughtUp();
      harness.pane(pane(PROMPT, MONDAY, 100, 200, 300));
      harness.watermark(MONDAY + MINUTE - 2);
      assertThat(rows(harness)).isEmpty();
      harness.watermark(MONDAY + MINUTE - 1);
      assertThat(rows(harness)).containsExactly("1m final 1: 3");
      harness.watermark(MONDAY + 5 * MINUTE - 1);
      assertThat(rows(harness)).containsExactly("5m final 1: 3", "1h open 1: 3");
      harness.watermark(Long.MAX_VALUE);
      assertThat(rows(harness)).containsExactly("1h final 2: 3", "24h final 1: 3", "7d final 1: 3");
    }
  }

  @Test
  void nothingIsLeftOfAPromptVersionWithoutTraffic() throws Exception {
    try (var harness = new WindowRollUpHarness(SETTINGS, 1000)) {
      harness.open();
      harness.caughtUp();
      for (int i = 0; i < 20; i++) {
        PromptVersionId promptVersion = new PromptVersionId("p" + i, "1");
        harness.pane(pane(promptVersion, MONDAY, 100));
        harness.pane(feedback(promptVersion, MONDAY + 5_000, 4));
      }
      harness.snapshot(1, 0);
      assertThat(harness.numKeyedStateEntries()).isPositive();
      assertThat(harness.numEventTimeTimers()).isEqualTo(20);
      harness.watermark(MONDAY + 8 * DAY - 1);
      harness.snapshot(2, 0);
      assertThat(harness.numKeyedStateEntries()).isZero();
      assertThat(harness.numEventTimeTimers()).isZero();
    }
  }

  @Test
  void lateFeedbackCorrectsWindowsOfWhichOnlySumsAreLeft() throws Exception {
    try (var harness = new WindowRollUpHarness(SETTINGS, 1000)) {
      harness.open();
      harness.caughtUp();
      harness.pane(pane(PROMPT, MONDAY, 100));
      harness.watermark(MONDAY + 20 * 60 * MINUTE);
      rows(harness);
      harness.pane(feedback(PROMPT, MONDAY + 5_000, 4));
      harness.watermark(MONDAY + 20 * 60 * MINUTE + PANE);
      List<WindowUpdate> corrections = harness.extractOutputValues();
      assertThat(corrections)
          .extracting(row -> row.size() + " " + row.qualityOnly() + " " + row.revision())
          .contains("ONE_MINUTE true 2", "FIVE_MINUTES true 2");
      assertThat(corrections)
          .allSatisfy(row -> assertThat(row.value(Metric.AVG_USER_FEEDBACK)).isEqualTo(4.0));
    }
  }

  @Test
  void feedbackWithoutAWindowBecomesADeadLetter() throws Exception {
    try (var harness = new WindowRollUpHarness(SETTINGS, 1000)) {
      harness.open();
      harness.caughtUp();
      harness.watermark(MONDAY + DAY);
      harness.pane(feedback(PROMPT, MONDAY + 5_000, 4));
      assertThat(deadLetters(harness))
          .singleElement()
          .satisfies(
              letter -> {
                assertThat(letter.reason()).isEqualTo(RejectionReason.FEEDBACK_WITHOUT_WINDOW);
                assertThat(letter.source()).isEqualTo("feedback-0");
                assertThat(letter.position()).isEqualTo(77);
              });
    }
  }

  @Test
  void aPaneOfAWindowThatIsClosedForGoodBecomesADeadLetter() throws Exception {
    try (var harness = new WindowRollUpHarness(SETTINGS, 1000)) {
      harness.open();
      harness.caughtUp();
      harness.watermark(MONDAY + PANE + MINUTE - 1);
      harness.pane(pane(PROMPT, MONDAY, 1, 2));
      assertThat(deadLetters(harness))
          .singleElement()
          .satisfies(letter -> assertThat(letter.detail()).startsWith("2 executions"));
      assertThat(harness.numEventTimeTimers()).isZero();
    }
  }

  /**
   * Restarts, RocksDB, and so little memory that windows are written out all the time: the rows
   * stay the same.
   */
  @Test
  void rowsDoNotDependOnRestartsNorOnMemory() throws Exception {
    Map<String, byte[]> undisturbed = run(1_000_000, false, false);
    assertThat(undisturbed).isNotEmpty();
    assertThat(run(3, false, false)).containsExactlyInAnyOrderEntriesOf(undisturbed);
    assertThat(run(1_000_000, true, false)).containsExactlyInAnyOrderEntriesOf(undisturbed);
    assertThat(run(40, true, true)).containsExactlyInAnyOrderEntriesOf(undisturbed);
  }

  /** The last row of each window as bytes, by window, and all evaluations. */
  private static Map<String, byte[]> run(int maxWindows, boolean restarts, boolean rocksDb)
      throws Exception {
    Random random = new Random(7);
    Map<String, byte[]> last = new LinkedHashMap<>();
    OperatorSubtaskState state = null;
    var harness = open(maxWindows, rocksDb, null);
    try {
      for (int step = 0; step < 400; step++) {
        long time = MONDAY + step * PANE;
        for (int i = random.nextInt(4); i > 0; i--) {
          PromptVersionId promptVersion = new PromptVersionId("p" + random.nextInt(6), "1.0.0");
          int[] latencies = random.ints(1 + random.nextInt(40), 1, 5_000).toArray();
          harness.pane(pane(promptVersion, time - random.nextInt(3) * PANE, latencies));
          if (random.nextInt(5) == 0) {
            long executed = time - random.nextInt(60) * PANE;
            harness.pane(feedback(promptVersion, executed, 1 + random.nextInt(5)));
          }
        }
        harness.watermark(time - PANE - 1);
        if (step % 37 == 36) {
          state = harness.snapshot(step, step);
          if (restarts) {
            collect(harness, last);
            harness.close();
            harness = open(maxWindows, rocksDb, state);
          }
        }
      }
      harness.watermark(Long.MAX_VALUE);
      collect(harness, last);
    } finally {
      harness.close();
    }
    return last;
  }

  private static WindowRollUpHarness open(
      int maxWindows, boolean rocksDb, OperatorSubtaskState state) throws Exception {
    var harness = new WindowRollUpHarness(SETTINGS, maxWindows);
    if (rocksDb) {
      harness.setStateBackend(new EmbeddedRocksDBStateBackend());
    }
    harness.setup(RecordTypeInfo.WINDOW_UPDATE.createSerializer(null));
    if (state != null) {
      harness.initializeState(state);
    }
    harness.open();
    if (state == null) {
      for (int i = 0; i < 3; i++) {
        harness.register("p" + i, 10 - i);
      }
      harness.caughtUp();
    }
    return harness;
  }

  private static void collect(WindowRollUpHarness harness, Map<String, byte[]> last)
      throws Exception {
    for (WindowUpdate row : harness.extractOutputValues()) {
      String key = row.promptVersion() + " " + row.size() + " " + row.start();
      // Revisions may differ: a restart may write a row once more.
      var bytes = new ByteArrayOutputStream();
      var out = new DataOutputStream(bytes);
      row.aggregate().write(out);
      out.writeDouble(row.predictedQuality());
      last.put(key, bytes.toByteArray());
    }
    harness.getOutput().clear();
    var evaluations = harness.getSideOutput(WindowRollUp.SLIDING);
    if (evaluations != null) {
      for (StreamRecord<SlidingWindows> record : evaluations) {
        SlidingWindows evaluation = record.getValue();
        var out = new DataOutputSerializer(64);
        SlidingWindowsSerializer.INSTANCE.serialize(evaluation, out);
        last.put(evaluation.promptVersion() + " " + evaluation.end(), out.getCopyOfBuffer());
      }
      evaluations.clear();
    }
  }

  private static List<String> rows(WindowRollUpHarness harness) {
    List<String> rows = new ArrayList<>();
    for (WindowUpdate row : harness.extractOutputValues()) {
      rows.add(
          "%s %s %d: %d"
              .formatted(
                  row.size().label(),
                  row.isFinal() ? "final" : "open",
                  row.revision(),
                  row.aggregate().executionCount()));
    }
    harness.getOutput().clear();
    return rows;
  }

  private static List<DeadLetter> deadLetters(WindowRollUpHarness harness) {
    return harness.getSideOutput(WindowRollUp.LATE).stream().map(StreamRecord::getValue).toList();
  }
}
