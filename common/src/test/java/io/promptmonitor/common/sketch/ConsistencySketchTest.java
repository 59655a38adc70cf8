package io.promptmonitor.common.sketch;

import static io.promptmonitor.common.GoldenBytes.assertGolden;
import static io.promptmonitor.common.GoldenBytes.bytes;
import static io.promptmonitor.common.GoldenBytes.golden;
import static io.promptmonitor.common.GoldenBytes.hex;
import static io.promptmonitor.common.GoldenBytes.read;
import static io.promptmonitor.common.sketch.DistinctSketchTest.hash;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.ShrinkingMode;
import org.junit.jupiter.api.Test;

class ConsistencySketchTest {

  private record Call(long input, long output) {}

  @Property(tries = 300, shrinking = ShrinkingMode.OFF)
  void equalsBruteForceAndDependsOnTheCallsOnly(@ForAll long seed) {
    Random random = new Random(seed);
    int inputs = new int[] {1, 2, 40, 256, 257, 5000}[random.nextInt(6)];
    int outputs = new int[] {1, 3, 16, 17, 40}[random.nextInt(5)];
    List<Call> calls = new ArrayList<>();
    int n = random.nextInt(6000);
    for (int i = 0; i < n; i++) {
      long output = (long) (outputs * random.nextDouble() * random.nextDouble());
      calls.add(new Call(hash(random.nextInt(inputs)), hash(-output - 2)));
    }
    ConsistencySketch all = new ConsistencySketch();
    calls.forEach(c -> all.add(c.input, c.output));
    Double exact = bruteForce(calls);
    long distinct = calls.stream().map(Call::input).distinct().count();
    if (distinct <= ConsistencySketch.INPUT_LIMIT) {
      assertThat(all.rate()).isEqualTo(exact);
    }

    Collections.shuffle(calls, random);
    ConsistencySketch merged = new ConsistencySketch();
    int from = 0;
    while (from < calls.size()) {
      int to = from + 1 + random.nextInt(calls.size() - from);
      ConsistencySketch part = new ConsistencySketch();
      calls.subList(from, to).forEach(c -> part.add(c.input, c.output));
      switch (random.nextInt(4)) {
        case 0 -> merged.merge(part);
        case 1 -> merged.merge(part.copy());
        case 2 -> merged.merge(read(bytes(part::write), ConsistencySketch::read));
        default -> {
          part.merge(merged);
          merged = part;
          merged.rate();
        }
      }
      from = to;
    }
    assertThat(hex(merged::write)).isEqualTo(hex(all::write));
    merged.close();
    all.close();
    assertThat(hex(merged::write)).isEqualTo(hex(all::write));
    assertThat(read(bytes(all::write), ConsistencySketch::read).rate())
        .isEqualTo(Double.valueOf(all.rate()));
    if (distinct <= ConsistencySketch.INPUT_LIMIT) {
      // The most frequent output is kept, so that closing changes no rate.
      assertThat(all.rate()).isEqualTo(exact);
    }
  }

  private static double bruteForce(List<Call> calls) {
    Map<Long, Map<Long, Long>> byInput = new HashMap<>();
    calls.forEach(
        c -> byInput.computeIfAbsent(c.input, i -> new HashMap<>()).merge(c.output, 1L, Long::sum));
    long repeated = 0;
    long alike = 0;
    for (Map<Long, Long> outputs : byInput.values()) {
      long total = outputs.values().stream().mapToLong(c -> c).sum();
      if (total > 1) {
        repeated += total;
        alike += Collections.max(outputs.values());
      }
    }
    return repeated == 0 ? Double.NaN : (double) alike / repeated;
  }

  @Test
  void estimatesWithoutBiasFromASampleOfInputs() {
    double sum = 0;
    int runs = 40;
    for (int run = 0; run < runs; run++) {
      Random random = new Random(run);
      List<Call> calls = new ArrayList<>();
      ConsistencySketch sketch = new ConsistencySketch();
      for (int i = 0; i < 30_000; i++) {
        long input = random.nextInt(3000);
        Call call =
            new Call(hash(run * 100_000L + input), hash(random.nextInt(10) < 7 ? 0 : 1 + i % 3));
        calls.add(call);
        sketch.add(call.input, call.output);
      }
      double error = sketch.rate() - bruteForce(calls);
      assertThat(Math.abs(error)).isLessThan(0.05);
      sum += error;
    }
    assertThat(sum / runs).isCloseTo(0, within(0.005));
  }

  @Test
  void closingKeepsFrequentOutputsAndLosesNoCall() {
    ConsistencySketch sketch = new ConsistencySketch();
    List<Call> calls = new ArrayList<>();
    for (int i = 0; i < 500; i++) {
      calls.add(new Call(1, hash(i)));
      calls.add(new Call(1, hash(-7)));
      calls.add(new Call(2, hash(i)));
    }
    calls.forEach(c -> sketch.add(c.input, c.output));
    sketch.close();
    assertThat(sketch.rate()).isEqualTo(bruteForce(calls)).isEqualTo(501.0 / 1500);
    // 17 bytes at most for each of twice 16 entries, and the threshold.
    assertThat(bytes(sketch::write).length).isLessThan(32 * 17 + 10);
    ConsistencySketch merged = sketch.copy();
    merged.merge(sketch);
    merged.close();
    assertThat(merged.rate()).isCloseTo(501.0 / 1500, within(0.001));
  }

  @Test
  void isBoundedWhileOpen() {
    ConsistencySketch sketch = new ConsistencySketch();
    for (int i = 0; i < 200_000; i++) {
      sketch.add(hash(i % 200), hash(i));
      sketch.add(hash(i % 200), 77);
    }
    assertThat(bytes(sketch::write).length).isLessThan(16_384 * 17);
    assertThat(read(bytes(sketch::write), ConsistencySketch::read).rate())
        .isCloseTo(0.5, within(0.01));
    sketch.close();
    assertThat(bytes(sketch::write).length).isLessThan(200 * 16 * 17);
    assertThat(sketch.rate()).isCloseTo(0.5, within(0.01));
  }

  @Test
  void knowsNothingOfInputsSeenOnce() {
    ConsistencySketch sketch = new ConsistencySketch();
    assertThat(sketch.isEmpty()).isTrue();
    assertThat(sketch.rate()).isNaN();
    sketch.add(1, 2);
    sketch.add(2, 2);
    assertThat(sketch.isEmpty()).isFalse();
    assertThat(sketch.rate()).isNaN();
    sketch.add(2, 3);
    assertThat(sketch.rate()).isEqualTo(0.5);
  }

  @Test
  void keepsTheFormOfItsBytes() {
    ConsistencySketch sketch = new ConsistencySketch();
    for (int i = 0; i < 40; i++) {
      sketch.add(hash(i % 3), hash(i % 20));
    }
    sketch.close();
    assertGolden("consistency", sketch::write);
    assertThat(read(golden("consistency"), ConsistencySketch::read).rate())
        .isEqualTo(sketch.rate());
  }
}
