package io.promptmonitor.common.windows;

import static io.promptmonitor.common.GoldenBytes.assertGolden;
import static io.promptmonitor.common.GoldenBytes.golden;
import static io.promptmonitor.common.GoldenBytes.hex;
import static io.promptmonitor.common.GoldenBytes.read;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.promptmonitor.common.execution.Execution;
import io.promptmonitor.common.execution.PromptVersionId;
import io.promptmonitor.common.metrics.Exemplar;
import io.promptmonitor.common.metrics.Exemplars;
import io.promptmonitor.common.metrics.Metric;
import io.promptmonitor.common.metrics.MetricPart;
import io.promptmonitor.common.metrics.QualityCounts;
import io.promptmonitor.common.metrics.WindowAggregate;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.stream.Collectors;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * Single cases, for whoever wants to see what a roll-up does; {@link RollUpPropertyTest} has all.
 */
class RollUpTest {

  private static final long SECOND = 1000;
  private static final long MINUTE = 60 * SECOND;
  private static final long HOUR = 60 * MINUTE;
  private static final long DAY = 24 * HOUR;
  private static final long PANE = 10 * SECOND;

  // Monday, 2025-06-09T00:00:00Z
  private static final long MONDAY = 1_749_427_200_000L;

  private final List<WindowUpdate> rows = new ArrayList<>();
  private final List<SlidingWindows> evaluations = new ArrayList<>();
  private final List<String> unmatched = new ArrayList<>();
  private final MemoryStore store = new MemoryStore();
  private final SlidingEvaluator scratch = new SlidingEvaluator();
  private final RandomExecutions executions = new RandomExecutions(new SplittableRandom(1));
  private double predictedQuality = Double.NaN;
  private SlidingDemand demand = SlidingDemand.ofEveryLength(MetricPart.ALL);
  private final VersionFacts facts =
      new VersionFacts() {
        @Override
        public double predictedQuality(PromptVersionId promptVersion) {
          return predictedQuality;
        }

        @Override
        public SlidingDemand slidingDemand(PromptVersionId promptVersion) {
          return demand;
        }
      };
  private RollUpPlan plan = new RollUpPlan(settings(List.of(), MINUTE));
  private RollUp rollUp = load();

  private final RollUpOutput output =
      new RollUpOutput() {
        @Override
        public void window(WindowUpdate update) {
          rows.add(update);
        }

        @Override
        public void sliding(SlidingWindows evaluation) {
          evaluations.add(evaluation);
        }

        @Override
        public void feedbackWithoutExecution(long executionMinute, long count) {
          unmatched.add(executionMinute - MONDAY + ": " + count);
        }
      };

  private static RollUpSettings settings(List<Long> lengths, long slide) {
    return new RollUpSettings(PANE, MINUTE, DAY, Map.of(), lengths, slide);
  }

  private RollUp load() {
    return RollUp.load(plan, RandomExecutions.VERSION, store, scratch, facts);
  }

  private void use(RollUpSettings settings) {
    plan = new RollUpPlan(settings);
    rollUp = load();
  }

  private void restart() {
    rollUp.save();
    rollUp = load();
  }

  private boolean add(long time, int n, long watermark) {
    WindowAggregate pane = new WindowAggregate();
    Exemplars chosen = new Exemplars();
    for (int i = 0; i < n; i++) {
      Execution execution = executions.next(MONDAY + time);
      pane.add(execution);
      chosen.add(execution);
    }
    return rollUp.add(MONDAY + time / PANE * PANE, pane, chosen, MONDAY + watermark);
  }

  private boolean rate(long time, int rating, long watermark) {
    QualityCounts change = new QualityCounts();
    change.add((byte) rating, Execution.NO_SCORE);
    return rollUp.addFeedback(MONDAY + time, change, MONDAY + watermark, output);
  }

  private void advance(long time) {
    rollUp.advance(MONDAY + time, output);
  }

  private List<String> takeRows() {
    List<String> texts =
        rows.stream()
            .map(
                r ->
                    "%s+%dm #%d%s%s: %d"
                        .formatted(
                            r.size().label(),
                            (r.start() - MONDAY) / MINUTE,
                            r.revision(),
                            r.isFinal() ? "" : " open",
                            r.qualityOnly() ? " quality" : "",
                            r.qualityOnly()
                                ? r.aggregate().quality().ratingCount()
                                : r.aggregate().executionCount()))
            .toList();
    rows.clear();
    return texts;
  }

