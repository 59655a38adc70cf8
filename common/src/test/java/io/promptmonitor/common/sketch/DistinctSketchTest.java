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
import java.util.Collections;
import java.util.List;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.ShrinkingMode;
import org.apache.datasketches.hll.HllSketch;
import org.junit.jupiter.api.Test;

class DistinctSketchTest {

  private static final int HEADER = 3;

  @Test
  void isExactUpToItsLimit() {
    DistinctSketch sketch = new DistinctSketch();
    assertThat(sketch.isEmpty()).isTrue();
    for (int i = 1; i <= DistinctSketch.EXACT_LIMIT; i++) {
      sketch.add(hash(i));
      sketch.add(hash(1));
      assertThat(sketch.estimate()).isEqualTo(i);
    }
    assertThat(sketch.isEmpty()).isFalse();
  }

  @Test
  void estimatesWithinTheStatedError() {
    double squares = 0;
    int runs = 0;
    for (int n : new int[] {65, 100, 300, 385, 1000, 5000, 20_000, 100_000}) {
      for (int run = 0; run < 10; run++) {
        DistinctSketch sketch = new DistinctSketch();
        for (int i = 0; i < n; i++) {
          sketch.add(hash(run * 1_000_000_007L + i));
        }
        double error = (sketch.estimate() - (double) n) / n;
        assertThat(Math.abs(error)).as("error of %s", n).isLessThan(5 * 0.016);
        if (n >= 1000) {
          squares += error * error;
          runs++;
        }
      }
    }
    assertThat(Math.sqrt(squares / runs)).isLessThan(1.5 * 0.016);
  }

  @Property(tries = 150, shrinking = ShrinkingMode.OFF)
  void bytesDependOnTheHashesOnly(@ForAll long seed) {
    Random random = new Random(seed);
    int n =
        new int[] {0, 1, 64, 65, 66, 100, 200, 384, 385, 386, 500, 3000, 40_000}
            [random.nextInt(13)];
    List<Long> hashes = new ArrayList<>();
    for (int i = 0; i < n; i++) {
      hashes.add(hash(seed + i));
    }
    DistinctSketch inOrder = new DistinctSketch();
    hashes.forEach(inOrder::add);
    int parts = 1 + random.nextInt(5);
    DistinctSketch[] partial = new DistinctSketch[parts];
    Arrays.setAll(partial, i -> new DistinctSketch());
    for (int round = 0; round < 2; round++) {
      Collections.shuffle(hashes, random);
      hashes.forEach(h -> partial[random.nextInt(parts)].add(h));
    }
    DistinctSketch merged = new DistinctSketch();
    for (DistinctSketch part : partial) {
      switch (random.nextInt(4)) {
        case 0 -> merged.merge(part);
        case 1 -> merged.merge(part.copy());
        case 2 -> merged.merge(read(bytes(part::write), DistinctSketch::read));
        default -> {
          part.merge(merged);
          merged = read(bytes(part::write), DistinctSketch::read);
        }
      }
    }
    hashes.forEach(inOrder::add);
    assertThat(hex(merged::write)).isEqualTo(hex(inOrder::write));
    assertThat(merged.estimate()).isEqualTo(inOrder.estimate());
    assertThat(read(bytes(merged::write), DistinctSketch::read).estimate())
        .isEqualTo(inOrder.estimate());
  }

  @Test
  void copiesAreIndependent() {
    for (int n : new int[] {10, 1000}) {
      DistinctSketch sketch = new DistinctSketch();
      for (int i = 0; i < n; i++) {
        sketch.add(hash(i));
      }
      byte[] before = bytes(sketch::write);
      DistinctSketch copy = sketch.copy();
      for (int i = 0; i < 5000; i++) {
        copy.add(hash(n + i));
      }
      assertThat(bytes(sketch::write)).isEqualTo(before);
    }
  }

  @Test
  void othersCanReadTheSketch() {
    for (int n : new int[] {100, 10_000}) {
      DistinctSketch sketch = new DistinctSketch();
      for (int i = 0; i < n; i++) {
        sketch.add(hash(i));
      }
      byte[] bytes = bytes(sketch::write);
      HllSketch theirs = HllSketch.heapify(Arrays.copyOfRange(bytes, HEADER, bytes.length));
      assertThat(Math.round(theirs.getEstimate())).isEqualTo(sketch.estimate());
    }
  }

  @Test
  void keepsTheFormOfItsBytes() {
    assertGolden("distinct-hashes", filled(3)::write);
    assertGolden("distinct-listed", filled(65)::write);
    assertGolden("distinct-registers", filled(1000)::write);
    assertThat(read(golden("distinct-hashes"), DistinctSketch::read).estimate()).isEqualTo(3);
    assertThat(read(golden("distinct-listed"), DistinctSketch::read).estimate()).isEqualTo(65);
    assertThat(read(golden("distinct-registers"), DistinctSketch::read).estimate())
        .isBetween(950L, 1050L);
    assertThatThrownBy(() -> read(new byte[] {9}, DistinctSketch::read))
        .hasMessageContaining("unknown form of a distinct sketch: 9");
  }

  private static DistinctSketch filled(int n) {
    DistinctSketch sketch = new DistinctSketch();
    for (int i = 0; i < n; i++) {
      sketch.add(hash(i));
    }
    return sketch;
  }

  static long hash(long value) {
    long h = (value + 1) * 0x9E3779B97F4A7C15L;
    h = (h ^ h >>> 32) * 0xD6E8FEB86659FD93L;
    return h ^ h >>> 32;
  }
}
