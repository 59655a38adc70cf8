package io.promptmonitor.common.ruletests;

import io.promptmonitor.common.encoding.StableHash;
import io.promptmonitor.common.execution.Execution;
import io.promptmonitor.common.execution.PromptVersionId;
import java.util.Map;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Executions of one version, described by series: makes them interval by interval, the same ones
 * each time. Within an interval they are spread evenly, and so are failures among them.
 */
final class InputSeries {

  /** What a series can say. */
  enum SeriesKey {
    EXECUTIONS,
    ERRORS,
    ERROR_RATE,
    LATENCY,
    LATENCY_P50,
    LATENCY_P95,
    LATENCY_P99,
    INPUT_TOKENS,
    OUTPUT_TOKENS,
    USER_FEEDBACK,
    RATINGS,
    AUTOMATED_SCORE,
    SCORES,
    USERS,
    CONSISTENCY
  }

  private static final double USUAL_LATENCY = 500;
  private static final double USUAL_INPUT_TOKENS = 100;
  private static final double USUAL_OUTPUT_TOKENS = 50;

  /**
   * Of any 100 successive executions 11 take the p95 or longer, 3 of them the p99: so the
   * percentiles of a window of 100 are these values, and not somewhere between two of them.
   */
  private static final int CYCLE = 100;

  private static final int BELOW_P95 = 89;
  private static final int BELOW_P99 = 97;

  /** Has no divisor in common with the cycle, and spreads slow executions over it. */
  private static final int STRIDE = 61;

  private final PromptVersionId promptVersion;
  private final long from;
  private final long interval;
  private final Map<SeriesKey, Series> series;

  /**
   * A series.
   *
   * @param from when the first interval begins: milliseconds since the start of the test
   * @param interval length of an interval in milliseconds
   * @param series has at least {@link SeriesKey#EXECUTIONS}, which says how many intervals there
   *     are
   */
  InputSeries(
      PromptVersionId promptVersion, long from, long interval, Map<SeriesKey, Series> series) {
    this.promptVersion = promptVersion;
    this.from = from;
    this.interval = interval;
    this.series = Map.copyOf(series);
  }

  PromptVersionId promptVersion() {
    return promptVersion;
  }

  /** When the last interval ends: milliseconds since the start of the test. */
  long end() {
    return from + executions().length() * interval;
  }

  /** About how many executions there are. */
  double total() {
    double total = 0;
    for (int i = 0; i < executions().length(); i++) {
      double value = executions().at(i);
      total += Double.isNaN(value) ? 0 : value;
    }
    return total;
  }

  private Series executions() {
    Series executions = series.get(SeriesKey.EXECUTIONS);
    if (executions == null) {
      throw new IllegalStateException("no series of executions");
    }
    return executions;
  }

  /**
   * What is wrong with the values together; null if nothing is.
   *
   * @return the key and the message
   */
  Map.@Nullable Entry<SeriesKey, String> problem() {
    if (executions() == Series.UNREADABLE) {
      return null;
    }
    int length = executions().length();
    for (Map.Entry<SeriesKey, Series> entry : series.entrySet()) {
      if (entry.getValue().length() > length) {
        return Map.entry(
            entry.getKey(),
            "has " + entry.getValue().length() + " values, but \"executions\" has " + length);
      }
    }
    for (int i = 0; i < length; i++) {
      double errors = value(SeriesKey.ERRORS, i, 0);
      double count = value(SeriesKey.EXECUTIONS, i, 0);
      if (errors > count) {
        return Map.entry(
            SeriesKey.ERRORS,
            "more errors than executions in interval %d: %s of %s"
                .formatted(i + 1, Numbers.show(errors), Numbers.show(count)));
      }
      if (latencyP50(i) > latencyP95(i)) {
        return Map.entry(SeriesKey.LATENCY_P95, "is below latency_p50 in interval " + (i + 1));
      }
      if (latencyP95(i) > latencyP99(i)) {
        return Map.entry(SeriesKey.LATENCY_P99, "is below latency_p95 in interval " + (i + 1));
      }
    }
    return null;
  }

  private double value(SeriesKey key, int index, double usual) {
    Series values = series.get(key);
    double value = values == null ? Double.NaN : values.at(index);
    return Double.isNaN(value) ? usual : value;
  }

  private double latencyP50(int index) {
    double p99 = value(SeriesKey.LATENCY_P99, index, Double.POSITIVE_INFINITY);
    double lowest = Math.min(value(SeriesKey.LATENCY_P95, index, p99), p99);
    return value(
        SeriesKey.LATENCY,
        index,
        value(SeriesKey.LATENCY_P50, index, Math.min(USUAL_LATENCY, lowest)));
  }

