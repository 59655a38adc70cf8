package io.promptmonitor.common.windows;

import static io.promptmonitor.common.windows.WindowLevel.HOUR;
import static io.promptmonitor.common.windows.WindowLevel.MINUTE;
import static io.promptmonitor.common.windows.WindowLevel.WEEK;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.promptmonitor.common.execution.Execution;
import io.promptmonitor.common.metrics.Exemplar;
import io.promptmonitor.common.metrics.Metric;
import io.promptmonitor.common.metrics.MetricPart;
import io.promptmonitor.common.metrics.QualityCounts;
import io.promptmonitor.common.metrics.WindowAggregate;
import java.io.ByteArrayOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.SortedSet;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** A roll-up with its store, which checks whatever comes out against an oracle, if there is one. */
final class RollUpHarness implements RollUpOutput {

  private record Id(int level, long start) {}

  /** What is wanted of the shortest of some windows that has enough executions, or the longest. */
  record Want(List<Long> lengths, int executions, int parts, List<Double> thresholds) {

    void addTo(SlidingDemand.Builder demand) {
      demand.addShortest(
          lengths.stream().mapToLong(Long::longValue).toArray(),
          executions,
          parts,
          thresholds.stream().mapToDouble(Double::doubleValue).toArray());
    }

    boolean isOf(SlidingWindow window, List<SlidingWindow> all) {
      long taken =
          all.stream()
              .filter(w -> lengths.contains(w.length()))
              .filter(w -> w.counters().executionCount() >= executions)
              .mapToLong(SlidingWindow::length)
              .findFirst()
              .orElse(lengths.get(lengths.size() - 1));
      return window.length() == taken;
    }
  }

  /** The last row of a window, and the last one with all metrics. */
  private static final double PREDICTED_QUALITY = 7.25;

  private static final class Row {
    int revision;
    boolean isFinal;
    @Nullable WindowAggregate full;
    @Nullable WindowAggregate quality;
  }

  private final RollUpSettings settings;
  private final List<Want> wants;
  private final SlidingDemand demand;
  private final RollUpPlan plan;
  private final @Nullable RollUpOracle oracle;
  private final MemoryStore store = new MemoryStore();
  private final SlidingEvaluator scratch = new SlidingEvaluator();
  private final Map<Id, Row> rows = new HashMap<>();
  private final List<String> rowTexts = new ArrayList<>();
  private final List<String> slidingTexts = new ArrayList<>();
  private final List<SlidingWindows> evaluated = new ArrayList<>();
  private RollUp rollUp;
  private boolean stepwise;
  private long now = Long.MIN_VALUE;
  private long heldReported;

  RollUpHarness(RollUpSettings settings, List<Want> wants, @Nullable RollUpOracle oracle) {
    this.settings = settings;
    this.wants = wants;
    SlidingDemand.Builder builder = SlidingDemand.builder();
    wants.forEach(want -> want.addTo(builder));
    this.demand = builder.build();
    this.plan = new RollUpPlan(settings);
    this.oracle = oracle;
    this.rollUp = load();
  }

  private RollUp load() {
    return RollUp.load(
        plan, RandomExecutions.VERSION, store, scratch, VersionFacts.of(PREDICTED_QUALITY, demand));
  }

  RollUp rollUp() {
    return rollUp;
  }

  MemoryStore store() {
    return store;
  }

  void restart() {
    rollUp.save();
    rollUp = load();
  }

  boolean add(long paneStart, List<Execution> executions, long watermark) {
    return rollUp.add(
        paneStart,
        RandomExecutions.aggregate(executions),
        RandomExecutions.exemplars(executions),
        watermark);
  }

  boolean addFeedback(long timestamp, QualityCounts change, long watermark) {
    now = watermark;
    return rollUp.addFeedback(timestamp, change, watermark, this);
  }

  void advance(long watermark) {
    if (rollUp.nextDue() <= watermark || watermark == Long.MAX_VALUE) {
      rollUp.advance(watermark, this);
    }
  }

  /** Advances to each time at which something is due, so that checks know when a row is written. */
  void advanceStepByStep(long from, long to) {
    stepwise = to != Long.MAX_VALUE;
    evaluated.clear();
    if (stepwise) {
      for (long due = rollUp.nextDue(); due <= to; due = rollUp.nextDue()) {
        now = due;
        int before = rowTexts.size() + slidingTexts.size();
        rollUp.advance(due, this);
        assertThat(rollUp.nextDue()).as("next due after %s", due).isGreaterThan(due);
        assertThat(before).isNotNegative();
      }
    } else {
      now = to;
      rollUp.advance(to, this);
    }
    RollUpOracle expected = oracle;
    if (expected != null) {
      checkEvaluationTimes(expected, from, to);
      if (stepwise) {
        checkRefreshIsScheduled(expected, to);
      }
    }
  }

