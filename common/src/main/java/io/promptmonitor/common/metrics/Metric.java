package io.promptmonitor.common.metrics;

import io.promptmonitor.common.sketch.CategoryCounts;
import io.promptmonitor.common.sketch.ConsistencySketch;
import io.promptmonitor.common.sketch.DistinctSketch;
import io.promptmonitor.common.sketch.QuantileSketch;
import java.io.ByteArrayOutputStream;
import java.io.DataOutput;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Locale;
import java.util.Map;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * The metrics of a window: the one place where a metric is defined. A constant's name in lower case
 * is its column in {@code window_metrics} and its name in conditions.
 *
 * <p>To add a metric: add a constant, and a migration that adds its column; a test compares the
 * two.
 */
public enum Metric {
  /** Number of executions. */
  EXECUTION_COUNT(Type.COUNT, false, w -> w.executionCount()),
  /** Number of distinct users; unknown if no execution named one. */
  UNIQUE_USERS(Type.COUNT, false, w -> map(w.usersSketch(), DistinctSketch::estimate)),
  /** Number of executions that succeeded. */
  SUCCESS_COUNT(Type.COUNT, false, w -> w.successCount()),
  /** Number of executions that failed. */
  FAILURE_COUNT(Type.COUNT, false, w -> w.failureCount()),
  /** Successes divided by executions, 0 to 1. */
  SUCCESS_RATE(Type.NUMBER, false, w -> ratio(w.successCount(), w.executionCount())),
  /** Failures divided by executions, 0 to 1. */
  ERROR_RATE(Type.NUMBER, false, w -> ratio(w.failureCount(), w.executionCount())),
  /** Median latency of all executions, failed ones included, in milliseconds. */
  LATENCY_P50(Type.NUMBER, false, w -> quantile(w.latencyQuantiles(), 0.50)),
  /** 95th percentile of the latency in milliseconds. */
  LATENCY_P95(Type.NUMBER, false, w -> quantile(w.latencyQuantiles(), 0.95)),
  /** 99th percentile of the latency in milliseconds. */
  LATENCY_P99(Type.NUMBER, false, w -> quantile(w.latencyQuantiles(), 0.99)),
  /** Mean latency in milliseconds. */
  LATENCY_AVG(Type.NUMBER, false, w -> ratio(w.latencySum(), w.executionCount())),
  /** Mean input tokens of an execution. */
  AVG_INPUT_TOKENS(Type.NUMBER, false, w -> ratio(w.inputTokens(), w.executionCount())),
  /** Mean output tokens of an execution. */
  AVG_OUTPUT_TOKENS(Type.NUMBER, false, w -> ratio(w.outputTokens(), w.executionCount())),
  /** Mean total tokens of an execution. */
  AVG_TOTAL_TOKENS(
      Type.NUMBER, false, w -> ratio(w.inputTokens() + w.outputTokens(), w.executionCount())),
  /** Sum of the total tokens. */
  TOTAL_TOKENS(Type.COUNT, false, w -> w.inputTokens() + w.outputTokens()),
  /** Mean rating, 1 to 5; unknown without ratings. */
  AVG_USER_FEEDBACK(Type.NUMBER, true, w -> known(w.quality().averageRating())),
  /** Number of ratings. */
  FEEDBACK_COUNT(Type.COUNT, true, w -> w.quality().ratingCount()),
  /** Share of ratings of 1 or 2 among all ratings, 0 to 1; unknown without ratings. */
  USER_FEEDBACK_NEGATIVE_RATE(Type.NUMBER, true, w -> known(w.quality().negativeRate())),
  /** Mean automated score, 0 to 10; unknown without scores. */
  AVG_AUTOMATED_SCORE(Type.NUMBER, true, w -> known(w.quality().averageScore())),
  /** Number of automated scores. */
  AUTOMATED_SCORE_COUNT(Type.COUNT, true, w -> w.quality().scoreCount()),
  /**
   * Absolute difference between the version's predicted quality and the mean actual quality, 0 to
   * 10; unknown until the version's predicted quality is known.
   */
  AVG_CALIBRATION_DELTA(Type.NUMBER, true, w -> null),
  /**
   * Predicted quality minus mean actual quality, -10 to 10; unknown until the version's predicted
   * quality is known.
   */
  CALIBRATION_BIAS(Type.NUMBER, true, w -> null),
  /**
   * Of the executions whose input was seen more than once in the window, the share whose output is
   * the most frequent one for that input, 0 to 1; unknown if no input was seen twice.
   */
  CONSISTENCY_RATE(
      Type.NUMBER, false, w -> known(map(w.consistencySketch(), ConsistencySketch::rate))),
  /** Failures by error type. */
  ERRORS_BY_TYPE(Type.COUNTS_BY_NAME, false, w -> counts(w.errorsByType(), Integer.MAX_VALUE)),
  /** The five most frequent error types with their counts. */
  TOP_ERRORS(Type.COUNTS_BY_NAME, false, w -> counts(w.errorsByType(), 5)),
  /** Executions by conditional path. */
  BRANCH_DISTRIBUTION(
      Type.COUNTS_BY_NAME, false, w -> counts(w.branchDistribution(), Integer.MAX_VALUE)),
  /** Executions by model. */
  MODEL_DISTRIBUTION(
      Type.COUNTS_BY_NAME, false, w -> counts(w.modelDistribution(), Integer.MAX_VALUE)),
  /** The latency distribution as {@link QuantileSketch#write} writes it. */
  LATENCY_DIGEST(Type.BYTES, false, w -> bytes(w.latencyQuantiles(), QuantileSketch::write)),
  /** The distribution of total tokens as {@link QuantileSketch#write} writes it. */
  TOKENS_DIGEST(Type.BYTES, false, w -> bytes(w.tokenQuantiles(), QuantileSketch::write)),
  /** The users as {@link DistinctSketch#write} writes them. */
  USERS_SKETCH(Type.BYTES, false, w -> bytes(w.usersSketch(), DistinctSketch::write));

