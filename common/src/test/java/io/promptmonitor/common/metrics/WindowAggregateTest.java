package io.promptmonitor.common.metrics;

import static io.promptmonitor.common.GoldenBytes.assertGolden;
import static io.promptmonitor.common.GoldenBytes.bytes;
import static io.promptmonitor.common.GoldenBytes.golden;
import static io.promptmonitor.common.GoldenBytes.hex;
import static io.promptmonitor.common.GoldenBytes.read;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.promptmonitor.common.execution.Execution;
import io.promptmonitor.common.execution.PromptVersionId;
import io.promptmonitor.common.sketch.DistinctSketch;
import io.promptmonitor.common.sketch.QuantileSketch;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.function.Function;
import java.util.function.ToLongFunction;
import java.util.stream.Collectors;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.ShrinkingMode;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class WindowAggregateTest {

  private static final PromptVersionId VERSION = new PromptVersionId("p", "1");

  private static Execution execution(Random random, int i) {
    boolean success = random.nextInt(4) > 0;
    return new Execution(
        i + 1,
        VERSION,
        1_750_000_000_000L + i,
        random.nextInt(2000),
        random.nextInt(3) == 0 ? Integer.MAX_VALUE : random.nextInt(5000),
        random.nextInt(3000),
        success,
        success || random.nextInt(4) == 0 ? null : "error" + random.nextInt(7),
        random.nextInt(3) == 0 ? (byte) (1 + random.nextInt(5)) : Execution.NO_FEEDBACK,
        random.nextInt(3) == 0 ? random.nextInt(10_000_001) : Execution.NO_SCORE,
        random.nextInt(5) == 0 ? Execution.NO_HASH : 1 + random.nextInt(30),
        random.nextInt(5) == 0 ? Execution.NO_HASH : 1 + random.nextInt(3),
        random.nextInt(3) == 0 ? Execution.NO_HASH : 1 + random.nextInt(60),
        random.nextInt(5) == 0 ? null : "model" + random.nextInt(2),
        random.nextInt(5) == 0 ? null : "branch" + random.nextInt(3));
  }

  @Property(tries = 300, shrinking = ShrinkingMode.OFF)
  void everyMetricEqualsItsDefinition(@ForAll long seed) {
    Random random = new Random(seed);
    List<Execution> all = new ArrayList<>();
    int n = random.nextInt(128);
    for (int i = 0; i < n; i++) {
      all.add(execution(random, i));
    }
    WindowAggregate window = new WindowAggregate();
    all.forEach(window::add);
    window.close();
    double predicted = random.nextInt(5) == 0 ? Double.NaN : random.nextInt(101) / 10.0;
    for (Metric metric : Metric.values()) {
      Object actual = metric.value(window, predicted);
      Object expected = naive(metric, all, predicted);
      if (expected instanceof Double number) {
        assertThat((Double) actual)
            .as(metric.name())
            .isCloseTo(number, within(1e-9 * (1 + Math.abs(number))));
      } else {
        assertThat(actual).as(metric.name()).isEqualTo(expected);
      }
    }
  }

  private static @Nullable Object naive(Metric metric, List<Execution> all, double predicted) {
    List<Execution> failed = all.stream().filter(e -> !e.success()).toList();
    List<Integer> ratings =
        all.stream().filter(e -> e.userFeedback() > 0).map(e -> (int) e.userFeedback()).toList();
    List<Double> scores =
        all.stream()
            .filter(e -> e.automatedScore() >= 0)
            .map(e -> e.automatedScore() / 1e6)
            .toList();
    ToLongFunction<Execution> tokens = e -> (long) e.inputTokens() + e.outputTokens();
    return switch (metric) {
      case EXECUTION_COUNT -> (long) all.size();
      case UNIQUE_USERS -> {
        long users = all.stream().map(Execution::userHash).filter(h -> h != 0).distinct().count();
        yield users == 0 ? null : users;
      }
      case SUCCESS_COUNT -> (long) all.size() - failed.size();
      case FAILURE_COUNT -> (long) failed.size();
      case SUCCESS_RATE ->
          all.isEmpty() ? null : (double) (all.size() - failed.size()) / all.size();
      case ERROR_RATE -> all.isEmpty() ? null : (double) failed.size() / all.size();
      case LATENCY_P50 -> percentile(all, 0.50);
      case LATENCY_P95 -> percentile(all, 0.95);
      case LATENCY_P99 -> percentile(all, 0.99);
      case LATENCY_AVG -> mean(all, Execution::latencyMs);
      case AVG_INPUT_TOKENS -> mean(all, Execution::inputTokens);
      case AVG_OUTPUT_TOKENS -> mean(all, Execution::outputTokens);
      case AVG_TOTAL_TOKENS -> mean(all, tokens);
      case TOTAL_TOKENS -> all.stream().mapToLong(tokens).sum();
      case AVG_USER_FEEDBACK -> average(ratings);
      case FEEDBACK_COUNT -> (long) ratings.size();
      case USER_FEEDBACK_NEGATIVE_RATE ->
          average(ratings.stream().map(r -> r <= 2 ? 1 : 0).toList());
      case AVG_AUTOMATED_SCORE -> average(scores);
      case AUTOMATED_SCORE_COUNT -> (long) scores.size();
      case AVG_CALIBRATION_DELTA, CALIBRATION_BIAS -> {
        List<Double> qualities = new ArrayList<>(scores);
        ratings.forEach(rating -> qualities.add((rating - 1) / 4.0 * 10));
        if (qualities.isEmpty() || Double.isNaN(predicted)) {
          yield null;
        }
        double bias = predicted - average(qualities);
        yield metric == Metric.CALIBRATION_BIAS ? bias : Math.abs(bias);
      }
      case CONSISTENCY_RATE -> consistency(all);
      case ERRORS_BY_TYPE, TOP_ERRORS -> {
        Map<String, Long> counts =
            counts(failed, e -> e.errorType() == null ? "unknown" : e.errorType());
        yield metric == Metric.ERRORS_BY_TYPE ? counts : top(counts, 5);
      }
      case BRANCH_DISTRIBUTION -> counts(all, Execution::branch);
      case MODEL_DISTRIBUTION -> counts(all, Execution::model);
      case LATENCY_DIGEST, TOKENS_DIGEST -> {
        QuantileSketch sketch = new QuantileSketch();
        all.forEach(
            e ->
                sketch.add(
                    metric == Metric.LATENCY_DIGEST
                        ? e.latencyMs()
                        : (int) Math.min(Integer.MAX_VALUE, tokens.applyAsLong(e))));
        sketch.close();
        yield all.isEmpty() ? null : bytes(sketch::write);
      }
      case USERS_SKETCH -> {
        DistinctSketch sketch = new DistinctSketch();
        all.stream().map(Execution::userHash).filter(h -> h != 0).forEach(sketch::add);
        yield sketch.isEmpty() ? null : bytes(sketch::write);
      }
    };
  }

  private static @Nullable Double percentile(List<Execution> all, double q) {
    int[] sorted = all.stream().mapToInt(Execution::latencyMs).sorted().toArray();
    if (sorted.length == 0) {
      return null;
    }
    double position = q * (sorted.length - 1);
    int below = (int) position;
    int above = Math.min(below + 1, sorted.length - 1);
    return sorted[below] + (position - below) * (sorted[above] - sorted[below]);
  }

  private static @Nullable Double mean(List<Execution> all, ToLongFunction<Execution> value) {
    return average(all.stream().map(e -> (double) value.applyAsLong(e)).toList());
  }

  private static @Nullable Double average(List<? extends Number> numbers) {
    return numbers.isEmpty()
        ? null
        : numbers.stream().mapToDouble(Number::doubleValue).sum() / numbers.size();
  }

  private static @Nullable Double consistency(List<Execution> all) {
    Map<Long, List<Execution>> byInput =
        all.stream()
            .filter(e -> e.inputHash() != 0 && e.outputHash() != 0)
            .collect(Collectors.groupingBy(Execution::inputHash));
    double repeated = 0;
    double alike = 0;
    for (List<Execution> same : byInput.values()) {
      if (same.size() > 1) {
        repeated += same.size();
        alike +=
            Collections.max(
                same.stream()
                    .collect(Collectors.groupingBy(Execution::outputHash, Collectors.counting()))
                    .values());
      }
    }
    return repeated == 0 ? null : alike / repeated;
  }

  private static Map<String, Long> counts(
      List<Execution> all, Function<Execution, @Nullable String> name) {
    Map<String, Long> counts = new HashMap<>();
    for (Execution execution : all) {
      String n = name.apply(execution);
      if (n != null) {
        counts.merge(n, 1L, Long::sum);
      }
    }
    return counts;
  }

  private static Map<String, Long> top(Map<String, Long> counts, int n) {
    return counts.entrySet().stream()
        .sorted(
            Map.Entry.<String, Long>comparingByValue()
                .reversed()
                .thenComparing(Map.Entry.comparingByKey()))
        .limit(n)
        .collect(Collectors.toMap(Map.Entry::getKey, Map.Entry::getValue));
  }

  @Property(tries = 100, shrinking = ShrinkingMode.OFF)
  void isRestoredFromItsMetrics(@ForAll long seed) throws IOException {
    Random random = new Random(seed);
    WindowAggregate window = new WindowAggregate();
    WindowAggregate neighbour = new WindowAggregate();
    int n = random.nextInt(1500);
    for (int i = 0; i < n; i++) {
      (random.nextBoolean() ? window : neighbour).add(execution(random, i));
    }
    window.close();
    neighbour.close();

    WindowAggregate restored = restore(window);
    assertSameAsStored(restored, window);
    restored.merge(restore(neighbour));
    window.merge(neighbour);
    assertSameAsStored(restored, window);
  }

  private static WindowAggregate restore(WindowAggregate window) throws IOException {
    return WindowAggregate.restore(metric -> metric.value(window, Double.NaN));
  }

  private static void assertSameAsStored(WindowAggregate restored, WindowAggregate window) {
    for (Metric metric : Metric.values()) {
      Object expected = metric == Metric.CONSISTENCY_RATE ? null : metric.value(window, 7.5);
      assertThat(metric.value(restored, 7.5)).as(metric.name()).isEqualTo(expected);
    }
  }

  @Property(tries = 100, shrinking = ShrinkingMode.OFF)
  void openAggregatesDependOnTheExecutionsOnly(@ForAll long seed) {
    Random random = new Random(seed);
    List<Execution> all = new ArrayList<>();
    int n = random.nextInt(3000);
    for (int i = 0; i < n; i++) {
      all.add(execution(random, i));
    }
    WindowAggregate whole = new WindowAggregate();
    all.forEach(whole::add);
    Collections.shuffle(all, random);
    WindowAggregate merged = new WindowAggregate();
    int from = 0;
    while (from < n) {
      int to = from + 1 + random.nextInt(n - from);
      WindowAggregate part = new WindowAggregate();
      all.subList(from, to).forEach(part::add);
      String before = hex(part::write);
      switch (random.nextInt(3)) {
        case 0 -> merged.merge(part);
        case 1 -> merged.merge(part.copy());
        default -> merged.merge(read(bytes(part::write), WindowAggregate::read));
      }
      assertThat(hex(part::write)).isEqualTo(before);
      from = to;
    }
    assertThat(hex(merged::write)).isEqualTo(hex(whole::write));
    whole.close();
    merged.close();
    assertThat(hex(merged::write)).isEqualTo(hex(whole::write));
    WindowAggregate read = read(bytes(whole::write), WindowAggregate::read);
    assertThat(hex(read::write)).isEqualTo(hex(whole::write));
    assertThat(hex(whole.copy()::write)).isEqualTo(hex(whole::write));
  }

  @Test
  void whatCannotBeKnownIsNullAndNeverZero() {
    WindowAggregate empty = new WindowAggregate();
    Set<Metric> known = EnumSet.noneOf(Metric.class);
    for (Metric metric : Metric.values()) {
      if (metric.value(empty, 7.5) != null) {
        known.add(metric);
      }
    }
    assertThat(known)
        .containsExactlyInAnyOrder(
            Metric.EXECUTION_COUNT,
            Metric.SUCCESS_COUNT,
            Metric.FAILURE_COUNT,
            Metric.TOTAL_TOKENS,
            Metric.FEEDBACK_COUNT,
            Metric.AUTOMATED_SCORE_COUNT,
            Metric.ERRORS_BY_TYPE,
            Metric.TOP_ERRORS,
            Metric.BRANCH_DISTRIBUTION,
            Metric.MODEL_DISTRIBUTION);
  }

  /** Of a producer that contradicts itself: what is written must still be possible. */
  @Test
  void aCorrectionOfWhatWasCountedElsewhereLeavesMeansWhereTheyMustLie() {
    QualityCounts counts = new QualityCounts();
    counts.add((byte) 1, 1_000_000);
    counts.add((byte) 1, 1_000_000);
    counts.add((byte) 1, 1_000_000);
    counts.remove((byte) 5, 9_000_000);
    assertThat(counts.averageRating()).isEqualTo(1);
    assertThat(counts.negativeRate()).isEqualTo(1);
    assertThat(counts.averageScore()).isZero();
    assertThat(counts.averageQuality()).isZero();
  }

  @Test
  void correctionsThatLeaveNothingAreUnknown() {
    QualityCounts counts = new QualityCounts();
    counts.add((byte) 2, 4_000_000);
    assertThat(counts.averageRating()).isEqualTo(2);
    assertThat(counts.negativeRate()).isEqualTo(1);
    assertThat(counts.averageScore()).isEqualTo(4);
    assertThat(counts.averageQuality()).isEqualTo((2.5 + 4) / 2);
    counts.remove((byte) 2, 4_000_000);
    assertThat(counts.isEmpty()).isTrue();
    counts.remove((byte) 5, Execution.NO_SCORE);
    counts.add((byte) 1, Execution.NO_SCORE);
    assertThat(counts.isEmpty()).isFalse();
    assertThat(counts.averageRating()).isNaN();
    assertThat(counts.negativeRate()).isNaN();
    assertThat(counts.averageScore()).isNaN();
    assertThat(counts.averageQuality()).isNaN();
    QualityCounts read = new QualityCounts();
    byte[] bytes = bytes(counts::write);
    read(
        bytes,
        in -> {
          read.read(in);
          return read;
        });
    assertThat(bytes(read::write)).isEqualTo(bytes);
  }

  @Test
  void partsCanBeLeftOut() {
    WindowAggregate whole = new WindowAggregate();
    Random random = new Random(1);
    for (int i = 0; i < 50; i++) {
      whole.add(execution(random, i));
    }
    for (MetricPart part : MetricPart.values()) {
      WindowAggregate some = new WindowAggregate();
      some.mergeParts(whole, MetricPart.mask(EnumSet.of(part)));
      assertThat(some.executionCount()).isEqualTo(50);
      assertThat(some.quality().ratingCount()).isEqualTo(whole.quality().ratingCount());
      assertThat(some.latencyQuantiles() != null).isEqualTo(part == MetricPart.LATENCY);
      assertThat(some.tokenQuantiles() != null).isEqualTo(part == MetricPart.TOKENS);
      assertThat(some.usersSketch() != null).isEqualTo(part == MetricPart.USERS);
      assertThat(some.consistencySketch() != null).isEqualTo(part == MetricPart.CONSISTENCY);
      assertThat(some.errorsByType() != null).isEqualTo(part == MetricPart.CATEGORIES);
      assertThat(some.failureBreakdown() != null).isEqualTo(part == MetricPart.FAILURES);
      assertThat(some.lastExecution()).isEqualTo(whole.lastExecution());
      assertThat(hex(whole.copyParts(part.mask())::write)).isEqualTo(hex(some::write));
    }
  }

  @Test
  void keepsTheFormOfItsBytes() {
    WindowAggregate window = new WindowAggregate();
    Random random = new Random(3);
    for (int i = 0; i < 12; i++) {
      window.add(execution(random, i));
    }
    window.close();
    assertGolden("window-aggregate", window::write);
    assertGolden("window-aggregate-empty", new WindowAggregate()::write);
    for (String format : List.of("window-aggregate", "window-aggregate-format-1")) {
      WindowAggregate read = read(golden(format), WindowAggregate::read);
      for (Metric metric : Metric.values()) {
        assertThat(metric.value(read, 7.5)).as(metric.name()).isEqualTo(metric.value(window, 7.5));
      }
    }
    assertThat(hex(read(golden("window-aggregate"), WindowAggregate::read)::write))
        .isEqualTo(hex(window::write));
    WindowAggregate empty = read(golden("window-aggregate-empty-format-1"), WindowAggregate::read);
    assertThat(hex(empty::write)).isEqualTo(hex(new WindowAggregate()::write));
    assertThatThrownBy(() -> read(new byte[] {7, 0}, WindowAggregate::read))
        .hasMessageContaining("unknown format of a window aggregate: 7");
  }

  /** What an earlier release did not count is missing, and stays so where it is merged. */
  @Test
  void continuesTheStateOfAnEarlierRelease() {
    WindowAggregate old = read(golden("window-aggregate-format-1"), WindowAggregate::read);
    assertThat(old.lastExecution()).isEqualTo(WindowAggregate.NO_TIME);
    assertThat(old.failureBreakdown()).isNull();
    Execution next = execution(new Random(4), 100);
    old.add(next);
    assertThat(old.lastExecution()).isEqualTo(next.timestamp());
    assertThat(old.executionCount()).isEqualTo(13);
    assertThat(old.failureBreakdown().executionCount()).isEqualTo(1);
    WindowAggregate merged = new WindowAggregate();
    merged.merge(old);
    assertThat(hex(merged::write)).isEqualTo(hex(old::write));
    assertThat(hex(read(bytes(old::write), WindowAggregate::read)::write))
        .isEqualTo(hex(old::write));
  }
}