  // ---- rows of tumbling windows

  @Override
  public void window(WindowUpdate update) {
    int level = WindowLevel.level(update.size());
    Id id = new Id(level, update.start());
    Row row = rows.computeIfAbsent(id, i -> new Row());
    String what = update.size() + " " + Instant.ofEpochMilli(update.start());
    assertThat(update.revision()).as("revision of %s", what).isEqualTo(row.revision + 1);
    assertThat(update.predictedQuality()).isEqualTo(PREDICTED_QUALITY);
    row.revision = update.revision();
    String bytes = hex(update.aggregate());
    if (update.qualityOnly()) {
      assertThat(row.isFinal).as("%s final before feedback", what).isTrue();
      assertThat(update.isFinal()).isTrue();
      row.quality = update.aggregate();
    } else {
      assertThat(update.aggregate().executionCount()).as(what).isPositive();
      assertThat(row.isFinal && !update.isFinal()).as("%s open again", what).isFalse();
      row.full = update.aggregate();
      row.quality = update.aggregate();
      row.isFinal = update.isFinal();
      checkTime(update, what);
    }
    rowTexts.add(
        what
            + " "
            + update.isFinal()
            + " "
            + update.revision()
            + " "
            + update.qualityOnly()
            + bytes);
  }

  private void checkTime(WindowUpdate update, String what) {
    RollUpOracle expected = oracle;
    if (expected == null || !stepwise) {
      return;
    }
    assertThat(update.isFinal()).as("%s is final at %s", what, now).isEqualTo(now >= update.end());
    int level = WindowLevel.level(update.size());
    if (update.isFinal()) {
      assertThat(hex(update.aggregate()))
          .as(what)
          .isEqualTo(hex(expected.closed(level, update.start())));
    } else {
      Long interval = settings.refresh().get(update.size());
      assertThat(level).isGreaterThanOrEqualTo(HOUR);
      assertThat(interval).as("%s is refreshed", what).isNotNull();
      assertThat(now % interval).as("%s is refreshed at %s", what, now).isZero();
      assertThat(hex(update.aggregate()))
          .as("%s so far", what)
          .isEqualTo(hex(expected.soFar(level, update.start(), now)));
    }
  }

  private void checkRefreshIsScheduled(RollUpOracle expected, long watermark) {
    for (Map.Entry<WindowSize, Long> refresh : settings.refresh().entrySet()) {
      int level = WindowLevel.level(refresh.getKey());
      long start = refresh.getKey().startOf(watermark);
      WindowAggregate soFar = expected.soFar(level, start, watermark);
      if (soFar.executionCount() > 0) {
        Row row = rows.get(new Id(level, start));
        if (row == null || !counts(row.full).equals(counts(soFar))) {
          long next = Math.floorDiv(watermark, refresh.getValue()) * refresh.getValue();
          assertThat(rollUp.nextDue()).isLessThanOrEqualTo(next + refresh.getValue());
        }
      }
    }
  }

  private static List<Object> counts(WindowAggregate window) {
    return List.of(
        window.executionCount(),
        window.quality().ratingCount(),
        window.quality().scoreCount(),
        String.valueOf(window.quality().averageRating()),
        String.valueOf(window.quality().averageScore()));
  }

  /** Checks the last row of each window, and that nothing is left, after all windows have ended. */
  void assertFinished() {
    rollUp.save();
    assertThat(rollUp.nextDue()).isEqualTo(RollUp.NEVER);
    assertThat(rollUp.isEmpty()).isTrue();
    assertThat(rollUp.windowCount()).isZero();
    store.assertEmpty();
    RollUpOracle expected = oracle;
    if (expected == null) {
      return;
    }
    int windows = 0;
    for (int level = MINUTE; level <= WEEK; level++) {
      for (long start : expected.starts(level)) {
        windows++;
        Row row = rows.get(new Id(level, start));
        String what = WindowLevel.size(level) + " " + Instant.ofEpochMilli(start);
        assertThat(row).as(what).isNotNull();
        assertThat(row.isFinal).as(what).isTrue();
        WindowAggregate content = expected.closed(level, start);
        for (Metric metric : Metric.values()) {
          assertThat(metric.value(metric.isQuality() ? row.quality : row.full, PREDICTED_QUALITY))
              .as("%s of %s", metric, what)
              .isEqualTo(metric.value(content, PREDICTED_QUALITY));
        }
      }
    }
    assertThat(rows).hasSize(windows);
    assertThat(heldReported)
        .as("feedback without execution")
        .isEqualTo(expected.heldWithoutExecution());
  }

