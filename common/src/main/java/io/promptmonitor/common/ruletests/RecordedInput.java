package io.promptmonitor.common.ruletests;

import io.promptmonitor.common.deployment.ScoreScale;
import io.promptmonitor.common.execution.Execution;
import io.promptmonitor.common.execution.Feedback;
import io.promptmonitor.common.execution.PromptVersionId;
import io.promptmonitor.common.feedback.FeedbackLedger;
import io.promptmonitor.common.ingest.Ingested;
import io.promptmonitor.common.ingest.ParserOptions;
import io.promptmonitor.common.ingest.RecordParser;
import io.promptmonitor.common.ingest.UserHashKey;
import io.promptmonitor.common.metrics.QualityCounts;
import io.promptmonitor.common.metrics.WindowAggregate;
import io.promptmonitor.common.windows.PaneUpdate;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.zip.GZIPInputStream;
import org.jspecify.annotations.Nullable;

/**
 * Execution records and feedback events of a JSON-lines file. They arrive when they happened; of
 * records with the same {@code execution_id} the first counts.
 *
 * @param executions in the order of their times
 * @param feedback in the order in which it was given
 */
record RecordedInput(List<Execution> executions, List<Feedback> feedback) {

  private static final int MOST_PROBLEMS = 5;

  /** Far enough ahead that no record is ahead of it, and nothing overflows. */
  private static final long END_OF_TIME = Long.MAX_VALUE / 4;

  RecordedInput {
    executions = List.copyOf(executions);
    feedback = List.copyOf(feedback);
  }

  /** A file cannot be used; has a message for each of the first problems. */
  static final class UnusableException extends Exception {
    private static final long serialVersionUID = 1;

    @SuppressWarnings("serial") // an immutable list of the JDK, which is serializable
    private final List<String> problems;

    UnusableException(List<String> problems) {
      super(String.join("; ", problems));
      this.problems = List.copyOf(problems);
    }

    List<String> problems() {
      return problems;
    }
  }

  /**
   * Reads a file, compressed if its name ends in {@code .gz}.
   *
   * @param scale the scale of the automated scores
   * @param start milliseconds since the epoch; nothing may have happened before
   */
  static RecordedInput read(Path file, ScoreScale scale, long start) throws UnusableException {
    byte[] bytes = bytes(file);
    ParserOptions options =
        new ParserOptions(
            scale.min(),
            scale.max(),
            Duration.ZERO,
            UserHashKey.fromSecret("a key that needs no secret"));
    RecordParser parser = new RecordParser(options, () -> END_OF_TIME);
    List<String> problems = new ArrayList<>();
    List<Execution> executions = new ArrayList<>();
    List<Feedback> feedback = new ArrayList<>();
    Set<Long> ids = new HashSet<>();
    int line = 0;
    for (int begin = 0; begin < bytes.length && problems.size() < MOST_PROBLEMS; ) {
      int end = begin;
      while (end < bytes.length && bytes[end] != '\n') {
        end++;
      }
      line++;
      if (!isBlank(bytes, begin, end)) {
        Ingested record = parser.parse(file.toString(), line, bytes, begin, end - begin);
        String problem = problem(record, start);
        if (problem != null) {
          problems.add(file + ":" + line + ": " + problem);
        } else if (record.execution() != null) {
          if (ids.add(record.execution().executionIdHash())) {
            executions.add(record.execution());
          }
        } else if (record.feedback() != null) {
          feedback.add(record.feedback());
        }
      }
      begin = end + 1;
    }
    if (!problems.isEmpty()) {
      throw new UnusableException(problems);
    }
    executions.sort(Comparator.comparingLong(Execution::timestamp));
    feedback.sort(Comparator.comparingLong(Feedback::timestamp));
    return new RecordedInput(executions, feedback);
  }

  private static byte[] bytes(Path file) throws UnusableException {
    try {
      byte[] bytes = Files.readAllBytes(file);
      if (file.toString().endsWith(".gz")) {
        try (InputStream in = new GZIPInputStream(new ByteArrayInputStream(bytes))) {
          return in.readAllBytes();
        }
      }
      return bytes;
    } catch (NoSuchFileException e) {
      throw new UnusableException(List.of("no such file: " + file));
    } catch (IOException e) {
      throw new UnusableException(
          List.of(
              Files.isDirectory(file)
                  ? "is a directory: " + file
                  : "cannot read " + file + ": " + e.getMessage()));
    }
  }

  private static boolean isBlank(byte[] bytes, int begin, int end) {
    for (int i = begin; i < end; i++) {
      if (bytes[i] > ' ' || bytes[i] < 0) {
        return false;
      }
    }
    return true;
  }

  private static @Nullable String problem(Ingested record, long start) {
    if (record.deadLetter() != null) {
      return record.deadLetter().detail();
    }
    return record.timestamp() < start ? "happened before the start of the test" : null;
  }

  /** The versions that have executions. */
  Set<PromptVersionId> promptVersions() {
    Set<PromptVersionId> versions =
        new TreeSet<>(
            Comparator.comparing(PromptVersionId::promptId)
                .thenComparing(PromptVersionId::version));
    executions.forEach(execution -> versions.add(execution.promptVersion()));
    return versions;
  }

  /** When the last record happened: milliseconds since the epoch; 0 if there is none. */
  long end() {
    long last = executions.isEmpty() ? 0 : executions.get(executions.size() - 1).timestamp();
    return feedback.isEmpty()
        ? last
        : Math.max(last, feedback.get(feedback.size() - 1).timestamp());
  }

  /** What feedback changes in the windows of its execution, in the order in which it was given. */
  List<TimedChange> feedbackChanges() {
    Map<Long, FeedbackLedger> ledgers = new HashMap<>();
    List<TimedChange> changes = new ArrayList<>();
    for (Feedback given : feedback) {
      QualityCounts change =
          ledgers.computeIfAbsent(given.executionIdHash(), id -> new FeedbackLedger()).apply(given);
      if (!change.isEmpty()) {
        WindowAggregate aggregate = new WindowAggregate();
        aggregate.quality().add(change);
        changes.add(
            new TimedChange(
                given.timestamp(),
                PaneUpdate.feedback(
                    given.promptVersion(),
                    given.executionTimestamp(),
                    aggregate,
                    "records",
                    changes.size())));
      }
    }
    return changes;
  }

  /** A change of windows, and when it comes: milliseconds since the epoch. */
  record TimedChange(long time, PaneUpdate update) {}
}