  private List<String> takeEvaluations() {
    List<String> texts =
        evaluations.stream()
            .flatMap(
                evaluation ->
                    evaluation.windows().stream()
                        .map(
                            w ->
                                "%ds at %ds: %d"
                                    .formatted(
                                        w.length() / SECOND,
                                        (evaluation.end() - MONDAY) / SECOND,
                                        w.counters().executionCount())))
            .toList();
    evaluations.clear();
    return texts;
  }

  @Test
  void windowsAreWrittenWhenTheyEnd() {
    add(3 * SECOND, 2, 0);
    add(65 * SECOND, 1, 0);
    advance(MINUTE - 1);
    assertThat(takeRows()).isEmpty();
    assertThat(rollUp.nextDue()).isEqualTo(MONDAY + MINUTE);
    advance(MINUTE);
    assertThat(takeRows()).containsExactly("1m+0m #1: 2");
    advance(5 * MINUTE);
    assertThat(takeRows()).containsExactly("1m+1m #1: 1", "5m+0m #1: 3");
    advance(7 * DAY);
    assertThat(takeRows()).containsExactly("1h+0m #1: 3", "24h+0m #1: 3", "7d+0m #1: 3");
    advance(8 * DAY);
    assertNothingLeft();
  }

  @Test
  void longWindowsAreRefreshedWhileOpenIfSomethingCame() {
    use(
        new RollUpSettings(
            PANE,
            MINUTE,
            DAY,
            Map.of(WindowSize.ONE_HOUR, MINUTE, WindowSize.ONE_DAY, 5 * MINUTE),
            List.of(),
            PANE));
    add(0, 1, 0);
    add(7 * MINUTE, 1, 0);
    advance(6 * MINUTE);
    assertThat(takeRows())
        .containsExactly(
            "1m+0m #1: 1",
            "1h+0m #1 open: 1",
            "5m+0m #1: 1",
            "1h+0m #2 open: 1",
            "24h+0m #1 open: 1");
    advance(30 * MINUTE);
    assertThat(takeRows())
        .containsExactly(
            "1m+7m #1: 1",
            "1h+0m #3 open: 2",
            "5m+5m #1: 1",
            "1h+0m #4 open: 2",
            "24h+0m #2 open: 2");
  }

  @Test
  void lateExecutionsCorrectWhatHasEnded() {
    add(0, 1, 0);
    advance(5 * MINUTE + 30 * SECOND);
    assertThat(takeRows()).containsExactly("1m+0m #1: 1", "5m+0m #1: 1");
    assertThat(add(4 * MINUTE + 30 * SECOND, 3, 5 * MINUTE + 30 * SECOND)).isTrue();
    assertThat(add(4 * MINUTE + 10 * SECOND, 3, 5 * MINUTE + 30 * SECOND)).isFalse();
    advance(5 * MINUTE + 31 * SECOND);
    assertThat(takeRows()).containsExactly("1m+4m #1: 3", "5m+0m #2: 4");
    advance(HOUR);
    assertThat(takeRows()).containsExactly("1h+0m #1: 4");
  }

  @Test
  void aPendingCorrectionSurvivesARestart() {
    add(0, 1, 0);
    advance(MINUTE);
    takeRows();
    add(10 * SECOND, 1, MINUTE);
    restart();
    assertThat(rollUp.nextDue()).isLessThanOrEqualTo(MONDAY + MINUTE);
    advance(MINUTE + SECOND);
    assertThat(takeRows()).containsExactly("1m+0m #2: 2");

    rate(0, 5, MINUTE + SECOND);
    restart();
    advance(MINUTE + 2 * SECOND);
    assertThat(takeRows()).containsExactly("1m+0m #3: 2");
  }

  @Test
  void feedbackCorrectsAllWindowsOfItsExecution() {
    add(0, 1, 0);
    advance(HOUR + 10 * MINUTE);
    takeRows();
    assertThat(rate(0, 4, HOUR + 10 * MINUTE)).isTrue();
    advance(HOUR + 10 * MINUTE + 1);
    assertThat(takeRows())
        .containsExactly("1m+0m #2 quality: 1", "5m+0m #2 quality: 1", "1h+0m #2: 1");
    restart();
    advance(26 * HOUR);
    takeRows();
    // The minute's day of corrections is over.
    assertThat(rate(0, 4, 26 * HOUR)).isFalse();
  }