  // ---- sliding windows

  @Override
  public void sliding(SlidingWindows evaluation) {
    evaluated.add(evaluation);
    if (stepwise) {
      assertThat(evaluation.end()).isEqualTo(now);
    }
    assertThat(evaluation.predictedQuality()).isEqualTo(PREDICTED_QUALITY);
    assertThat(evaluation.windows())
        .extracting(SlidingWindow::length)
        .isEqualTo(settings.slidingLengths());
    slidingTexts.add(evaluation.end() + ": " + evaluation.failures() + evaluation.slowest());
    if (oracle != null) {
      checkExemplars(oracle, evaluation);
    }
    for (SlidingWindow window : evaluation.windows()) {
      slidingTexts.add(
          window.length()
              + " "
              + window.start()
              + " "
              + evaluation.end()
              + " "
              + window.latencyP50()
              + " "
              + window.latencyP95()
              + " "
              + window.latencyP99()
              + window.latencyTails()
              + hex(window.counters()));
      RollUpOracle expected = oracle;
      if (expected != null) {
        checkWindow(expected, window, evaluation);
      }
    }
  }

  private void checkExemplars(RollUpOracle expected, SlidingWindows evaluation) {
    long end = evaluation.end();
    long longest = settings.slidingLengths().get(settings.slidingLengths().size() - 1);
    String what = "at " + Instant.ofEpochMilli(end);
    assertThat(evaluation.failures())
        .as("newest failures %s", what)
        .isEqualTo(
            expected.executedIn(end - longest, end).stream()
                .filter(execution -> !execution.success())
                .sorted(
                    Comparator.comparingLong(Execution::timestamp)
                        .reversed()
                        .thenComparingLong(Execution::executionIdHash))
                .limit(5)
                .map(Exemplar::of)
                .toList());
    assertThat(evaluation.slowest())
        .as("slowest %s", what)
        .isEqualTo(
            expected.executedIn(end - Math.min(longest, 300_000), end).stream()
                .sorted(
                    Comparator.comparingInt(Execution::latencyMs)
                        .reversed()
                        .thenComparingLong(Execution::executionIdHash))
                .limit(5)
                .map(Exemplar::of)
                .toList());
  }

  private void checkWindow(RollUpOracle expected, SlidingWindow window, SlidingWindows evaluation) {
    long end = evaluation.end();
    String what = window.length() + " ms to " + Instant.ofEpochMilli(end);
    assertThat(window.start()).as(what).isEqualTo(RollUpOracle.slidingStart(window.length(), end));
    List<Execution> executions = expected.executions(window.start(), end);
    WindowAggregate counters = window.counters();
    assertThat(counters.executionCount()).as(what).isEqualTo(executions.size());
    WindowAggregate all = RandomExecutions.aggregate(executions);
    assertThat(counters.successCount()).isEqualTo(all.successCount());
    assertThat(counters.latencySum()).isEqualTo(all.latencySum());
    assertThat(counters.inputTokens()).isEqualTo(all.inputTokens());
    assertThat(counters.outputTokens()).isEqualTo(all.outputTokens());
    int parts = 0;
    TreeSet<Double> thresholds = new TreeSet<>();
    for (Want want : wants) {
      if (want.isOf(window, evaluation.windows())) {
        parts |= want.parts | (want.thresholds.isEmpty() ? 0 : MetricPart.LATENCY.mask());
        thresholds.addAll(want.thresholds);
      }
    }
    assertThat(Metric.UNIQUE_USERS.value(counters, Double.NaN))
        .isEqualTo(MetricPart.USERS.in(parts) ? Metric.UNIQUE_USERS.value(all, Double.NaN) : null);
    assertThat(counters.consistencySketch() != null)
        .isEqualTo(MetricPart.CONSISTENCY.in(parts) && all.consistencySketch() != null);
    if (expected.changesHaveExecutions(window.start(), end)) {
      all.quality().add(expected.changes(window.start(), end));
      for (Metric metric : Metric.values()) {
        if (metric.isQuality()) {
          assertThat(metric.value(counters, PREDICTED_QUALITY))
              .as("%s of %s", metric, what)
              .isEqualTo(metric.value(all, PREDICTED_QUALITY));
        }
      }
    }
    if (!MetricPart.LATENCY.in(parts)) {
      assertThat(window.latencyP50()).isNaN();
      assertThat(window.latencyP95()).isNaN();
      assertThat(window.latencyP99()).isNaN();
      assertThat(window.latencyTails()).isEmpty();
      return;
    }
    int[] latencies = executions.stream().mapToInt(Execution::latencyMs).sorted().toArray();
    checkTails(latencies, thresholds, window, what);
    checkPercentile(latencies, 0.50, window.latencyP50(), what);
    checkPercentile(latencies, 0.95, window.latencyP95(), what);
    checkPercentile(latencies, 0.99, window.latencyP99(), what);
  }