  /** What a metric's value is. */
  public enum Type {
    /** A whole number: {@code Long}, SQL {@code bigint}. */
    COUNT,
    /** A real number: {@code Double}, SQL {@code double precision}. */
    NUMBER,
    /** Counts by name: {@code Map<String, Long>} most frequent first, SQL {@code jsonb}. */
    COUNTS_BY_NAME,
    /** Bytes of a sketch: {@code byte[]}, SQL {@code bytea}. */
    BYTES
  }

  private final Type type;
  private final boolean quality;

  @SuppressWarnings("ImmutableEnumChecker") // the functions above capture nothing
  private final Function<WindowAggregate, @Nullable Object> value;

  private final String column = name().toLowerCase(Locale.ROOT);

  Metric(Type type, boolean quality, Function<WindowAggregate, @Nullable Object> value) {
    this.type = type;
    this.quality = quality;
    this.value = value;
  }

  /** What {@link #value} returns. */
  public Type type() {
    return type;
  }

  /** Whether feedback that comes after the execution changes this metric. */
  public boolean isQuality() {
    return quality;
  }

  /** The column in {@code window_metrics}, and the name in conditions. */
  public String column() {
    return column;
  }

  /**
   * The metric's value in a window, of the Java type that {@link #type} states, or null if it
   * cannot be known.
   */
  public @Nullable Object value(WindowAggregate window) {
    return value.apply(window);
  }

  private static @Nullable Double ratio(long part, long whole) {
    return whole == 0 ? null : (double) part / whole;
  }

  private static @Nullable Double quantile(@Nullable QuantileSketch sketch, double q) {
    return sketch == null ? null : known(sketch.quantile(q));
  }

  private static @Nullable Double known(@Nullable Double number) {
    return number == null || number.isNaN() ? null : number;
  }

  private static <T, R> @Nullable R map(@Nullable T part, Function<T, R> function) {
    return part == null ? null : function.apply(part);
  }

  private static Map<String, Long> counts(@Nullable CategoryCounts counts, int limit) {
    return counts == null ? Map.of() : counts.top(limit);
  }

  /** Writes a sketch. */
  private interface Writer<T> {
    void write(T sketch, DataOutput out) throws IOException;
  }

  private static <T> byte @Nullable [] bytes(@Nullable T sketch, Writer<T> writer) {
    if (sketch == null) {
      return null;
    }
    ByteArrayOutputStream bytes = new ByteArrayOutputStream(256);
    try {
      writer.write(sketch, new DataOutputStream(bytes));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return bytes.toByteArray();
  }
}