  private double latencyP95(int index) {
    return value(SeriesKey.LATENCY, index, value(SeriesKey.LATENCY_P95, index, latencyP50(index)));
  }

  private double latencyP99(int index) {
    return value(SeriesKey.LATENCY, index, value(SeriesKey.LATENCY_P99, index, latencyP95(index)));
  }

  /** The executions from the beginning on, made one interval after the other. */
  Source source(long start, int number) {
    return new Source(start + from, number);
  }

  /** Makes the executions of a test; there is one for each run. */
  final class Source {
    private final long start;
    private final int number;
    private final CarriedSum executions = new CarriedSum();
    private final CarriedSum errors = new CarriedSum();
    private final CarriedSum ratings = new CarriedSum();
    private final CarriedSum ratingPoints = new CarriedSum();
    private final CarriedSum scores = new CarriedSum();
    private final CarriedSum consistent = new CarriedSum();
    private int nextInterval;
    private long made;

    private Source(long start, int number) {
      this.start = start;
      this.number = number;
    }

    /** Makes the executions of all intervals that begin before a time. */
    void makeBefore(long time, Consumer<Execution> output) {
      while (nextInterval < InputSeries.this.executions().length()
          && start + nextInterval * interval < time) {
        make(nextInterval++, output);
      }
    }

    private void make(int i, Consumer<Execution> output) {
      int count = executions.next(value(SeriesKey.EXECUTIONS, i, 0));
      int failed =
          Math.min(
              count,
              errors.next(
                  series.containsKey(SeriesKey.ERRORS)
                      ? value(SeriesKey.ERRORS, i, 0)
                      : count * value(SeriesKey.ERROR_RATE, i, 0)));
      double rating = value(SeriesKey.USER_FEEDBACK, i, Double.NaN);
      int rated = share(count, rating, ratings, value(SeriesKey.RATINGS, i, count));
      double score = value(SeriesKey.AUTOMATED_SCORE, i, Double.NaN);
      int scored = share(count, score, scores, value(SeriesKey.SCORES, i, count));
      for (int k = 0; k < count; k++) {
        long time = start + i * interval + (2L * k + 1) * interval / (2L * count);
        boolean fails = isChosen(k, count, failed);
        output.accept(
            new Execution(
                id("execution"),
                promptVersion,
                time,
                latency(i),
                (int) Math.round(value(SeriesKey.INPUT_TOKENS, i, USUAL_INPUT_TOKENS)),
                (int) Math.round(value(SeriesKey.OUTPUT_TOKENS, i, USUAL_OUTPUT_TOKENS)),
                !fails,
                fails ? "error" : null,
                isChosen(k, count, rated)
                    ? (byte) ratingPoints.next(rating)
                    : Execution.NO_FEEDBACK,
                isChosen(k, count, scored)
                    ? (int) Math.round(score * Execution.SCORE_UNIT)
                    : Execution.NO_SCORE,
                series.containsKey(SeriesKey.CONSISTENCY) ? hash("input") : Execution.NO_HASH,
                series.containsKey(SeriesKey.CONSISTENCY) ? output(i) : Execution.NO_HASH,
                user(i),
                null,
                null));
        made++;
      }
    }

    private int share(int count, double value, CarriedSum sum, double wanted) {
      return Double.isNaN(value) ? 0 : Math.min(count, sum.next(wanted));
    }

    /** Whether the k-th of {@code count} is among the {@code chosen}, which are spread evenly. */
    private static boolean isChosen(int k, int count, int chosen) {
      return (k + 1L) * chosen / count > (long) k * chosen / count;
    }

    private int latency(int i) {
      long place = made * STRIDE % CYCLE;
      double latency =
          place < BELOW_P95 ? latencyP50(i) : place < BELOW_P99 ? latencyP95(i) : latencyP99(i);
      return (int) Math.round(latency);
    }

    private long output(int i) {
      return consistent.next(value(SeriesKey.CONSISTENCY, i, 1)) == 1
          ? hash("output")
          : id("output");
    }

    private long user(int i) {
      long users = Math.round(value(SeriesKey.USERS, i, 0));
      return users == 0 ? Execution.NO_HASH : hash("user " + made % users);
    }

    private long id(String of) {
      return hash(of + " " + number + " " + made);
    }

    private static long hash(String text) {
      long hash = StableHash.hash64(text);
      return hash == 0 ? 1 : hash;
    }
  }
}
