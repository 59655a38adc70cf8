package io.promptmonitor.jobs.windows;

import static io.promptmonitor.jobs.windows.WindowRollUpHarness.DAY;
import static io.promptmonitor.jobs.windows.WindowRollUpHarness.MAX_PARALLELISM;
import static io.promptmonitor.jobs.windows.WindowRollUpHarness.MINUTE;
import static io.promptmonitor.jobs.windows.WindowRollUpHarness.MONDAY;
import static io.promptmonitor.jobs.windows.WindowRollUpHarness.PANE;
import static io.promptmonitor.jobs.windows.WindowRollUpHarness.SETTINGS;
import static io.promptmonitor.jobs.windows.WindowRollUpHarness.feedback;
import static io.promptmonitor.jobs.windows.WindowRollUpHarness.pane;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.promptmonitor.common.alerts.AlertingConfig;
import io.promptmonitor.common.alerts.RuleDemand;
import io.promptmonitor.common.alerts.RuleSet;
import io.promptmonitor.common.config.ConfigReader;
import io.promptmonitor.common.execution.Execution;
import io.promptmonitor.common.execution.PromptVersionId;
import io.promptmonitor.common.ingest.DeadLetter;
import io.promptmonitor.common.metrics.Exemplars;
import io.promptmonitor.common.metrics.Metric;
import io.promptmonitor.common.metrics.WindowAggregate;
import io.promptmonitor.common.registry.Performance;
import io.promptmonitor.common.windows.PaneUpdate;
import io.promptmonitor.common.windows.SlidingWindow;
import io.promptmonitor.common.windows.SlidingWindows;
import io.promptmonitor.common.windows.WindowUpdate;
import io.promptmonitor.jobs.serialization.RecordTypeInfo;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.function.LongPredicate;
import org.apache.flink.runtime.checkpoint.OperatorSubtaskState;
import org.apache.flink.runtime.state.KeyGroupRangeAssignment;
import org.apache.flink.streaming.api.watermark.Watermark;
import org.apache.flink.streaming.runtime.streamrecord.StreamRecord;
import org.apache.flink.streaming.runtime.watermarkstatus.WatermarkStatus;
import org.apache.flink.streaming.util.AbstractStreamOperatorTestHarness;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** What the roll-up does with the changes of the registry. */
class WindowRollUpRegistryTest {

  private static final PromptVersionId A = new PromptVersionId("a", "1.0.0");
  private static final PromptVersionId B = new PromptVersionId("b", "1.0.0");

  @Test
  void noWindowEndsBeforeTheRegistryHasCaughtUp() throws Exception {
    try (var harness = started(null)) {
      harness.pane(pane(A, MONDAY, 100));
      harness.watermark(MONDAY + MINUTE - 1);
      harness.pane(pane(A, MONDAY + MINUTE, 100));
      harness.register("a", 8);
      harness.watermark(MONDAY + 5 * MINUTE - 1);
      assertThat(harness.getOutput()).isEmpty();
      harness.caughtUp();
      assertThat(rows(harness)).containsExactly("a 1m 8.0", "a 1m 8.0", "a 5m 8.0", "a 1h 8.0");
      assertThat(watermarks(harness)).containsExactly(MONDAY + 5 * MINUTE - 1);
    }
  }

  @Test
  void nothingWaitsWithoutWatermark() throws Exception {
    try (var harness = started(null)) {
      harness.caughtUp();
      assertThat(harness.getOutput()).isEmpty();
      harness.watermark(MONDAY);
      assertThat(watermarks(harness)).containsExactly(MONDAY);
    }
  }

  @Test
  void theLastWatermarkComesThroughAfterTheRegistry() throws Exception {
    try (var harness = started(null)) {
      harness.pane(pane(A, MONDAY, 100));
      harness.watermark(Long.MAX_VALUE);
      harness.endInput1();
      harness.register("a", 8);
      assertThat(harness.getOutput()).isEmpty();
      harness.caughtUp();
      assertThat(rows(harness))
          .containsExactly("a 1m 8.0", "a 5m 8.0", "a 1h 8.0", "a 24h 8.0", "a 7d 8.0");
      assertThat(watermarks(harness)).containsExactly(Long.MAX_VALUE);
      harness.endInput2();
      harness.getOperator().finish();
      harness.snapshot(1, 0);
      assertThat(harness.numKeyedStateEntries()).isZero();
      assertThat(harness.numEventTimeTimers()).isZero();
    }
  }