  @Test
  void onlySumsAreKeptForFeedbackThatComesMuchLater() {
    add(0, 1, 0);
    advance(DAY + 30 * SECOND);
    takeRows();
    advance(DAY + 40 * SECOND);
    restart();
    int before = rows.size();
    assertThat(rate(0, 4, DAY + 50 * SECOND)).isTrue();
    long ratings = rows.get(before).aggregate().quality().ratingCount();
    assertThat(rows).allMatch(r -> r.qualityOnly() && r.isFinal() && r.revision() == 2);
    assertThat(rows.stream().map(r -> r.size().label()).toList()).contains("1m", "5m");
    assertThat(ratings).isPositive();
    advance(8 * DAY);
    assertNothingLeft();
  }

  @Test
  void feedbackOfALateExecutionCountsOnce() {
    add(0, 1, 0);
    advance(6 * MINUTE + 30 * SECOND);
    // The five minutes from 5 on are new, the hour is not.
    add(5 * MINUTE + 50 * SECOND, 1, 6 * MINUTE + 30 * SECOND);
    rate(5 * MINUTE + 50 * SECOND, 1, 6 * MINUTE + 30 * SECOND);
    advance(HOUR);
    WindowUpdate five = rows.get(rows.size() - 2);
    WindowUpdate first =
        rows.stream().filter(r -> r.size() == WindowSize.FIVE_MINUTES).findFirst().orElseThrow();
    WindowUpdate hour = rows.get(rows.size() - 1);
    assertThat(hour.aggregate().quality().ratingCount())
        .isEqualTo(
            five.aggregate().quality().ratingCount() + first.aggregate().quality().ratingCount());
  }

  @Test
  void feedbackWaitsForItsExecution() {
    assertThat(rate(30 * SECOND, 5, 0)).isTrue();
    assertThat(rate(2 * MINUTE, 5, 0)).isTrue();
    add(40 * SECOND, 1, 0);
    advance(MINUTE);
    assertThat(rows.get(0).aggregate().quality().ratingCount()).isPositive();
    advance(DAY);
    assertThat(unmatched).containsExactly(2 * MINUTE + ": 1");
    assertThat(rate(2 * MINUTE, 5, DAY)).isFalse();
  }

  @Test
  void heldFeedbackIsReportedAtTheEndOfTheInput() {
    rate(2 * MINUTE, 5, 0);
    rollUp.advance(Long.MAX_VALUE, output);
    assertThat(unmatched).containsExactly(2 * MINUTE + ": 1");
    assertNothingLeft();
  }

  @Test
  void aPredictedQualityIsUsedFromTheNextRowOn() {
    use(settings(List.of(5 * MINUTE), MINUTE));
    add(0, 1, 0);
    rate(0, 5, 0);
    advance(MINUTE);
    predictedQuality = 8;
    advance(5 * MINUTE);
    rate(0, 1, 5 * MINUTE);
    advance(5 * MINUTE + 1);
    assertThat(rows)
        .extracting(
            row -> row.size().label() + " #" + row.revision() + " " + row.predictedQuality())
        .containsExactly("1m #1 NaN", "5m #1 8.0", "1m #2 8.0", "5m #2 8.0");
    assertThat(rows.get(0).value(Metric.CALIBRATION_BIAS)).isNull();
    WindowUpdate last = rows.get(3);
    double actual = last.aggregate().quality().averageQuality();
    assertThat(last.value(Metric.CALIBRATION_BIAS)).isEqualTo(8 - actual);
    assertThat(last.value(Metric.AVG_CALIBRATION_DELTA)).isEqualTo(Math.abs(8 - actual));
    assertThat(evaluations)
        .extracting(SlidingWindows::predictedQuality)
        .containsExactly(Double.NaN, 8.0, 8.0, 8.0, 8.0);
  }

  @Test
  void slidingWindowsAreEvaluatedUntilTheLongestIsEmpty() {
    use(settings(List.of(20 * SECOND, 30 * SECOND), PANE));
    add(0, 2, -PANE);
    advance(HOUR);
    assertThat(takeEvaluations())
        .containsExactly(
            "20s at 10s: 2",
            "30s at 10s: 2",
            "20s at 20s: 2",
            "30s at 20s: 2",
            "20s at 30s: 0",
            "30s at 30s: 2",
            "20s at 40s: 0",
            "30s at 40s: 0");
    add(HOUR, 1, HOUR);
    rollUp.advance(Long.MAX_VALUE, output);
    assertThat(takeEvaluations()).containsExactly("20s at 3610s: 1", "30s at 3610s: 1");
  }

