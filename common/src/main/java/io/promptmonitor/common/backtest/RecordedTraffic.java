package io.promptmonitor.common.backtest;

import io.promptmonitor.common.deployment.MonitorConfig;
import io.promptmonitor.common.execution.Execution;
import io.promptmonitor.common.execution.Feedback;
import io.promptmonitor.common.feedback.FeedbackLedger;
import io.promptmonitor.common.ingest.Ingested;
import io.promptmonitor.common.ingest.ParserOptions;
import io.promptmonitor.common.ingest.RecordParser;
import io.promptmonitor.common.ingest.UserHashKey;
import io.promptmonitor.common.metrics.QualityCounts;
import io.promptmonitor.common.metrics.WindowAggregate;
import io.promptmonitor.common.windows.PaneUpdate;
import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.zip.GZIPInputStream;

/**
 * The executions and feedback of files, in memory, about 200 bytes each. Of records with the same
 * {@code execution_id} the first counts; lines that are no records are counted and passed over.
 */
public final class RecordedTraffic {

  /** Far enough ahead that no record is ahead of it, and nothing overflows. */
  private static final long END_OF_TIME = Long.MAX_VALUE / 4;

  private final long pane;
  private final RecordParser parser;
  private final SortedMap<String, List<Arrival>> prompts = new TreeMap<>();
  private final Set<Long> ids = new HashSet<>();
  private final List<Feedback> feedback = new ArrayList<>();
  private long first = Long.MAX_VALUE;
  private long last = Long.MIN_VALUE;
  private long unusable;

  private RecordedTraffic(MonitorConfig config) {
    this.pane = config.evaluationInterval().toMillis();
    ParserOptions options =
        new ParserOptions(
            config.automatedScoreScale().min(),
            config.automatedScoreScale().max(),
            Duration.ZERO,
            UserHashKey.fromSecret("users are only told apart"));
    this.parser = new RecordParser(options, () -> END_OF_TIME);
  }

  /**
   * Reads files, compressed if their names end in {@code .gz}.
   *
   * @throws IOException if one cannot be read
   */
  public static RecordedTraffic read(List<Path> files, MonitorConfig config) throws IOException {
    RecordedTraffic traffic = new RecordedTraffic(config);
    for (Path file : files) {
      try (InputStream raw = new BufferedInputStream(Files.newInputStream(file), 1 << 16);
          InputStream in =
              file.toString().endsWith(".gz") ? new GZIPInputStream(raw, 1 << 16) : raw) {
        traffic.read(file.toString(), in);
      }
    }
    traffic.addFeedback();
    return traffic;
  }

  private void read(String name, InputStream in) throws IOException {
    ByteArrayOutputStream line = new ByteArrayOutputStream(1_024);
    byte[] buffer = new byte[1 << 16];
    long number = 0;
    for (int n = in.read(buffer); n >= 0; n = in.read(buffer)) {
      int begin = 0;
      for (int i = 0; i < n; i++) {
        if (buffer[i] == '\n') {
          line.write(buffer, begin, i - begin);
          number++;
          add(name, number, line.toByteArray());
          line.reset();
          begin = i + 1;
        }
      }
      line.write(buffer, begin, n - begin);
    }
    add(name, number + 1, line.toByteArray());
  }

  private void add(String name, long number, byte[] line) {
    boolean blank = true;
    for (byte character : line) {
      blank &= character <= ' ' && character >= 0;
    }
    if (blank) {
      return;
    }
    Ingested record = parser.parse(name, number, line, 0, line.length);
    Execution execution = record.execution();
    if (execution != null) {
      if (ids.add(execution.executionIdHash())) {
        saw(execution.timestamp());
        of(execution.promptVersion().promptId()).add(RecordedExecution.of(execution, pane));
      }
    } else if (record.feedback() != null) {
      feedback.add(record.feedback());
    } else {
      unusable++;
    }
  }

  private void saw(long timestamp) {
    first = Math.min(first, timestamp);
    last = Math.max(last, timestamp);
  }

  private List<Arrival> of(String promptId) {
    return prompts.computeIfAbsent(promptId, id -> new ArrayList<>());
  }

  private void addFeedback() {
    feedback.sort(Comparator.comparingLong(Feedback::timestamp));
    Map<Long, FeedbackLedger> ledgers = new HashMap<>();
    long position = 0;
    for (Feedback given : feedback) {
      QualityCounts change =
          ledgers.computeIfAbsent(given.executionIdHash(), id -> new FeedbackLedger()).apply(given);
      if (!change.isEmpty()) {
        WindowAggregate aggregate = new WindowAggregate();
        aggregate.quality().add(change);
        saw(given.timestamp());
        of(given.promptVersion().promptId())
            .add(
                RecordedExecution.of(
                    PaneUpdate.feedback(
                        given.promptVersion(),
                        given.executionTimestamp(),
                        aggregate,
                        "records",
                        position++),
                    given.timestamp(),
                    pane));
      }
    }
  }

  /** What was read of each prompt. */
  public SortedMap<String, List<Arrival>> prompts() {
    return Collections.unmodifiableSortedMap(prompts);
  }

  /** Whether there was no record. */
  public boolean isEmpty() {
    return prompts.isEmpty();
  }

  /** When the first of it happened, milliseconds since the epoch. */
  public long first() {
    return first;
  }

  /** When the last of it happened. */
  public long last() {
    return last;
  }

  /** How many lines are no records. */
  public long unusable() {
    return unusable;
  }
}