  private static void checkTails(
      int[] sorted, SortedSet<Double> thresholds, SlidingWindow window, String what) {
    assertThat(window.latencyTails())
        .as(what)
        .extracting(LatencyTail::threshold)
        .containsExactlyElementsOf(thresholds);
    for (LatencyTail tail : window.latencyTails()) {
      String asked = "slower than " + tail.threshold() + " in " + what;
      if (sorted.length <= 128) {
        assertThat(tail.executions()).as(asked).isEqualTo(above(sorted, tail.threshold()));
      } else {
        // As percentiles: the rank is off by some centroids, values by their rounding.
        long least = above(sorted, tail.threshold() * 65 / 64);
        long most = above(sorted, tail.threshold() * 63 / 64);
        double n = sorted.length;
        double q = 1 - (least + most) / 2.0 / n;
        double error = 2 + 0.1 * n * Math.sqrt(Math.max(q * (1 - q), 1 / n));
        assertThat((double) tail.executions()).as(asked).isBetween(least - error, most + error);
      }
    }
  }

  private static long above(int[] sorted, double threshold) {
    return Arrays.stream(sorted).filter(latency -> latency > threshold).count();
  }

  private static void checkPercentile(int[] sorted, double q, double actual, String what) {
    if (sorted.length == 0) {
      assertThat(actual).isNaN();
    } else if (sorted.length <= 128) {
      assertThat(actual).as("p%s of %s", q, what).isCloseTo(percentile(sorted, q), within(1e-6));
    } else {
      double error = 2.0 / sorted.length + 0.095 * Math.sqrt(q * (1 - q));
      double low = percentile(sorted, Math.max(0, q - error));
      double high = percentile(sorted, Math.min(1, q + error));
      // Values are rounded to at least 7 bits where there are very many.
      assertThat(actual).as("p%s of %s", q, what).isBetween(low * 63 / 64, high * 65 / 64);
    }
  }

  static double percentile(int[] sorted, double q) {
    double position = q * (sorted.length - 1);
    int below = (int) position;
    double low = sorted[below];
    return below == position ? low : low + (position - below) * (sorted[below + 1] - low);
  }

  private void checkEvaluationTimes(RollUpOracle expected, long from, long to) {
    List<Long> actual = evaluated.stream().map(SlidingWindows::end).toList();
    assertThat(actual)
        .isEqualTo(
            settings.slidingLengths().isEmpty() ? List.of() : evaluationTimes(expected, from, to));
  }

  private List<Long> evaluationTimes(RollUpOracle expected, long from, long to) {
    long slide = settings.slide();
    long longest = settings.slidingLengths().get(settings.slidingLengths().size() - 1);
    boolean panes =
        slide % 60_000 != 0
            || settings.slidingLengths().stream().anyMatch(l -> l < 3_600_000 && l % 60_000 != 0);
    List<Long> times = new ArrayList<>();
    Long last = expected.lastEnd(to == Long.MAX_VALUE ? Long.MAX_VALUE : to, panes);
    if (last == null) {
      return times;
    }
    long until = to;
    if (to == Long.MAX_VALUE) {
      until = -Math.floorDiv(-last, slide) * slide;
    }
    until = Math.min(until, last + longest + 2 * 3_600_000);
    long first = Math.max(from, expected.starts(MINUTE).get(0) - slide);
    for (long end = Math.floorDiv(first, slide) * slide + slide; end <= until; end += slide) {
      Long dataEnd = expected.lastEnd(end, panes);
      if (dataEnd != null) {
        // Once more after the longest window has become empty.
        boolean empty = RollUpOracle.slidingStart(longest, end) >= dataEnd;
        boolean wasEmpty = RollUpOracle.slidingStart(longest, end - slide) >= dataEnd;
        if (!empty || !wasEmpty) {
          times.add(end);
        }
      }
    }
    return times;
  }

  @Override
  public void feedbackWithoutExecution(long executionMinute, long count) {
    assertThat(count).isPositive();
    heldReported += count;
  }

  List<String> rowTexts() {
    return rowTexts;
  }

  List<String> slidingTexts() {
    return slidingTexts;
  }

  private static String hex(@Nullable WindowAggregate aggregate) {
    if (aggregate == null) {
      return "none";
    }
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try {
      aggregate.write(new DataOutputStream(bytes));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    byte[] array = bytes.toByteArray();
    return array.length <= 400
        ? HexFormat.of().formatHex(array)
        : array.length + " bytes, hash " + java.util.Arrays.hashCode(array);
  }
}
