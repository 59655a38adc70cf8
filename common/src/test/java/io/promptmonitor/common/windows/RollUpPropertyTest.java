package io.promptmonitor.common.windows;

import static org.assertj.core.api.Assertions.assertThat;

import io.promptmonitor.common.execution.Execution;
import io.promptmonitor.common.metrics.MetricPart;
import io.promptmonitor.common.metrics.QualityCounts;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.TreeSet;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.ShrinkingMode;
import net.jqwik.api.Tag;

/**
 * Random streams of one prompt version, disorder and gaps and corrections included, against windows
 * computed from scratch.
 */
class RollUpPropertyTest {

  private static final long SECOND = 1000;
  private static final long MINUTE = 60 * SECOND;
  private static final long HOUR = 60 * MINUTE;
  private static final long DAY = 24 * HOUR;

  // Not at the beginning of a day or week: Thursday 2025-06-12T09:47:00Z.
  private static final long BEGIN = 1_749_721_620_000L;

  @Property(tries = 40, shrinking = ShrinkingMode.OFF)
  void equalsTheWindowsComputedFromScratch(@ForAll long seed) {
    new Scenario(seed, 60).run();
  }

  @Property(tries = 150, shrinking = ShrinkingMode.OFF)
  @Tag("slow")
  void equalsTheWindowsComputedFromScratchInLongRuns(@ForAll long seed) {
    new Scenario(seed, 150).run();
  }

  static RollUpSettings randomSettings(SplittableRandom random) {
    long pane = new long[] {1, 5, 10, 30}[random.nextInt(4)] * SECOND;
    long lateness = new long[] {0, 10 * SECOND, MINUTE, 5 * MINUTE}[random.nextInt(4)];
    long horizon = new long[] {0, 10 * MINUTE, 2 * HOUR, DAY, 7 * DAY}[random.nextInt(5)];
    Map<WindowSize, Long> refresh = new EnumMap<>(WindowSize.class);
    long[] intervals = {MINUTE, 5 * MINUTE, 7 * MINUTE, HOUR};
    for (WindowSize size :
        List.of(WindowSize.ONE_HOUR, WindowSize.ONE_DAY, WindowSize.SEVEN_DAYS)) {
      if (random.nextInt(2) == 0) {
        refresh.put(size, intervals[random.nextInt(intervals.length)]);
      }
    }
    long[] choices = {
      pane,
      3 * pane,
      30 * SECOND,
      MINUTE,
      90 * SECOND,
      5 * MINUTE,
      5 * MINUTE + pane,
      30 * MINUTE,
      50 * MINUTE,
      HOUR,
      HOUR + pane,
      4 * HOUR + 17 * MINUTE,
      5 * HOUR,
      6 * HOUR + 30 * SECOND,
      DAY
    };
    TreeSet<Long> lengths = new TreeSet<>();
    int n = random.nextInt(5);
    int limit = random.nextInt(3) == 0 ? choices.length : 11;
    for (int i = 0; i < n; i++) {
      lengths.add(choices[random.nextInt(limit)]);
    }
    long[] slides = {pane, 2 * pane, MINUTE, 5 * MINUTE, HOUR};
    long slide = slides[random.nextInt(slides.length)];
    while (!lengths.isEmpty() && lengths.last() / slide > 800) {
      slide = slide < MINUTE ? MINUTE : 5 * MINUTE;
    }
    return new RollUpSettings(pane, lateness, horizon, refresh, List.copyOf(lengths), slide);
  }

  static List<RollUpHarness.Want> randomWants(RollUpSettings settings, SplittableRandom random) {
    List<RollUpHarness.Want> wants = new ArrayList<>();
    List<Long> lengths = settings.slidingLengths();
    int n = lengths.isEmpty() ? 0 : random.nextInt(5);
    for (int i = 0; i < n; i++) {
      int from = random.nextInt(lengths.size());
      int to = from + 1 + random.nextInt(lengths.size() - from);
      List<Double> thresholds = new ArrayList<>();
      for (double threshold : new double[] {15, 90.5, 249.99, 250, 3200}) {
        if (random.nextInt(4) == 0) {
          thresholds.add(threshold);
        }
      }
      wants.add(
          new RollUpHarness.Want(
              lengths.subList(from, to),
              new int[] {0, 1, 10, 200}[random.nextInt(4)],
              random.nextInt(MetricPart.ALL + 1),
              thresholds));
    }
    return wants;
  }

  /**
   * Drives a roll-up step by step and, beside it, one that is restarted and fed in other pieces.
   */
  private static final class Scenario {
    private final SplittableRandom random;
    private final int operations;
    private final RollUpSettings settings;
    private final RandomExecutions executions;
    private final RollUpOracle oracle;
    private final RollUpHarness steady;
    private final RollUpHarness disturbed;
    private final List<Long> seen = new ArrayList<>();
    private long watermark = Long.MIN_VALUE;
    private long clock = BEGIN;