  @Test
  void lateExecutionsOfAnOpenMinuteAreEvaluated() {
    use(settings(List.of(5 * MINUTE), PANE));
    add(0, 1, 25 * SECOND);
    advance(30 * SECOND);
    assertThat(takeEvaluations()).containsExactly("300s at 30s: 1");
  }

  @Test
  void longerSlidingWindowsContinueWhereShorterOnesBegin() {
    use(settings(List.of(5 * MINUTE + PANE, HOUR, 5 * HOUR, DAY), MINUTE));
    int panes = (int) (26 * HOUR / PANE);
    for (int i = 0; i < panes; i++) {
      add(i * PANE, 1, i * PANE);
      advance((i + 1) * PANE);
      for (SlidingWindows evaluation : evaluations) {
        long end = evaluation.end();
        for (SlidingWindow window : evaluation.windows()) {
          long covered = Math.min(end - MONDAY, end - window.start());
          assertThat(window.counters().executionCount())
              .as("%s ms at %s", window.length(), end - MONDAY)
              .isEqualTo(covered / PANE);
        }
      }
      evaluations.clear();
    }
  }

  @Test
  void anEvaluationIsTheSameAfterARestart() {
    use(settings(List.of(PANE, MINUTE), PANE));
    WindowAggregate pane = new WindowAggregate();
    for (int i = 0; i < 400; i++) {
      pane.add(executions.next(MONDAY));
    }
    List<String> texts = new ArrayList<>();
    for (boolean restarted : new boolean[] {false, true}) {
      MemoryStore ownStore = new MemoryStore();
      RollUp own = RollUp.load(plan, RandomExecutions.VERSION, ownStore, scratch, facts);
      for (int step = 0; step < 12; step++) {
        if (step == 0) {
          own.add(MONDAY, pane, new Exemplars(), MONDAY - PANE);
        } else if (step % 3 == 0) {
          own.addFeedback(MONDAY, rating(step % 5 + 1), MONDAY + step * PANE, output);
        }
        own.advance(MONDAY + (step + 1) * PANE, output);
        if (restarted) {
          own.save();
          own = RollUp.load(plan, RandomExecutions.VERSION, ownStore, scratch, facts);
        }
      }
      StringBuilder text = new StringBuilder();
      for (SlidingWindows evaluation : evaluations) {
        for (SlidingWindow w : evaluation.windows()) {
          text.append(evaluation.end()).append(' ').append(w.latencyP50());
          text.append(' ').append(w.latencyP99()).append(hex(w.counters()::write)).append('\n');
        }
      }
      evaluations.clear();
      texts.add(text.toString());
    }
    assertThat(texts.get(1)).isEqualTo(texts.get(0)).isNotEmpty();
  }

  private static QualityCounts rating(int rating) {
    QualityCounts change = new QualityCounts();
    change.add((byte) rating, Execution.NO_SCORE);
    return change;
  }

  /** Three weeks of steady traffic, with everything a deployment has by default. */
  @Test
  @Tag("slow")
  void stateDoesNotGrowAfterTheFirstWeek() {
    List<Long> lengths =
        LongStream.of(5, 10, 15, 30, 60, 24 * 60).mapToObj(m -> m * MINUTE).toList();
    use(
        new RollUpSettings(
            PANE,
            MINUTE,
            DAY,
            Map.of(WindowSize.ONE_HOUR, MINUTE, WindowSize.ONE_DAY, 5 * MINUTE),
            lengths,
            MINUTE));
    int[] most = new int[3];
    long[] mostBytes = new long[3];
    for (int week = 0; week < 3; week++) {
      for (long time = week * 7 * DAY; time < (week + 1) * 7 * DAY; time += 30 * SECOND) {
        add(time, 1, time);
        advance(time + 30 * SECOND);
        most[week] = Math.max(most[week], rollUp.windowCount());
        rows.clear();
        evaluations.clear();
        if (time % (7 * HOUR) == 0) {
          restart();
          mostBytes[week] = Math.max(mostBytes[week], store.bytes());
        }
      }
    }
    assertThat(most[2]).isEqualTo(most[1]).isLessThan(480);
    assertThat(mostBytes[2]).isLessThan((long) (1.1 * mostBytes[1]));
    assertThat(store.hourEntries()).isLessThanOrEqualTo(26);
    advance(40 * DAY);
    assertNothingLeft();
  }

