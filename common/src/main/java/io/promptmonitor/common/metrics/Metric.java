package io.promptmonitor.common.metrics;

import static io.promptmonitor.common.metrics.BaselineSource.CONSISTENCY_TARGET;
import static io.promptmonitor.common.metrics.BaselineSource.EXPECTED_ACCURACY;
import static io.promptmonitor.common.metrics.BaselineSource.EXPECTED_FAILURES;
import static io.promptmonitor.common.metrics.BaselineSource.EXPECTED_LATENCY_P50;
import static io.promptmonitor.common.metrics.BaselineSource.EXPECTED_LATENCY_P95;
import static io.promptmonitor.common.metrics.BaselineSource.TOKEN_BUDGET_AVERAGE;
import static io.promptmonitor.common.metrics.MetricAttributes.real;
import static io.promptmonitor.common.metrics.MetricAttributes.whole;
import static io.promptmonitor.common.metrics.Quantity.COUNT;
import static io.promptmonitor.common.metrics.Quantity.LATENCY;
import static io.promptmonitor.common.metrics.Quantity.QUALITY;
import static io.promptmonitor.common.metrics.Quantity.QUALITY_DIFFERENCE;
import static io.promptmonitor.common.metrics.Quantity.RATE;
import static io.promptmonitor.common.metrics.Quantity.RATING;
import static io.promptmonitor.common.metrics.Quantity.TOKENS;

import io.promptmonitor.common.sketch.CategoryCounts;
import io.promptmonitor.common.sketch.ConsistencySketch;
import io.promptmonitor.common.sketch.DistinctSketch;
import io.promptmonitor.common.sketch.QuantileSketch;
import java.io.ByteArrayOutputStream;
import java.io.DataOutput;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Function;
import java.util.function.ToDoubleFunction;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The metrics of a window: the one place where a metric is defined. A constant's name in lower case
 * is its column in {@code window_metrics} and its name in conditions.
 *
 * <p>To add a metric: add a constant, a migration that adds its column, and its line in {@code
 * docs/conditions.md} if it is a number; tests compare them.
 */