  @Test
  void aRegistryThatEndsIsNotWaitedFor() throws Exception {
    try (var harness = started(null)) {
      harness.pane(pane(A, MONDAY, 100));
      harness.watermark(Long.MAX_VALUE);
      harness.processWatermark2(Watermark.MAX_WATERMARK);
      assertThat(harness.getOutput()).isEmpty();
      harness.endInput2();
      assertThat(rows(harness)).hasSize(5).allMatch(row -> row.endsWith("NaN"));
    }
  }

  @Test
  void theRegistryHasNoEventTime() throws Exception {
    try (var harness = started(null)) {
      harness.caughtUp();
      harness.processWatermark2(new Watermark(MONDAY + DAY));
      harness.processWatermarkStatus2(WatermarkStatus.IDLE);
      harness.processWatermarkStatus2(WatermarkStatus.ACTIVE);
      assertThat(harness.getOutput()).isEmpty();
      harness.watermark(MONDAY);
      harness.processWatermarkStatus1(WatermarkStatus.IDLE);
      assertThat(harness.getOutput()).containsExactly(new Watermark(MONDAY), WatermarkStatus.IDLE);
    }
  }

  @Test
  void itGoesOnWaitingAfterARestart() throws Exception {
    OperatorSubtaskState state;
    try (var harness = started(null)) {
      harness.pane(pane(A, MONDAY, 100));
      harness.register("a", 8);
      harness.watermark(MONDAY + 2 * MINUTE - 1);
      state = harness.snapshot(1, 0);
    }
    try (var harness = started(state)) {
      harness.watermark(MONDAY + MINUTE - 1);
      assertThat(harness.getOutput()).isEmpty();
      harness.caughtUp();
      assertThat(rows(harness)).containsExactly("a 1m 8.0");
      harness.watermark(MONDAY + 5 * MINUTE - 1);
      assertThat(rows(harness)).containsExactly("a 5m 8.0", "a 1h 8.0");
    }
  }

  @Test
  void itDoesNotWaitAgainAfterARestart() throws Exception {
    OperatorSubtaskState state;
    try (var harness = started(null)) {
      harness.register("a", 8);
      harness.caughtUp();
      harness.pane(pane(A, MONDAY, 100));
      state = harness.snapshot(1, 0);
    }
    try (var harness = started(state)) {
      harness.watermark(MONDAY + MINUTE - 1);
      assertThat(rows(harness)).containsExactly("a 1m 8.0");
      harness.register(2, "b", 7);
      harness.pane(pane(B, MONDAY + MINUTE, 100));
      harness.watermark(MONDAY + 2 * MINUTE - 1);
      assertThat(rows(harness)).containsExactly("b 1m 7.0");
    }
  }

  @Test
  void aPredictedQualityIsUsedFromTheNextRowOn() throws Exception {
    try (var harness = started(null)) {
      harness.caughtUp();
      harness.pane(pane(A, MONDAY, 100));
      harness.watermark(MONDAY + MINUTE - 1);
      assertThat(rows(harness)).containsExactly("a 1m NaN");
      harness.register("a", 8);
      harness.watermark(MONDAY + 2 * MINUTE - 1);
      assertThat(rows(harness)).isEmpty();
      harness.watermark(MONDAY + 5 * MINUTE - 1);
      assertThat(rows(harness)).containsExactly("a 5m 8.0", "a 1h 8.0");
      harness.pane(feedback(A, MONDAY, 1));
      harness.watermark(MONDAY + 5 * MINUTE);
      List<WindowUpdate> corrected = harness.extractOutputValues();
      assertThat(corrected).hasSize(2);
      assertThat(corrected)
          .allSatisfy(
              row -> {
                assertThat(row.value(Metric.CALIBRATION_BIAS)).isEqualTo(8.0);
                assertThat(row.value(Metric.AVG_CALIBRATION_DELTA)).isEqualTo(8.0);
              });
    }
  }