  @Test
  void settingsAreChecked() {
    assertThatThrownBy(() -> new RollUpSettings(500, MINUTE, DAY, Map.of(), List.of(), MINUTE))
        .hasMessage("the pane must be whole seconds and divide one minute");
    assertThatThrownBy(() -> settings(List.of(7 * SECOND), PANE))
        .hasMessage("a sliding window must be a multiple of the pane");
    assertThatThrownBy(() -> settings(List.of(2 * PANE, PANE), PANE))
        .hasMessage("sliding windows must be in ascending order");
    assertThatThrownBy(() -> settings(List.of(25 * HOUR), PANE))
        .hasMessage("a sliding window must not be longer than 24 h");
    assertThatThrownBy(() -> settings(List.of(), 7 * MINUTE))
        .hasMessage("the slide must be a multiple of the pane and divide one hour");
  }

  @Test
  void keepsTheFormOfItsBytes() {
    RolledWindow minute = new RolledWindow(MONDAY);
    minute.closed = true;
    minute.outdated = true;
    minute.revision = 3;
    minute.collecting = new WindowAggregate();
    for (int i = 0; i < 3; i++) {
      minute.collecting.add(new RandomExecutions(new SplittableRandom(i)).next(MONDAY));
    }
    assertGolden("rolled-window", minute::write);
    for (String format : List.of("rolled-window", "rolled-window-format-1")) {
      RolledWindow readMinute =
          read(golden(format), in -> RolledWindow.read(WindowLevel.MINUTE, MONDAY, in));
      assertThat(readMinute.closed).isTrue();
      assertThat(readMinute.outdated).isTrue();
      assertThat(readMinute.corrected).isFalse();
      assertThat(readMinute.revision).isEqualTo(3);
      assertThat(readMinute.hasExecutions()).isTrue();
      assertThat(readMinute.parts).isEqualTo(MetricPart.ALL);
    }

    QualityHour hour = new QualityHour();
    hour.put(WindowLevel.MINUTE, MONDAY + 59 * MINUTE, rating(4), 2);
    hour.put(WindowLevel.FIVE_MINUTES, MONDAY + 55 * MINUTE, rating(2), 1);
    hour.put(WindowLevel.HOUR, MONDAY, new QualityCounts(), 700);
    assertGolden("quality-hour", out -> out.write(hour.toBytes()));
    QualityHour readHour = QualityHour.fromBytes(golden("quality-hour"));
    QualityHour.Remainder remainder = readHour.find(WindowLevel.HOUR, MONDAY);
    assertThat(remainder).isNotNull();
    assertThat(remainder.revision).isEqualTo(700);
    assertThat(readHour.find(WindowLevel.MINUTE, MONDAY)).isNull();
  }

  /** State of a release before exemplars, and of this one. */
  @Test
  void readsItsStateOfEveryFormat() {
    use(settings(List.of(5 * MINUTE), PANE));
    WindowAggregate pane = new WindowAggregate();
    Exemplars chosen = new Exemplars();
    Execution execution = new RandomExecutions(new SplittableRandom(3)).next(MONDAY + SECOND);
    pane.add(execution);
    chosen.add(execution);
    rollUp.add(MONDAY, pane, chosen, MONDAY);
    advance(PANE);
    rollUp.save();
    assertGolden("roll-up", out -> out.write(store.window(-1)));
    for (String format : List.of("roll-up-format-1", "roll-up")) {
      store.putWindow(-1, golden(format));
      rollUp = load();
      evaluations.clear();
      advance(2 * PANE);
      assertThat(takeEvaluations()).containsExactly("300s at 20s: 1");
    }
  }