public enum Metric {
  /** Number of executions. */
  EXECUTION_COUNT(whole(COUNT), w -> w.executionCount()),
  /** Number of distinct users; unknown if no execution named one. */
  UNIQUE_USERS(
      whole(COUNT).from(MetricPart.USERS), w -> number(w.usersSketch(), DistinctSketch::estimate)),
  /** Number of executions that succeeded. */
  SUCCESS_COUNT(whole(COUNT).worseIfLower(), w -> w.successCount()),
  /** Number of executions that failed. */
  FAILURE_COUNT(whole(COUNT).worseIfHigher(), w -> w.failureCount()),
  /** Successes divided by executions, 0 to 1. */
  SUCCESS_RATE(
      real(RATE).worseIfLower().baseline(EXPECTED_ACCURACY),
      w -> ratio(w.successCount(), w.executionCount())),
  /** Failures divided by executions, 0 to 1. */
  ERROR_RATE(
      real(RATE).worseIfHigher().baseline(EXPECTED_FAILURES),
      w -> ratio(w.failureCount(), w.executionCount())),
  /** Median latency of all executions, failed ones included, in milliseconds. */
  LATENCY_P50(
      real(LATENCY)
          .worseIfHigher()
          .percentile(50, MetricPart.LATENCY)
          .baseline(EXPECTED_LATENCY_P50),
      w -> quantile(w.latencyQuantiles(), 0.50)),
  /** 95th percentile of the latency in milliseconds. */
  LATENCY_P95(
      real(LATENCY)
          .worseIfHigher()
          .percentile(95, MetricPart.LATENCY)
          .baseline(EXPECTED_LATENCY_P95),
      w -> quantile(w.latencyQuantiles(), 0.95)),
  /** 99th percentile of the latency in milliseconds. */
  LATENCY_P99(
      real(LATENCY).worseIfHigher().percentile(99, MetricPart.LATENCY),
      w -> quantile(w.latencyQuantiles(), 0.99)),
  /** Mean latency in milliseconds. */
  LATENCY_AVG(real(LATENCY).worseIfHigher(), w -> ratio(w.latencySum(), w.executionCount())),
  /** Mean input tokens of an execution. */
  AVG_INPUT_TOKENS(real(TOKENS).worseIfHigher(), w -> ratio(w.inputTokens(), w.executionCount())),
  /** Mean output tokens of an execution. */
  AVG_OUTPUT_TOKENS(real(TOKENS).worseIfHigher(), w -> ratio(w.outputTokens(), w.executionCount())),
  /** Mean total tokens of an execution. */
  AVG_TOTAL_TOKENS(
      real(TOKENS).worseIfHigher().baseline(TOKEN_BUDGET_AVERAGE),
      w -> ratio(w.inputTokens() + w.outputTokens(), w.executionCount())),
  /** Sum of the total tokens. */
  TOTAL_TOKENS(whole(TOKENS).worseIfHigher(), w -> w.inputTokens() + w.outputTokens()),
  /** Mean rating, 1 to 5; unknown without ratings. */
  AVG_USER_FEEDBACK(
      real(RATING).worseIfLower().fromFeedback(Sample.RATINGS), w -> w.quality().averageRating()),
  /** Number of ratings. */
  FEEDBACK_COUNT(whole(COUNT).fromFeedback(), w -> w.quality().ratingCount()),
  /** Share of ratings of 1 or 2 among all ratings, 0 to 1; unknown without ratings. */
  USER_FEEDBACK_NEGATIVE_RATE(
      real(RATE).worseIfHigher().fromFeedback(Sample.RATINGS), w -> w.quality().negativeRate()),
  /** Mean automated score, 0 to 10; unknown without scores. */
  AVG_AUTOMATED_SCORE(
      real(QUALITY).worseIfLower().fromFeedback(Sample.SCORES), w -> w.quality().averageScore()),
  /** Number of automated scores. */
  AUTOMATED_SCORE_COUNT(whole(COUNT).fromFeedback(), w -> w.quality().scoreCount()),
  /**
   * Absolute difference between the version's predicted quality and the mean actual quality, 0 to
   * 10; unknown without ratings and scores, or if the predicted quality is unknown.
   */
  AVG_CALIBRATION_DELTA(
      real(QUALITY)
          .worseIfHigher()
          .fromFeedback(Sample.RATINGS_AND_SCORES)
          .alias("calibration_drift"),
      (w, predicted) -> Math.abs(w.quality().bias(predicted))),
  /**
   * Predicted quality minus mean actual quality, -10 to 10: positive if the prediction was too
   * good; unknown without ratings and scores, or if the predicted quality is unknown.
   */
  CALIBRATION_BIAS(
      real(QUALITY_DIFFERENCE).fromFeedback(Sample.RATINGS_AND_SCORES),
      (w, predicted) -> w.quality().bias(predicted)),
  /**
   * Of the executions whose input was seen more than once in the window, the share whose output is
   * the most frequent one for that input, 0 to 1; unknown if no input was seen twice.
   */
  CONSISTENCY_RATE(
      real(RATE).worseIfLower().baseline(CONSISTENCY_TARGET).from(MetricPart.CONSISTENCY),
      w -> number(w.consistencySketch(), ConsistencySketch::rate)),
  /** Failures by error type. */
  ERRORS_BY_TYPE(Type.COUNTS_BY_NAME, w -> counts(w.errorsByType(), Integer.MAX_VALUE)),
  /** The five most frequent error types with their counts. */
  TOP_ERRORS(Type.COUNTS_BY_NAME, w -> counts(w.errorsByType(), 5)),
  /** Executions by conditional path. */
  BRANCH_DISTRIBUTION(Type.COUNTS_BY_NAME, w -> counts(w.branchDistribution(), Integer.MAX_VALUE)),
  /** Executions by model. */
  MODEL_DISTRIBUTION(Type.COUNTS_BY_NAME, w -> counts(w.modelDistribution(), Integer.MAX_VALUE)),
  /** The latency distribution as {@link QuantileSketch#write} writes it. */
  LATENCY_DIGEST(Type.BYTES, w -> bytes(w.latencyQuantiles(), QuantileSketch::write)),
  /** The distribution of total tokens as {@link QuantileSketch#write} writes it. */
  TOKENS_DIGEST(Type.BYTES, w -> bytes(w.tokenQuantiles(), QuantileSketch::write)),
  /** The users as {@link DistinctSketch#write} writes them. */
  USERS_SKETCH(Type.BYTES, w -> bytes(w.usersSketch(), DistinctSketch::write));

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

  /** How a number is computed; NaN if it cannot be known. */
  private interface Computation {
    double of(WindowAggregate window, double predictedQuality);
  }

  private static final Map<String, Metric> BY_NAME =
      Stream.of(values())
          .flatMap(metric -> metric.names().stream().map(name -> Map.entry(name, metric)))
          .collect(Collectors.toUnmodifiableMap(Map.Entry::getKey, Map.Entry::getValue));

