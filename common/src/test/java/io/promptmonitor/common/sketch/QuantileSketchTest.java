package io.promptmonitor.common.sketch;

import static io.promptmonitor.common.GoldenBytes.assertGolden;
import static io.promptmonitor.common.GoldenBytes.bytes;
import static io.promptmonitor.common.GoldenBytes.golden;
import static io.promptmonitor.common.GoldenBytes.hex;
import static io.promptmonitor.common.GoldenBytes.read;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.ShrinkingMode;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class QuantileSketchTest {

  private static final double[] QUANTILES = {0, 0.01, 0.25, 0.5, 0.75, 0.9, 0.95, 0.99, 1};

  @Property
  void isExactWhileSmall(
      @ForAll @Size(min = 1, max = 128) List<@IntRange(max = 40) Integer> values,
      @ForAll @IntRange(max = 100) int percent) {
    QuantileSketch sketch = sketch(values);
    int[] sorted = sorted(values);
    double q = percent / 100.0;
    assertThat(sketch.quantile(q)).isEqualTo(percentileCont(sorted, q));
    sketch.close();
    assertThat(sketch.isExact()).isTrue();
    assertThat(sketch.quantile(q)).isEqualTo(percentileCont(sorted, q));
    assertThat(sketch.count()).isEqualTo(values.size());
  }

  @Property(tries = 150, shrinking = ShrinkingMode.OFF)
  void closedResultDependsOnTheValuesOnly(@ForAll long seed) {
    SplittableRandom random = new SplittableRandom(seed);
    int n = new int[] {1, 100, 129, 1000, 5000, 30_000}[random.nextInt(6)];
    int bound = new int[] {1, 10, 2040, 2060, 100_000, Integer.MAX_VALUE}[random.nextInt(6)];
    int[] values = new int[n];
    for (int i = 0; i < n; i++) {
      values[i] = random.nextInt(bound);
    }
    QuantileSketch inOrder = new QuantileSketch();
    Arrays.stream(values).sorted().forEach(inOrder::add);
    inOrder.close();

    QuantileSketch merged = new QuantileSketch();
    int parts = 1 + random.nextInt(6);
    List<QuantileSketch> partial = new ArrayList<>();
    for (int i = 0; i < parts; i++) {
      partial.add(new QuantileSketch());
    }
    for (int value : values) {
      partial.get(random.nextInt(parts)).add(value);
    }
    for (QuantileSketch part : partial) {
      // Asking, copying, storing and reading it again must not matter.
      switch (random.nextInt(4)) {
        case 0 -> merged.merge(part);
        case 1 -> merged.merge(part.copy());
        case 2 -> merged.merge(read(bytes(part::write), QuantileSketch::read));
        default -> {
          part.merge(merged);
          merged = part;
          merged.quantile(0.5);
        }
      }
    }
    merged.close();
    assertThat(merged.count()).isEqualTo(n);
    assertThat(hex(merged::write)).isEqualTo(hex(inOrder::write));
  }

  @Property(tries = 50, shrinking = ShrinkingMode.OFF)
  void roundsVeryManyDistinctValuesWithinTheStatedError(@ForAll long seed) {
    SplittableRandom random = new SplittableRandom(seed);
    QuantileSketch sketch = new QuantileSketch();
    int[] values = new int[2049 + random.nextInt(50_000)];
    boolean wide = random.nextBoolean();
    for (int i = 0; i < values.length; i++) {
      values[i] =
          i < 2049 ? i * 11 : wide ? random.nextInt() & Integer.MAX_VALUE : random.nextInt(60_000);
      sketch.add(values[i]);
    }
    assertThat(sketch.entries()).isLessThanOrEqualTo(QuantileSketch.MAX_DISTINCT);
    assertThat(sketch.isExact()).isFalse();
    Arrays.sort(values);
    for (double q : QUANTILES) {
      double exact = percentileCont(values, q);
      // At least 7 bits are kept: the middle of what they leave open is off by half of 1/64.
      assertThat(sketch.quantile(q)).isBetween(exact * (1 - 1 / 64.0), exact * (1 + 1 / 64.0));
    }
  }

  enum Distribution {
    LOG_NORMAL,
    HEAVY_TAIL,
    CONSTANT,
    BIMODAL,
    RARE_MODE,
    HEAVY_MIN,
    HEAVY_MAX;

    int next(SplittableRandom random) {
      return switch (this) {
        case LOG_NORMAL -> (int) Math.exp(6.5 + 0.6 * random.nextGaussian());
        case HEAVY_TAIL -> (int) Math.min(1e9, 50 / Math.pow(random.nextDouble(), 0.8));
        case CONSTANT -> 1234;
        case BIMODAL ->
            random.nextBoolean() ? 80 + random.nextInt(2000) : 30_000 + random.nextInt(5000);
        case RARE_MODE ->
            random.nextInt(100) < 96 ? 500 + random.nextInt(4000) : 20_000 + random.nextInt(9000);
        case HEAVY_MIN -> random.nextInt(3) > 0 ? 0 : random.nextInt(5000);
        case HEAVY_MAX -> random.nextInt(3) > 0 ? 30_000 : random.nextInt(30_000);
      };
    }
  }

  /** Minutes merge into five minutes, those into hours, those into a day: as windows do. */
  @ParameterizedTest
  @EnumSource
  void rankErrorIsBoundedOverLevels(Distribution distribution) {
    SplittableRandom random = new SplittableRandom(distribution.ordinal());
    List<Integer> ofDay = new ArrayList<>();
    QuantileSketch day = new QuantileSketch();
    for (int h = 0; h < 24; h++) {
      List<Integer> ofHour = new ArrayList<>();
      QuantileSketch hour = new QuantileSketch();
      for (int five = 0; five < 12; five++) {
        List<Integer> ofFive = new ArrayList<>();
        QuantileSketch fiveMinutes = new QuantileSketch();
        for (int m = 0; m < 5; m++) {
          QuantileSketch minute = new QuantileSketch();
          List<Integer> ofMinute = new ArrayList<>();
          int n = random.nextInt(400);
          for (int i = 0; i < n; i++) {
            int value = distribution.next(random);
            ofMinute.add(value);
            minute.add(value);
          }
          minute.close();
          assertRankError(minute, ofMinute, 1.5);
          fiveMinutes.merge(minute);
          ofFive.addAll(ofMinute);
        }
        fiveMinutes.close();
        assertRankError(fiveMinutes, ofFive, 2);
        hour.merge(fiveMinutes);
        ofHour.addAll(ofFive);
      }
      hour.close();
      assertRankError(hour, ofHour, 2);
      day.merge(hour);
      ofDay.addAll(ofHour);
    }
    day.close();
    assertRankError(day, ofDay, 2);
    assertThat(day.entries()).isLessThanOrEqualTo(QuantileSketch.COMPRESSION);
    assertThat(bytes(day::write).length).isLessThan(1500);
  }

  /** By how many of the largest centroids at that quantile a rank may be off. */
  private static void assertRankError(
      QuantileSketch sketch, List<Integer> values, double centroids) {
    int[] sorted = sorted(values);
    assertThat(sketch.count()).isEqualTo(sorted.length);
    for (double q : QUANTILES) {
      if (sorted.length == 0) {
        assertThat(sketch.quantile(q)).isNaN();
        continue;
      }
      double error =
          centroids * 2 * Math.PI * Math.sqrt(q * (1 - q)) / QuantileSketch.COMPRESSION
              + 1.0 / sorted.length;
      double low = percentileCont(sorted, Math.max(0, q - error));
      double high = percentileCont(sorted, Math.min(1, q + error));
      assertThat(sketch.quantile(q))
          .as("q %s of %s values", q, sorted.length)
          .isBetween(low - 0.5, high + 0.5);
    }
    if (sorted.length > 0) {
      assertThat(sketch.quantile(0)).isEqualTo(sorted[0]);
      assertThat(sketch.quantile(1)).isEqualTo(sorted[sorted.length - 1]);
    }
  }

  @Test
  void holdsManyEqualValues() {
    QuantileSketch sketch = new QuantileSketch();
    for (int i = 0; i < 1_000_000; i++) {
      sketch.add(i % 10 == 0 ? 900 : 100);
    }
    assertThat(sketch.entries()).isEqualTo(2);
    sketch.close();
    for (int i = 0; i < 13; i++) {
      sketch.merge(sketch.copy());
    }
    assertThat(sketch.count()).isEqualTo(1_000_000L << 13).isGreaterThan(Integer.MAX_VALUE);
    assertThat(sketch.quantile(0)).isEqualTo(100);
    assertThat(sketch.quantile(0.5)).isEqualTo(100);
    assertThat(sketch.quantile(0.95)).isBetween(890.0, 900.0);
    assertThat(sketch.quantile(1)).isEqualTo(900);
    QuantileSketch read = read(bytes(sketch::write), QuantileSketch::read);
    assertThat(read.count()).isEqualTo(sketch.count());
    assertThat(hex(read::write)).isEqualTo(hex(sketch::write));
  }

  @Property(tries = 200, shrinking = ShrinkingMode.OFF)
  void readsWhatItWrote(@ForAll long seed) {
    SplittableRandom random = new SplittableRandom(seed);
    QuantileSketch sketch = new QuantileSketch();
    int n = random.nextInt(4000);
    int bound = 1 + random.nextInt(random.nextBoolean() ? 100 : Integer.MAX_VALUE - 1);
    for (int i = 0; i < n; i++) {
      sketch.add(random.nextInt(bound));
    }
    if (random.nextBoolean()) {
      sketch.close();
    }
    QuantileSketch read = read(bytes(sketch::write), QuantileSketch::read);
    assertThat(hex(read::write)).isEqualTo(hex(sketch::write));
    assertThat(read.count()).isEqualTo(n);
    assertThat(read.isExact()).isEqualTo(sketch.isExact());
    for (double q : QUANTILES) {
      assertThat(read.quantile(q)).isEqualTo(Double.valueOf(sketch.quantile(q)));
    }
    QuantileSketch other = new QuantileSketch();
    other.add(7);
    sketch.merge(other);
    read.merge(other);
    sketch.close();
    read.close();
    assertThat(hex(read::write)).isEqualTo(hex(sketch::write));
  }

  @Test
  void copiesAreIndependent() {
    QuantileSketch sketch = sketch(List.of(3, 1, 2));
    QuantileSketch copy = sketch.copy();
    copy.add(100);
    sketch.add(0);
    assertThat(sketch.quantile(1)).isEqualTo(3);
    assertThat(copy.quantile(0)).isEqualTo(1);
    QuantileSketch empty = new QuantileSketch().copy();
    empty.add(5);
    assertThat(empty.quantile(0.5)).isEqualTo(5);
  }

  @Test
  void keepsTheFormOfItsBytes() {
    assertGolden("quantiles-empty", new QuantileSketch()::write);
    assertGolden("quantiles-single", sketch(List.of(300, 5, 70_000))::write);
    assertGolden("quantiles-repeated", sketch(List.of(300, 5, 300, 5, 300))::write);
    QuantileSketch rounded = new QuantileSketch();
    for (int i = 0; i < 2049; i++) {
      rounded.add(i * i);
    }
    assertGolden("quantiles-rounded", rounded::write);
    QuantileSketch digest = new QuantileSketch();
    for (int i = 1; i <= 200; i++) {
      digest.add(i * i);
    }
    digest.close();
    assertGolden("quantiles-digest", digest::write);
    QuantileSketch read = read(golden("quantiles-digest"), QuantileSketch::read);
    assertThat(read.count()).isEqualTo(200);
    assertThat(read.quantile(0)).isEqualTo(1);
    assertThat(read.quantile(1)).isEqualTo(40_000);
    assertThat(read.quantile(0.5)).isBetween(9_900.0, 10_200.0);
  }

  @Test
  void refusesWhatItCannotTake() {
    QuantileSketch sketch = new QuantileSketch();
    assertThatThrownBy(() -> sketch.add(-1)).isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> sketch.quantile(1.01)).isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> sketch.quantile(Double.NaN))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> read(new byte[] {9}, QuantileSketch::read))
        .hasMessageContaining("unknown form of a quantile sketch: 9");
    assertThat(sketch.quantile(0.5)).isNaN();
  }

  private static QuantileSketch sketch(List<Integer> values) {
    QuantileSketch sketch = new QuantileSketch();
    values.forEach(sketch::add);
    return sketch;
  }

  private static int[] sorted(List<Integer> values) {
    return values.stream().mapToInt(v -> v).sorted().toArray();
  }

  /** SQL's {@code percentile_cont}. */
  static double percentileCont(int[] sorted, double q) {
    double position = q * (sorted.length - 1);
    int below = (int) Math.floor(position);
    double fraction = position - below;
    return fraction == 0
        ? sorted[below]
        : sorted[below] + fraction * ((double) sorted[below + 1] - sorted[below]);
  }
}