    Scenario(long seed, int operations) {
      this.random = new SplittableRandom(seed);
      this.operations = operations;
      this.settings = randomSettings(random);
      List<RollUpHarness.Want> wants = randomWants(settings, random);
      this.executions = new RandomExecutions(random);
      this.oracle = new RollUpOracle(settings, seed);
      this.steady = new RollUpHarness(settings, wants, oracle);
      this.disturbed = new RollUpHarness(settings, wants, null);
    }

    void run() {
      for (int i = 0; i < operations; i++) {
        switch (random.nextInt(10)) {
          case 0, 1, 2, 3, 4 -> deliver();
          case 5 -> feedback();
          default -> advance();
        }
        if (random.nextInt(4) == 0) {
          disturbed.restart();
        }
      }
      boolean byEndOfInput = random.nextInt(2) == 0;
      if (byEndOfInput) {
        advanceBoth(Long.MAX_VALUE);
      } else {
        advanceBoth(clock + 30 * DAY);
      }
      steady.assertFinished();
      disturbed.assertFinished();
      assertThat(disturbed.rowTexts()).isEqualTo(steady.rowTexts());
      assertThat(disturbed.slidingTexts()).isEqualTo(steady.slidingTexts());
    }

    private void deliver() {
      long back = settings.allowedLateness() + 2 * MINUTE;
      long offset = random.nextInt(4) == 0 ? -random.nextLong(back) : random.nextLong(3 * MINUTE);
      long paneStart = oracle.paneOf(clock + offset);
      int n =
          switch (random.nextInt(40)) {
            case 0 -> 3000;
            case 1, 2, 3 -> 150;
            default -> 1 + random.nextInt(8);
          };
      List<Execution> added = new ArrayList<>();
      for (int i = 0; i < n; i++) {
        added.add(executions.next(paneStart + random.nextLong(settings.pane())));
      }
      boolean expected =
          watermark == Long.MIN_VALUE
              || watermark < paneStart + settings.pane() + settings.allowedLateness()
              || watermark < paneStart + settings.pane();
      assertThat(steady.add(paneStart, added, watermark)).isEqualTo(expected);
      int cut = random.nextInt(n + 1);
      for (List<Execution> piece : List.of(added.subList(cut, n), added.subList(0, cut))) {
        if (!piece.isEmpty()) {
          assertThat(disturbed.add(paneStart, piece, watermark)).isEqualTo(expected);
          if (random.nextInt(8) == 0) {
            disturbed.restart();
          }
        }
      }
      if (expected) {
        oracle.add(paneStart, added);
        added.stream().limit(3).forEach(e -> seen.add(e.timestamp()));
      }
    }

    private void feedback() {
      long timestamp =
          switch (random.nextInt(6)) {
            case 0 -> clock + random.nextLong(2 * MINUTE);
            case 1 -> clock - random.nextLong(settings.feedbackHorizon() + 10 * MINUTE);
            default -> seen.isEmpty() ? clock : seen.get(random.nextInt(seen.size()));
          };
      QualityCounts change = new QualityCounts();
      byte rating = random.nextInt(3) == 0 ? 0 : (byte) (1 + random.nextInt(5));
      int score = random.nextInt(2) == 0 ? Execution.NO_SCORE : random.nextInt(10_000_001);
      change.add(rating, score);
      if (random.nextInt(3) == 0) {
        change.remove((byte) (1 + random.nextInt(5)), Execution.NO_SCORE);
        change.add((byte) (1 + random.nextInt(5)), Execution.NO_SCORE);
      }
      long minute = RollUpOracle.minuteOf(timestamp);
      long end = minute + MINUTE;
      boolean mayCome =
          watermark == Long.MIN_VALUE
              || watermark < end
              || watermark < end + settings.allowedLateness();
      boolean expected =
          mayCome
              || (watermark < end + settings.feedbackHorizon()
                  && oracle.hasExecutions(minute, end));
      assertThat(steady.addFeedback(timestamp, change, watermark)).isEqualTo(expected);
      assertThat(disturbed.addFeedback(timestamp, change, watermark)).isEqualTo(expected);
      if (expected) {
        oracle.addFeedback(timestamp, change);
      }
    }

    private void advance() {
      clock +=
          switch (random.nextInt(30)) {
            case 0 -> random.nextLong(3 * DAY);
            case 1, 2 -> random.nextLong(5 * HOUR);
            case 3, 4, 5 -> random.nextLong(HOUR);
            case 6, 7, 8, 9, 10, 11 -> random.nextLong(5 * MINUTE);
            default -> random.nextLong(MINUTE);
          };
      long to = random.nextInt(3) == 0 ? clock : clock / settings.pane() * settings.pane();
      advanceBoth(Math.max(watermark, to - random.nextLong(2) * random.nextLong(30 * SECOND)));
    }

    private void advanceBoth(long to) {
      steady.advanceStepByStep(watermark, to);
      disturbed.advance(to);
      watermark = to;
    }
  }
}
