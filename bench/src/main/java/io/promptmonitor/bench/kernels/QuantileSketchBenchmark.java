package io.promptmonitor.bench.kernels;

import io.promptmonitor.common.sketch.QuantileSketch;
import io.promptmonitor.common.sketch.QuantileUnion;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/** Percentiles: closing a window, merging closed ones, asking several together. */
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@State(Scope.Thread)
@Fork(1)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
public class QuantileSketchBenchmark {

  private static final int MINUTES = 5;

  /** Values of one minute. */
  @Param({"12", "250", "10000"})
  public int values;

  private final QuantileSketch[] open = new QuantileSketch[MINUTES];
  private final QuantileSketch[] closed = new QuantileSketch[MINUTES];
  private final QuantileUnion union = new QuantileUnion();
  private int next;

  /** Makes five minutes. */
  @Setup
  public void fill() {
    SplittableRandom random = new SplittableRandom(1);
    for (int i = 0; i < MINUTES; i++) {
      QuantileSketch minute = new QuantileSketch();
      for (int j = 0; j < values; j++) {
        minute.add((int) Math.exp(5 + 4 * random.nextDouble()));
      }
      open[i] = minute;
      closed[i] = minute.copy();
      closed[i].close();
    }
  }

  /** Copies and closes the values of one minute. */
  @Benchmark
  public QuantileSketch copyAndClose() {
    QuantileSketch copy = open[next++ % MINUTES].copy();
    copy.close();
    return copy;
  }

  /** Merges five closed minutes and closes the result. */
  @Benchmark
  public QuantileSketch mergeFiveMinutes() {
    QuantileSketch merged = new QuantileSketch();
    for (QuantileSketch minute : closed) {
      merged.merge(minute);
    }
    merged.close();
    return merged;
  }

  /** Three percentiles of five closed minutes together. */
  @Benchmark
  public double unionOfFiveMinutes() {
    union.clear();
    for (QuantileSketch minute : closed) {
      union.add(minute);
    }
    return union.quantile(0.50) + union.quantile(0.95) + union.quantile(0.99);
  }
}
