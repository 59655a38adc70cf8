package io.promptmonitor.bench.kernels;

import io.promptmonitor.bench.SampleExecutions;
import io.promptmonitor.common.execution.Execution;
import io.promptmonitor.common.execution.PromptVersionId;
import io.promptmonitor.common.metrics.Exemplars;
import io.promptmonitor.common.metrics.WindowAggregate;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
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

/** What a pane costs: to fill, to write before the shuffle, to read and merge behind it. */
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@State(Scope.Thread)
@Fork(1)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
public class AggregateBenchmark {

  /** Panes of a minute, twice because two subtasks see each. */
  private static final int PANES = 12;

  private static final PromptVersionId PROMPT_VERSION = new PromptVersionId("prompt", "1");

  /** Executions of a pane. */
  @Param({"2", "40", "1000"})
  public int executions;

  private Execution[] pane = {};
  private final WindowAggregate[] panes = new WindowAggregate[PANES];
  private final byte[][] written = new byte[PANES][];
  private final ByteArrayOutputStream bytes = new ByteArrayOutputStream(1 << 16);

  /** Makes panes. */
  @Setup
  public void makePanes() throws IOException {
    SampleExecutions sample = new SampleExecutions(1);
    pane =
        IntStream.range(0, executions)
            .mapToObj(i -> sample.next(PROMPT_VERSION, i))
            .toArray(Execution[]::new);
    for (int i = 0; i < PANES; i++) {
      panes[i] = sample.pane(PROMPT_VERSION, 0, executions).aggregate();
      written[i] = write(panes[i]);
    }
  }

  private byte[] write(WindowAggregate aggregate) throws IOException {
    bytes.reset();
    aggregate.write(new DataOutputStream(bytes));
    return bytes.toByteArray();
  }

  /** Adds the executions of a pane. */
  @Benchmark
  public WindowAggregate fill() {
    WindowAggregate aggregate = new WindowAggregate();
    for (Execution execution : pane) {
      aggregate.add(execution);
    }
    return aggregate;
  }

  /** Chooses exemplars of the executions of a pane, and writes them. */
  @Benchmark
  public byte[] chooseAndWriteExemplars() throws IOException {
    Exemplars exemplars = new Exemplars();
    for (Execution execution : pane) {
      exemplars.add(execution);
    }
    bytes.reset();
    exemplars.write(new DataOutputStream(bytes));
    return bytes.toByteArray();
  }

  /** Adds the executions of a pane and writes it. */
  @Benchmark
  public byte[] fillAndWrite() throws IOException {
    return write(fill());
  }

  /** Reads the panes of a minute, and merges them into it. */
  @Benchmark
  public WindowAggregate readAndMergeMinute() throws IOException {
    WindowAggregate minute = new WindowAggregate();
    for (byte[] one : written) {
      minute.merge(WindowAggregate.read(new DataInputStream(new ByteArrayInputStream(one))));
    }
    return minute;
  }

  /** Merges the panes of a minute, and closes it. */
  @Benchmark
  public WindowAggregate mergeAndCloseMinute() {
    WindowAggregate minute = new WindowAggregate();
    for (WindowAggregate one : panes) {
      minute.merge(one);
    }
    minute.close();
    return minute;
  }
}
