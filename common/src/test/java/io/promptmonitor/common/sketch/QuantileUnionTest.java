package io.promptmonitor.common.sketch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.ShrinkingMode;
import org.junit.jupiter.api.Test;

class QuantileUnionTest {

  private final QuantileUnion union = new QuantileUnion();

  @Property(tries = 300, shrinking = ShrinkingMode.OFF)
  void equalsBruteForceWhileAllPartsAreExact(@ForAll long seed) {
    SplittableRandom random = new SplittableRandom(seed);
    union.clear();
    List<Integer> all = new ArrayList<>();
    int bound = new int[] {1, 5, 1000, Integer.MAX_VALUE}[random.nextInt(4)];
    int parts = random.nextInt(80);
    for (int p = 0; p < parts; p++) {
      QuantileSketch part = new QuantileSketch();
      int n = random.nextInt(QuantileSketch.EXACT_LIMIT + 1);
      for (int i = 0; i < n; i++) {
        int value = random.nextInt(bound);
        part.add(value);
        all.add(value);
      }
      if (random.nextBoolean()) {
        part.close();
      }
      union.add(part);
      if (random.nextInt(10) == 0) {
        assertEqualsBruteForce(all);
      }
    }
    assertEqualsBruteForce(all);
  }

  private void assertEqualsBruteForce(List<Integer> all) {
    int[] sorted = all.stream().mapToInt(v -> v).sorted().toArray();
    assertThat(union.count()).isEqualTo(sorted.length);
    for (double q : new double[] {0, 0.3, 0.5, 0.95, 0.99, 1}) {
      if (sorted.length == 0) {
        assertThat(union.quantile(q)).isNaN();
      } else {
        assertThat(union.quantile(q)).isEqualTo(QuantileSketchTest.percentileCont(sorted, q));
      }
    }
  }

  @Property(tries = 100, shrinking = ShrinkingMode.OFF)
  void joinsDigestsAndExactParts(@ForAll long seed) {
    SplittableRandom random = new SplittableRandom(seed);
    union.clear();
    List<Integer> all = new ArrayList<>();
    for (int p = 0; p < 20; p++) {
      QuantileSketch part = new QuantileSketch();
      int n = random.nextInt(500);
      int bound = 1 + random.nextInt(20_000);
      for (int i = 0; i < n; i++) {
        int value = random.nextInt(bound);
        part.add(value);
        all.add(value);
      }
      part.close();
      union.add(part);
    }
    int[] sorted = all.stream().mapToInt(v -> v).sorted().toArray();
    for (double q : new double[] {0, 0.5, 0.95, 0.99, 1}) {
      double error = 0.04 * Math.sqrt(q * (1 - q)) + 1.0 / sorted.length;
      assertThat(union.quantile(q))
          .isBetween(
              QuantileSketchTest.percentileCont(sorted, Math.max(0, q - error)),
              QuantileSketchTest.percentileCont(sorted, Math.min(1, q + error)));
    }
  }

  @Test
  void leavesThePartsAsTheyAre() {
    QuantileSketch part = new QuantileSketch();
    part.add(3);
    part.add(1);
    union.clear();
    union.add(part);
    union.add(part);
    assertThat(union.quantile(0.5)).isCloseTo(2, within(1e-9));
    part.add(2);
    assertThat(part.quantile(0.5)).isEqualTo(2);
    assertThat(union.count()).isEqualTo(4);
  }
}
