package io.promptmonitor.bench;

import io.promptmonitor.common.execution.Execution;
import io.promptmonitor.common.execution.PromptVersionId;
import io.promptmonitor.common.ingest.Ingested;
import io.promptmonitor.common.metrics.WindowAggregate;
import io.promptmonitor.common.windows.WindowSize;
import io.promptmonitor.jobs.source.IngestParser;
import io.promptmonitor.jobs.source.file.LineSplitter;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BrokenBarrierException;
import java.util.concurrent.Callable;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.jspecify.annotations.Nullable;

/**
 * The same windows without Flink and without what a job needs besides: no state, no checkpoints, no
 * late executions, no corrections. What two threads can do at most.
 *
 * <p>Each thread reads one file into aggregates of one minute. When both have passed a minute they
 * exchange it: each thread rolls up one half of the prompt versions.
 */
final class BareLoop {

  private static final long MINUTE = WindowSize.ONE_MINUTE.millis();
  private static final long MAX_OUT_OF_ORDERNESS = 30_000;
  private static final int CHUNK = 256 << 10;

  private final List<Path> files;
  private final List<Duration> slidingWindows;
  private final CyclicBarrier exchange;

  /**
   * The minute that is exchanged, of each thread; in turns, so that one barrier a minute will do.
   */
  private final List<List<Map<PromptVersionId, WindowAggregate>>> exchanged = new ArrayList<>();

  BareLoop(List<Path> files, List<Duration> slidingWindows) {
    this.files = files;
    this.slidingWindows = slidingWindows;
    this.exchange = new CyclicBarrier(files.size());
    for (int turn = 0; turn < 2; turn++) {
      List<Map<PromptVersionId, WindowAggregate>> minutes = new ArrayList<>();
      files.forEach(file -> minutes.add(Map.of()));
      exchanged.add(minutes);
    }
  }

  /** Reads the files to their end. */
  void run() throws Exception {
    ExecutorService threads = Executors.newFixedThreadPool(files.size());
    try {
      List<Callable<@Nullable Void>> readers = new ArrayList<>();
      for (int i = 0; i < files.size(); i++) {
        readers.add(new Reader(i));
      }
      for (Future<@Nullable Void> reader : threads.invokeAll(readers)) {
        reader.get();
      }
    } finally {
      threads.shutdownNow();
    }
  }

  /** Executions of one minute as one thread has seen them. */
  private record OpenMinute(long start, Map<PromptVersionId, WindowAggregate> aggregates) {}

  /** One thread. */
  private final class Reader implements Callable<@Nullable Void> {
    private final int index;
    private final IngestParser parser = RunProbe.parsers().create();
    private final ArrayDeque<OpenMinute> open = new ArrayDeque<>();
    private final Map<PromptVersionId, BareWindows> windows = new HashMap<>();
    private final BareSliding sliding = new BareSliding(slidingWindows);
    private int turn;

    Reader(int index) {
      this.index = index;
    }

    @Override
    public @Nullable Void call() throws Exception {
      try (InputStream in = Files.newInputStream(files.get(index))) {
        LineSplitter lines = new LineSplitter(in, 1, 0, () -> CHUNK);
        String source = files.get(index).toString();
        long line = 0;
        while (lines.next()) {
          Ingested record =
              parser.parse(source, ++line, lines.chunk(), lines.start(), (int) lines.length());
          Execution execution = record.execution();
          if (execution == null) {
            RunProbe.deadLetter();
          } else {
            add(execution);
          }
        }
      }
      while (!open.isEmpty()) {
        exchangeFirst();
      }
      windows.values().forEach(BareWindows::finish);
      RunProbe.end();
      return null;
    }

    private void add(Execution execution) throws InterruptedException, BrokenBarrierException {
      long timestamp = execution.timestamp();
      while (!open.isEmpty()
          && timestamp - MAX_OUT_OF_ORDERNESS >= open.getFirst().start + MINUTE) {
        exchangeFirst();
      }
      minute(Math.floorDiv(timestamp, MINUTE) * MINUTE)
          .aggregates
          .computeIfAbsent(execution.promptVersion(), key -> new WindowAggregate())
          .add(execution);
    }

    private OpenMinute minute(long start) {
      for (OpenMinute minute : open) {
        if (minute.start == start) {
          return minute;
        }
      }
      if (!open.isEmpty() && start != open.getLast().start + MINUTE) {
        throw new IllegalStateException("the traffic leaves a minute out, or is too late for one");
      }
      OpenMinute minute = new OpenMinute(start, new HashMap<>());
      open.addLast(minute);
      return minute;
    }

    private void exchangeFirst() throws InterruptedException, BrokenBarrierException {
      OpenMinute minute = open.removeFirst();
      List<Map<PromptVersionId, WindowAggregate>> both = exchanged.get(turn);
      turn = 1 - turn;
      both.set(index, minute.aggregates);
      exchange.await();
      for (Map<PromptVersionId, WindowAggregate> aggregates : both) {
        for (Map.Entry<PromptVersionId, WindowAggregate> entry : aggregates.entrySet()) {
          if (Math.floorMod(entry.getKey().hashCode(), files.size()) == index) {
            windows
                .computeIfAbsent(entry.getKey(), key -> new BareWindows())
                .collect(entry.getValue());
          }
        }
      }
      for (BareWindows of : windows.values()) {
        of.endMinute(minute.start, sliding);
      }
    }
  }
}