  @Test
  void aRepeatedChangeIsIgnoredAndAMissingOneFailsTheJob() throws Exception {
    try (var harness = started(null)) {
      harness.register(1, "a", 8);
      harness.register(1, "a", 3);
      harness.caughtUp();
      assertThatThrownBy(() -> harness.register(3, "b", 3))
          .isInstanceOf(IllegalStateException.class)
          .hasMessageContaining("registry event 3 follows event 1");
      harness.pane(pane(A, MONDAY, 100));
      harness.watermark(MONDAY + MINUTE - 1);
      assertThat(rows(harness)).containsExactly("a 1m 8.0");
    }
  }

  /** Each subtask has the whole registry, before and after. */
  @Test
  void everySubtaskKnowsTheRegistryAfterRescaling() throws Exception {
    for (int[] parallelism : new int[][] {{1, 3}, {3, 1}, {2, 5}, {4, 2}}) {
      OperatorSubtaskState state = snapshotOf(parallelism[0]);
      List<String> rows = new ArrayList<>();
      for (int subtask = 0; subtask < parallelism[1]; subtask++) {
        OperatorSubtaskState part =
            AbstractStreamOperatorTestHarness.repartitionOperatorState(
                state, MAX_PARALLELISM, parallelism[0], parallelism[1], subtask);
        try (var harness = new WindowRollUpHarness(SETTINGS, 1000, parallelism[1], subtask)) {
          harness.setup(RecordTypeInfo.WINDOW_UPDATE.createSerializer(null));
          harness.initializeState(part);
          harness.open();
          // Late, for a version of which there is no state; for the restored watermark only.
          harness.pane(pane(keyOf(parallelism[1], subtask, "late"), MONDAY - DAY, 1));
          assertThat(deadLetters(harness)).hasSize(1);
          harness.watermark(MONDAY + MINUTE - 1);
          rows.addAll(rows(harness));
          harness.register(21, "new", 1);
        }
      }
      List<String> expected = new ArrayList<>();
      for (int i = 0; i < 20; i++) {
        expected.add("p" + i + " 1m " + i / 2.0);
      }
      assertThat(rows).containsExactlyInAnyOrderElementsOf(expected);
    }
  }

  private static OperatorSubtaskState snapshotOf(int parallelism) throws Exception {
    OperatorSubtaskState[] states = new OperatorSubtaskState[parallelism];
    for (int subtask = 0; subtask < parallelism; subtask++) {
      try (var harness = new WindowRollUpHarness(SETTINGS, 1000, parallelism, subtask)) {
        harness.setup(RecordTypeInfo.WINDOW_UPDATE.createSerializer(null));
        harness.open();
        for (int i = 0; i < 20; i++) {
          harness.register("p" + i, i / 2.0);
          PromptVersionId promptVersion = new PromptVersionId("p" + i, "1.0.0");
          if (subtask(promptVersion, parallelism) == subtask) {
            harness.pane(pane(promptVersion, MONDAY, 100));
          }
        }
        harness.caughtUp();
        harness.watermark(MONDAY);
        states[subtask] = harness.snapshot(1, 0);
      }
    }
    return AbstractStreamOperatorTestHarness.repackageState(states);
  }

  private static int subtask(PromptVersionId promptVersion, int parallelism) {
    return KeyGroupRangeAssignment.assignKeyToParallelOperator(
        promptVersion, MAX_PARALLELISM, parallelism);
  }

  private static PromptVersionId keyOf(int parallelism, int subtask, String prefix) {
    for (int i = 0; ; i++) {
      PromptVersionId candidate = new PromptVersionId(prefix + i, "1.0.0");
      if (subtask(candidate, parallelism) == subtask) {
        return candidate;
      }
    }
  }

  @Test
  void whatWasLateStaysLateAfterARestart() throws Exception {
    OperatorSubtaskState state;
    List<DeadLetter> before;
    try (var harness = started(null)) {
      harness.caughtUp();
      harness.watermark(MONDAY + DAY);
      state = harness.snapshot(1, 0);
      harness.pane(pane(A, MONDAY, 1, 2));
      harness.pane(feedback(B, MONDAY + 5_000, 4));
      before = deadLetters(harness);
      assertThat(before).hasSize(2);
    }
    try (var harness = started(state)) {
      harness.pane(pane(A, MONDAY, 1, 2));
      harness.pane(feedback(B, MONDAY + 5_000, 4));
      assertThat(deadLetters(harness)).isEqualTo(before);
      assertThat(harness.numEventTimeTimers()).isZero();
    }
  }