  private final Type type;
  private final @Nullable Quantity quantity;
  private final Worse worse;
  private final @Nullable BaselineSource baseline;
  private final Sample sample;
  private final int percentile;
  private final boolean quality;
  private final @Nullable String alias;
  private final @Nullable MetricPart part;

  @SuppressWarnings("ImmutableEnumChecker") // the functions above capture nothing
  private final Computation number;

  @SuppressWarnings("ImmutableEnumChecker")
  private final Function<WindowAggregate, @Nullable Object> content;

  private final String column = name().toLowerCase(Locale.ROOT);

  Metric(MetricAttributes attributes, ToDoubleFunction<WindowAggregate> number) {
    this(attributes, (window, predictedQuality) -> number.applyAsDouble(window));
  }

  Metric(MetricAttributes attributes, Computation number) {
    this(attributes, number, window -> null);
  }

  Metric(Type type, Function<WindowAggregate, @Nullable Object> content) {
    this(MetricAttributes.notANumber(type), (window, predictedQuality) -> Double.NaN, content);
  }

  Metric(
      MetricAttributes attributes,
      Computation number,
      Function<WindowAggregate, @Nullable Object> content) {
    this.type = attributes.type();
    this.quantity = attributes.quantity();
    this.worse = attributes.worse();
    this.baseline = attributes.baseline();
    this.sample = attributes.sample();
    this.percentile = attributes.percentile();
    this.part = attributes.part();
    this.quality = attributes.quality();
    this.alias = attributes.alias();
    this.number = number;
    this.content = content;
  }

  /** The metric of a name, its column or its alias, or null if there is none. */
  public static @Nullable Metric named(String name) {
    return BY_NAME.get(name);
  }

  /** What {@link #value} returns. */
  public Type type() {
    return type;
  }

  /** What a numeric metric measures, or null if the metric is not a number. */
  public @Nullable Quantity quantity() {
    return quantity;
  }

  /** Which values are worse. */
  public Worse worse() {
    return worse;
  }

  /** Where the metric's baseline comes from, or null if it cannot have one. */
  public @Nullable BaselineSource baseline() {
    return baseline;
  }

  /** What the metric is taken from. */
  public Sample sample() {
    return sample;
  }

  /** How many of {@link #sample} the metric needs at least to mean something. */
  public int minSamples() {
    int above = 100 - percentile;
    return percentile == 0 ? 1 : (100 + above - 1) / above;
  }

  /** Which percentile the metric is, such as 95; 0 if it is none. */
  public int percentile() {
    return percentile;
  }

  /** The part of an aggregate that a number is taken from; null if counters are enough. */
  public @Nullable MetricPart part() {
    return part;
  }

  /** Whether feedback that comes after the execution changes this metric. */
  public boolean isQuality() {
    return quality;
  }

  /** The column in {@code window_metrics}, and the name in conditions. */
  public String column() {
    return column;
  }

  /** The names in conditions: the column, and an alias if there is one. */
  public List<String> names() {
    return alias == null ? List.of(column) : List.of(column, alias);
  }

  /**
   * The metric's value in a window, of the Java type that {@link #type} states, or null if it
   * cannot be known.
   *
   * @param predictedQuality the quality that was predicted for the prompt version, 0 to 10; NaN if
   *     it is unknown
   */
  public @Nullable Object value(WindowAggregate window, double predictedQuality) {
    if (quantity == null) {
      return content.apply(window);
    }
    double known = number(window, predictedQuality);
    if (Double.isNaN(known)) {
      return null;
    }
    return type == Type.COUNT ? (Object) (long) known : (Object) known;
  }

  /**
   * As {@link #value}, of a metric that is a number; NaN if it is not, or cannot be known.
   *
   * @param predictedQuality the quality that was predicted for the prompt version, 0 to 10; NaN if
   *     it is unknown
   */
  public double number(WindowAggregate window, double predictedQuality) {
    return number.of(window, predictedQuality);
  }

  private static double ratio(long part, long whole) {
    return whole == 0 ? Double.NaN : (double) part / whole;
  }

  private static double quantile(@Nullable QuantileSketch sketch, double q) {
    return sketch == null ? Double.NaN : sketch.quantile(q);
  }

  private static <T> double number(@Nullable T sketch, ToDoubleFunction<T> function) {
    return sketch == null ? Double.NaN : function.applyAsDouble(sketch);
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
