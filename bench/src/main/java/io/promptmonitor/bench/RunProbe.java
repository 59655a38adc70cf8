package io.promptmonitor.bench;

import io.promptmonitor.common.ingest.Ingested;
import io.promptmonitor.common.ingest.ParserOptions;
import io.promptmonitor.common.metrics.WindowAggregate;
import io.promptmonitor.common.sketch.DistinctSketch;
import io.promptmonitor.common.sketch.QuantileSketch;
import io.promptmonitor.common.windows.WindowSize;
import io.promptmonitor.jobs.source.IngestParser;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicLongArray;
import java.util.concurrent.atomic.DoubleAdder;

/**
 * What one run did and when: from the first record that is parsed to the last output. The start and
 * end of a cluster, and its wait for a last checkpoint, are not part of a run.
 *
 * <p>One for the whole JVM, because Flink makes copies of sources and sinks.
 */
public final class RunProbe {

  private static final AtomicLong STARTED = new AtomicLong();
  private static final AtomicLong ENDED = new AtomicLong();
  private static final AtomicLongArray EXECUTIONS = new AtomicLongArray(WindowSize.values().length);
  private static final AtomicLong ROWS = new AtomicLong();
  private static final AtomicLong EVALUATIONS = new AtomicLong();
  private static final AtomicLong DEAD_LETTERS = new AtomicLong();
  private static final DoubleAdder MINUTE_P99 = new DoubleAdder();
  private static final AtomicLong MINUTES = new AtomicLong();
  private static final DoubleAdder USERS = new DoubleAdder();

  private RunProbe() {}

  /** Forgets the last run. */
  public static void reset() {
    STARTED.set(0);
    ENDED.set(0);
    for (int i = 0; i < EXECUTIONS.length(); i++) {
      EXECUTIONS.set(i, 0);
    }
    ROWS.set(0);
    EVALUATIONS.set(0);
    DEAD_LETTERS.set(0);
    MINUTE_P99.reset();
    MINUTES.set(0);
    USERS.reset();
  }

  /** Parsers of the public format that start the clock with the first record. */
  public static IngestParser.Factory parsers() {
    return () -> new StartingParser(IngestParser.Factory.ofJson(ParserOptions.defaults()).create());
  }

  private static final class StartingParser implements IngestParser {
    private final IngestParser parser;
    private boolean started;

    StartingParser(IngestParser parser) {
      this.parser = parser;
    }

    @Override
    public Ingested parse(String source, long position, byte[] bytes, int offset, int length) {
      if (!started) {
        started = true;
        STARTED.compareAndSet(0, System.nanoTime());
      }
      return parser.parse(source, position, bytes, offset, length);
    }
  }

  /** A row of a tumbling window: computes what a sink would compute of it. */
  public static void row(WindowSize size, boolean isFinal, WindowAggregate aggregate) {
    QuantileSketch latency = aggregate.latencyQuantiles();
    QuantileSketch tokens = aggregate.tokenQuantiles();
    DistinctSketch users = aggregate.usersSketch();
    double p99 = 0;
    if (latency != null && tokens != null) {
      p99 = latency.quantile(0.99);
      USERS.add(latency.quantile(0.5) + latency.quantile(0.95) + tokens.quantile(0.5));
    }
    row(
        size,
        isFinal,
        aggregate.executionCount(),
        p99,
        users == null ? 0 : (double) users.estimate());
  }

  /** A row of a tumbling window whose metrics are computed already. */
  public static void row(
      WindowSize size, boolean isFinal, long executions, double p99, double users) {
    ROWS.incrementAndGet();
    USERS.add(users);
    if (isFinal) {
      EXECUTIONS.addAndGet(size.ordinal(), executions);
      if (size == WindowSize.ONE_MINUTE) {
        MINUTE_P99.add(p99);
        MINUTES.incrementAndGet();
      }
    }
  }

  /** An evaluation of a sliding window. */
  public static void evaluation() {
    evaluations(1);
  }

  /** Evaluations of sliding windows. */
  public static void evaluations(int windows) {
    EVALUATIONS.addAndGet(windows);
  }

  /** A record that was not counted. */
  public static void deadLetter() {
    DEAD_LETTERS.incrementAndGet();
  }

  /** Nothing more comes out of one of the outputs. */
  public static void end() {
    ENDED.accumulateAndGet(System.nanoTime(), RunProbe::later);
  }

  private static long later(long a, long b) {
    return a == 0 || b - a > 0 ? b : a;
  }

  /**
   * The run that has ended.
   *
   * @param records that were read
   * @throws IllegalStateException unless every record is in one window of each size
   */
  public static RunResult result(long records) {
    for (WindowSize size : WindowSize.values()) {
      long counted = EXECUTIONS.get(size.ordinal());
      if (counted != records) {
        throw new IllegalStateException(
            "%d of %d records are in the windows of %s, %d are dead letters"
                .formatted(counted, records, size.label(), DEAD_LETTERS.get()));
      }
    }
    return new RunResult(
        records,
        (ENDED.get() - STARTED.get()) / 1e9,
        ROWS.get(),
        EVALUATIONS.get(),
        MINUTE_P99.sum() / MINUTES.get());
  }
}