  /** Also while the watermark is held back. */
  @Test
  void whatIsLateDoesNotDependOnWhenTheRegistryCatchesUp() throws Exception {
    try (var harness = started(null)) {
      harness.watermark(MONDAY + DAY);
      harness.pane(pane(A, MONDAY, 1, 2));
      harness.pane(feedback(B, MONDAY + 5_000, 4));
      assertThat(deadLetters(harness)).hasSize(2);
    }
  }

  /** The end of one input is not the end of time for the next one. */
  @Test
  void theEndOfTimeIsNotKept() throws Exception {
    OperatorSubtaskState state;
    try (var harness = started(null)) {
      harness.caughtUp();
      harness.watermark(MONDAY);
      harness.watermark(Long.MAX_VALUE);
      state = harness.snapshot(1, 0);
    }
    try (var harness = started(state)) {
      harness.pane(pane(A, MONDAY, 1, 2));
      assertThat(harness.getSideOutput(WindowRollUp.LATE)).isNull();
    }
  }

  @Test
  void whatRulesWantFollowsTheRegistry() throws Exception {
    AlertingConfig config =
        ConfigReader.read(
            "rules.yaml",
            """
            alert_rules:
              - name: slow
                condition: latency_p95 > baseline * 2
                window: 5m
                severity: critical
                actions: [auto_rollback]
            auto_rollback: {triggers: []}
            """,
            top -> AlertingConfig.read(top, Duration.ofMillis(PANE)));
    RuleDemand rules = new RuleDemand(RuleSet.of(config), List.of());
    try (var harness = new WindowRollUpHarness(SETTINGS, rules, 1000, 1, 0)) {
      harness.open();
      harness.caughtUp();
      harness.pane(pane(A, MONDAY, 2900, 3100));
      harness.watermark(MONDAY + PANE - 1);
      SlidingWindows unregistered = lastEvaluation(harness);
      assertThat(unregistered.windows())
          .extracting(SlidingWindow::latencyP50)
          .containsExactly(3000.0);
      assertThat(unregistered.windows()).allMatch(window -> window.latencyTails().isEmpty());
      harness.register("a", new Performance(7.0, null, null, 1500.0));
      harness.watermark(MONDAY + 2 * PANE - 1);
      assertThat(lastEvaluation(harness).windows())
          .extracting(window -> window.slowerThan(3000))
          .containsExactly(1L);
    }
  }

  private static SlidingWindows lastEvaluation(WindowRollUpHarness harness) {
    var evaluations = List.copyOf(harness.getSideOutput(WindowRollUp.SLIDING));
    return evaluations.get(evaluations.size() - 1).getValue();
  }

  /** One execution, as far as it matters here. */
  private record Rated(PromptVersionId promptVersion, long time, byte rating, int score) {}

  @Test
  void calibrationIsThatOfTheExecutions() throws Exception {
    for (long seed = 1; seed <= 5; seed++) {
      Random random = new Random(seed);
      List<Rated> all = new ArrayList<>();
      Map<PromptVersionId, Double> predicted = Map.of(A, random.nextInt(101) / 10.0, B, 10.0);
      List<WindowUpdate> rows = new ArrayList<>();
      List<SlidingWindows> evaluations = new ArrayList<>();
      try (var harness = started(null)) {
        int caughtUpAt = random.nextInt(60);
        for (int step = 0; step < 300; step++) {
          long start = MONDAY + step * PANE;
          if (step == caughtUpAt) {
            for (Map.Entry<PromptVersionId, Double> version : predicted.entrySet()) {
              harness.register(version.getKey().promptId(), version.getValue());
            }
            harness.caughtUp();
          }
          if (random.nextInt(3) > 0) {
            harness.pane(randomPane(random, random.nextBoolean() ? A : B, start, all));
          }
          harness.watermark(start + PANE - 1);
        }
        harness.watermark(Long.MAX_VALUE);
        rows.addAll(harness.extractOutputValues());
        harness
            .getSideOutput(WindowRollUp.SLIDING)
            .forEach(evaluation -> evaluations.add(evaluation.getValue()));
      }
      assertThat(rows).hasSizeGreaterThan(50);
      for (WindowUpdate row : rows) {
        if (row.isFinal()) {
          Double bias =
              bias(
                  predicted,
                  all,
                  row.promptVersion(),
                  time -> row.size().startOf(time) == row.start());
          assertBias(row.value(Metric.CALIBRATION_BIAS), bias);
          assertBias(row.value(Metric.AVG_CALIBRATION_DELTA), bias == null ? null : Math.abs(bias));
        }
      }
      assertThat(evaluations).hasSizeGreaterThan(200);
      for (SlidingWindows evaluation : evaluations) {
        for (SlidingWindow window : evaluation.windows()) {
          assertBias(
              Metric.CALIBRATION_BIAS.value(window.counters(), evaluation.predictedQuality()),
              bias(
                  predicted,
                  all,
                  evaluation.promptVersion(),
                  time -> time >= window.start() && time < evaluation.end()));
        }
      }
    }
  }