  @Test
  void onlyWhatIsWantedIsComputed() {
    demand =
        SlidingDemand.builder()
            .add(5 * MINUTE, MetricPart.USERS.mask())
            .add(10 * MINUTE, 0, 800)
            .build();
    use(settings(List.of(5 * MINUTE, 10 * MINUTE, HOUR), PANE));
    addSlow(1, 10 * SECOND, 900, true);
    addSlow(2, 20 * SECOND, 800, true);
    advance(30 * SECOND);
    List<SlidingWindow> windows = evaluations.get(evaluations.size() - 1).windows();
    assertThat(windows).extracting(w -> w.counters().executionCount()).containsOnly(2L);
    assertThat(windows)
        .extracting(SlidingWindow::latencyP50)
        .containsExactly(Double.NaN, 850.0, Double.NaN);
    assertThat(windows.get(1).latencyTails()).containsExactly(new LatencyTail(800, 1));
    assertThat(windows.get(1).slowerThan(800)).isEqualTo(1);
    assertThat(windows.get(1).slowerThan(900)).isEqualTo(-1);
    assertThat(windows.get(0).counters().usersSketch()).isNotNull();
    assertThat(windows.get(1).counters().usersSketch()).isNull();
    assertThat(windows.get(2).counters()).as("shared").isSameAs(windows.get(1).counters());
  }

  @Test
  void ofSeveralWindowsTheShortestWithEnoughExecutionsIsTaken() {
    demand =
        SlidingDemand.builder()
            .addShortest(
                new long[] {MINUTE, 2 * MINUTE, 3 * MINUTE}, 2, MetricPart.LATENCY.mask(), 500)
            .build();
    use(settings(List.of(MINUTE, 2 * MINUTE, 3 * MINUTE, 4 * MINUTE), MINUTE));
    addSlow(1, 0, 900, true);
    addSlow(2, MINUTE, 800, true);
    addSlow(3, MINUTE, 400, true);
    List<String> taken = new ArrayList<>();
    for (int minute = 1; minute <= 6; minute++) {
      advance(minute * MINUTE);
      evaluations.get(evaluations.size() - 1).windows().stream()
          .filter(window -> !window.latencyTails().isEmpty())
          .forEach(
              window ->
                  taken.add(
                      "at %d: %d min, %d"
                          .formatted(
                              taken.size() + 1, window.length() / MINUTE, window.slowerThan(500))));
    }
    assertThat(taken)
        .containsExactly(
            "at 1: 3 min, 1", // too few in each
            "at 2: 1 min, 1",
            "at 3: 2 min, 1",
            "at 4: 3 min, 1",
            "at 5: 3 min, 0",
            "at 6: 3 min, 0");
  }

  @Test
  void windowsThatNobodyWantsAreLeftOut() {
    demand =
        SlidingDemand.builder()
            .onlyWantedLengths()
            .addShortest(new long[] {MINUTE, 2 * MINUTE, 3 * MINUTE}, 2, 0)
            .build();
    use(settings(List.of(MINUTE, 2 * MINUTE, 3 * MINUTE, 4 * MINUTE), MINUTE));
    addSlow(1, 0, 900, true);
    addSlow(2, MINUTE, 800, true);
    addSlow(3, MINUTE, 400, true);
    List<String> seen = new ArrayList<>();
    for (int minute = 1; minute <= 6; minute++) {
      advance(minute * MINUTE);
      SlidingWindows last = evaluations.get(evaluations.size() - 1);
      seen.add(
          last.hasExecutions()
              + last.windows().stream()
                  .map(w -> " %d:%d".formatted(w.length() / MINUTE, w.counters().executionCount()))
                  .collect(Collectors.joining()));
    }
    assertThat(seen)
        .containsExactly(
            "true 1:1 2:1 3:1",
            "true 1:2",
            "true 1:0 2:2",
            "true 1:0 2:0 3:2",
            "true 1:0 2:0 3:0", // in the window of 4 minutes there are two
            "false 1:0 2:0 3:0");
  }

  @Test
  void whatIsWantedLaterIsKnownOnceTheWindowIsFullOfIt() {
    demand = SlidingDemand.counters();
    use(settings(List.of(MINUTE, 5 * MINUTE), PANE));
    for (int second = 0; second < 600; second += 10) {
      if (second == 120) {
        demand = SlidingDemand.ofEveryLength(MetricPart.LATENCY.mask());
        restart();
      }
      addSlow(second, second * SECOND, 900, true);
      advance((second + 10) * SECOND);
      List<SlidingWindow> windows = evaluations.get(evaluations.size() - 1).windows();
      if (second < 120) {
        assertThat(windows).extracting(SlidingWindow::latencyP50).containsOnly(Double.NaN);
      } else if (second >= 180 && second < 240) {
        // The minute before is whole, and knows everything.
        assertThat(windows.get(0).latencyP50()).isEqualTo(900);
      } else if (second >= 420) {
        assertThat(windows).extracting(SlidingWindow::latencyP50).containsOnly(900.0);
      }
      for (SlidingWindow window : windows) {
        assertThat(window.latencyP50()).isIn(Double.NaN, 900.0);
      }
    }
  }

