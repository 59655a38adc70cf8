package io.promptmonitor.bench.kernels;

import io.promptmonitor.common.deduplication.RecentIds;
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

/** What deduplication costs for a record: a new id that displaces the oldest one. */
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@State(Scope.Thread)
@Fork(1)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
public class RecentIdsBenchmark {

  /** Ids remembered. */
  @Param({"100000", "1000000"})
  public int capacity;

  private RecentIds ids = new RecentIds(1);
  private long next;

  /** Fills the memory. */
  @Setup
  public void fill() {
    ids = new RecentIds(capacity);
    for (int i = 0; i < capacity; i++) {
      newId();
    }
  }

  /** Adds an id that was not seen before. */
  @Benchmark
  public boolean newId() {
    long id = ++next * 0xBF58476D1CE4E5B9L;
    return ids.add(id ^ id >>> 31);
  }
}