  private static PaneUpdate randomPane(
      Random random, PromptVersionId promptVersion, long start, List<Rated> all) {
    WindowAggregate aggregate = new WindowAggregate();
    for (int i = 1 + random.nextInt(3); i > 0; i--) {
      Rated rated =
          new Rated(
              promptVersion,
              start + random.nextInt((int) PANE),
              random.nextBoolean() ? (byte) (1 + random.nextInt(5)) : Execution.NO_FEEDBACK,
              random.nextInt(3) == 0 ? random.nextInt(10_000_001) : Execution.NO_SCORE);
      all.add(rated);
      aggregate.add(
          new Execution(
              all.size(),
              promptVersion,
              rated.time(),
              100,
              1,
              1,
              true,
              null,
              rated.rating(),
              rated.score(),
              Execution.NO_HASH,
              Execution.NO_HASH,
              Execution.NO_HASH,
              null,
              null));
    }
    return PaneUpdate.executions(promptVersion, start, aggregate, new Exemplars());
  }

  private static @Nullable Double bias(
      Map<PromptVersionId, Double> predicted,
      List<Rated> all,
      PromptVersionId promptVersion,
      LongPredicate inWindow) {
    List<Double> qualities = new ArrayList<>();
    for (Rated rated : all) {
      if (rated.promptVersion().equals(promptVersion) && inWindow.test(rated.time())) {
        if (rated.rating() != Execution.NO_FEEDBACK) {
          qualities.add((rated.rating() - 1) / 4.0 * 10);
        }
        if (rated.score() != Execution.NO_SCORE) {
          qualities.add(rated.score() / 1e6);
        }
      }
    }
    return qualities.isEmpty()
        ? null
        : predicted.get(promptVersion)
            - qualities.stream().mapToDouble(Double::doubleValue).average().orElseThrow();
  }

  private static void assertBias(@Nullable Object actual, @Nullable Double expected) {
    if (expected == null) {
      assertThat(actual).isNull();
    } else {
      assertThat((Double) actual).isCloseTo(expected, within(1e-9));
    }
  }

  private static WindowRollUpHarness started(@Nullable OperatorSubtaskState state)
      throws Exception {
    var harness = new WindowRollUpHarness(SETTINGS, 1000);
    harness.setup(RecordTypeInfo.WINDOW_UPDATE.createSerializer(null));
    if (state != null) {
      harness.initializeState(state);
    }
    harness.open();
    return harness;
  }

  /** The rows, taken out of the output. */
  private static List<String> rows(WindowRollUpHarness harness) {
    List<String> rows =
        harness.extractOutputValues().stream()
            .map(
                row ->
                    "%s %s %s"
                        .formatted(
                            row.promptVersion().promptId(),
                            row.size().label(),
                            row.predictedQuality()))
            .toList();
    harness.getOutput().removeIf(element -> element instanceof StreamRecord);
    return rows;
  }

  private static List<Long> watermarks(WindowRollUpHarness harness) {
    return harness.getOutput().stream()
        .filter(Watermark.class::isInstance)
        .map(element -> ((Watermark) element).getTimestamp())
        .toList();
  }

  private static List<DeadLetter> deadLetters(WindowRollUpHarness harness) {
    return harness.getSideOutput(WindowRollUp.LATE).stream().map(StreamRecord::getValue).toList();
  }
}