  @Test
  void ofWindowsThatAreMergedForGoodOnlyWhatSlidingWindowsNeedIsKept() {
    demand = SlidingDemand.builder().add(5 * MINUTE, MetricPart.LATENCY.mask()).build();
    use(settings(List.of(5 * MINUTE, DAY), PANE));
    for (long time = 0; time < 3 * HOUR; time += PANE) {
      add(time, 40, time);
      advance(time + PANE);
    }
    restart();
    // The first five minutes: their hour has ended.
    long full = store.window(key(WindowLevel.FIVE_MINUTES, 2 * HOUR)).length;
    long thin = store.window(key(WindowLevel.FIVE_MINUTES, 0)).length;
    assertThat(full).isGreaterThan(1_000);
    assertThat(thin).isLessThan(60);
    long ratings =
        rows.stream()
            .filter(row -> row.size() == WindowSize.FIVE_MINUTES && row.start() == MONDAY)
            .mapToLong(row -> row.aggregate().quality().ratingCount())
            .sum();
    takeRows();
    assertThat(rate(0, 5, 3 * HOUR)).isTrue();
    advance(3 * HOUR + SECOND);
    assertThat(takeRows())
        .endsWith("5m+0m #2 quality: " + (ratings + 1), "1h+0m #2: " + 60 * 6 * 40);
    advance(3 * HOUR + PANE);
    SlidingWindow day = evaluations.get(evaluations.size() - 1).windows().get(1);
    assertThat(day.counters().executionCount()).isEqualTo(3 * 60 * 6 * 40);
  }

  private static long key(int level, long time) {
    return (((MONDAY + time) / SECOND) << 3) | level;
  }

  @Test
  void exemplarsAreOfTheEvaluatedTime() {
    use(settings(List.of(MINUTE, 10 * MINUTE), MINUTE));
    addSlow(1, 10 * SECOND, 900, false);
    addSlow(2, 2 * MINUTE, 800, false);
    addSlow(3, 4 * MINUTE, 700, true);
    addSlow(4, 4 * MINUTE, 600, true);
    advance(2 * MINUTE);
    assertThat(takeExemplars()).containsExactly("at 1: [1] [1]", "at 2: [1] [1]");
    restart();
    advance(5 * MINUTE);
    assertThat(takeExemplars())
        .containsExactly("at 3: [2, 1] [1, 2]", "at 4: [2, 1] [1, 2]", "at 5: [2, 1] [1, 2, 3, 4]");
    advance(8 * MINUTE);
    assertThat(takeExemplars())
        .containsExactly("at 6: [2, 1] [2, 3, 4]", "at 7: [2, 1] [2, 3, 4]", "at 8: [2, 1] [3, 4]");
    advance(DAY);
    assertThat(takeExemplars()).contains("at 11: [2] []", "at 13: [] []", "at 15: [] []");
    rollUp.advance(Long.MAX_VALUE, output);
    assertNothingLeft();
  }

  private void addSlow(long id, long time, int latency, boolean success) {
    Execution execution =
        new Execution(
            id,
            RandomExecutions.VERSION,
            MONDAY + time,
            latency,
            1,
            1,
            success,
            null,
            Execution.NO_FEEDBACK,
            Execution.NO_SCORE,
            Execution.NO_HASH,
            Execution.NO_HASH,
            77,
            null,
            null);
    assertThat(
            rollUp.add(
                MONDAY + time / PANE * PANE,
                RandomExecutions.aggregate(List.of(execution)),
                RandomExecutions.exemplars(List.of(execution)),
                MONDAY))
        .isTrue();
  }

  private List<String> takeExemplars() {
    List<String> texts =
        evaluations.stream()
            .map(
                e ->
                    "at %d: %s %s"
                        .formatted(
                            (e.end() - MONDAY) / MINUTE,
                            e.failures().stream().map(Exemplar::executionIdHash).toList(),
                            e.slowest().stream().map(Exemplar::executionIdHash).toList()))
            .toList();
    evaluations.clear();
    return texts;
  }

  private void assertNothingLeft() {
    rollUp.save();
    assertThat(rollUp.isEmpty()).isTrue();
    assertThat(rollUp.nextDue()).isEqualTo(RollUp.NEVER);
    store.assertEmpty();
  }
}
