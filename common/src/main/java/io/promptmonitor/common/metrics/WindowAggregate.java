package io.promptmonitor.common.metrics;

import io.promptmonitor.common.encoding.VarInt;
import io.promptmonitor.common.execution.Execution;
import io.promptmonitor.common.sketch.CategoryCounts;
import io.promptmonitor.common.sketch.ConsistencySketch;
import io.promptmonitor.common.sketch.DistinctSketch;
import io.promptmonitor.common.sketch.QuantileSketch;
import java.io.ByteArrayInputStream;
import java.io.DataInput;
import java.io.DataInputStream;
import java.io.DataOutput;
import java.io.IOException;
import java.util.Map;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Everything that is known of the executions of one prompt version in one span of time; every
 * metric is computed from it, and two aggregates of neighbouring spans merge into that of both.
 *
 * <p>While open, adding and merging commute exactly: an aggregate is a function of the executions
 * in it, whatever their order and however they were spread over partial aggregates (but for those
 * with extremely many names or outputs, see {@link CategoryCounts} and {@link ConsistencySketch}).
 * {@link #close()} bounds its size; closed aggregates are merged in the order of time. Not
 * thread-safe.
 */
public final class WindowAggregate {

  private static final byte FORMAT = 2;
  private static final byte FORMAT_WITHOUT_FAILURES = 1;

  private static final int HAS_LATENCY = 1;
  private static final int HAS_TOKENS = 1 << 1;
  private static final int HAS_USERS = 1 << 2;
  private static final int HAS_CONSISTENCY = 1 << 3;
  private static final int HAS_ERRORS = 1 << 4;
  private static final int HAS_BRANCHES = 1 << 5;
  private static final int HAS_MODELS = 1 << 6;
  private static final int HAS_QUALITY = 1 << 7;
  private static final int HAS_LAST_EXECUTION = 1 << 8;
  private static final int HAS_FAILURES = 1 << 9;
  private static final int MAX_PRESENT = (1 << 10) - 1;

  /** {@link #lastExecution} if it is not known. */
  public static final long NO_TIME = Long.MIN_VALUE;

  private long executions;
  private long successes;
  private long latencySum;
  private long inputTokens;
  private long outputTokens;
  private long lastExecution = NO_TIME;
  private final QualityCounts quality = new QualityCounts();
  private @Nullable QuantileSketch latency;
  private @Nullable QuantileSketch tokens;
  private @Nullable DistinctSketch users;
  private @Nullable ConsistencySketch consistency;
  private @Nullable CategoryCounts errors;
  private @Nullable CategoryCounts branches;
  private @Nullable CategoryCounts models;
  private @Nullable FailureBreakdown failures;

  /** The aggregate of which a row tells so much; it keeps the sketches. */
  static WindowAggregate of(
      RowMetrics row, long latencySum, long inputTokens, long outputTokens, QualityCounts quality) {
    WindowAggregate aggregate = new WindowAggregate();
    aggregate.executions = row.executions();
    aggregate.successes = row.successes();
    aggregate.latencySum = latencySum;
    aggregate.inputTokens = inputTokens;
    aggregate.outputTokens = outputTokens;
    aggregate.quality.add(quality);
    aggregate.latency = row.latencies();
    aggregate.users = row.users();
    return aggregate;
  }

  /** Counts one execution. */
  public void add(Execution execution) {
    executions++;
    latencySum += execution.latencyMs();
    inputTokens += execution.inputTokens();
    outputTokens += execution.outputTokens();
    lastExecution = Math.max(lastExecution, execution.timestamp());
    latency().add(execution.latencyMs());
    int totalTokens = totalTokens(execution);
    tokens().add(totalTokens);
    failures().add(execution, totalTokens);
    if (execution.success()) {
      successes++;
    } else {
      String errorType = execution.errorType();
      errors().add(errorType == null ? UNKNOWN_ERROR : errorType);
    }
    quality.add(execution.userFeedback(), execution.automatedScore());
    if (execution.userHash() != Execution.NO_HASH) {
      users().add(execution.userHash());
    }
    if (execution.inputHash() != Execution.NO_HASH && execution.outputHash() != Execution.NO_HASH) {
      consistency().add(execution.inputHash(), execution.outputHash());
    }
    String model = execution.model();
    if (model != null) {
      models().add(model);
    }
    String branch = execution.branch();
    if (branch != null) {
      branches().add(branch);
    }
  }

  /** The error type of a failure that states none. */
  public static final String UNKNOWN_ERROR = "unknown";

  private static int totalTokens(Execution execution) {
    return (int)
        Math.min(Integer.MAX_VALUE, (long) execution.inputTokens() + execution.outputTokens());
  }

  /** Adds what {@code other} holds; {@code other} keeps its content. */
  public void merge(WindowAggregate other) {
    mergeParts(other, MetricPart.ALL);
  }

  /**
   * Adds the counters and, of the rest, only {@code parts} of what {@code other} holds; {@code
   * other} keeps its content.
   */
  public void mergeParts(WindowAggregate other, int parts) {
    executions += other.executions;
    successes += other.successes;
    latencySum += other.latencySum;
    inputTokens += other.inputTokens;
    outputTokens += other.outputTokens;
    lastExecution = Math.max(lastExecution, other.lastExecution);
    quality.add(other.quality);
    if (other.latency != null && MetricPart.LATENCY.in(parts)) {
      latency().merge(other.latency);
    }
    if (other.tokens != null && MetricPart.TOKENS.in(parts)) {
      tokens().merge(other.tokens);
    }
    if (other.users != null && MetricPart.USERS.in(parts)) {
      users().merge(other.users);
    }
    if (other.consistency != null && MetricPart.CONSISTENCY.in(parts)) {
      consistency().merge(other.consistency);
    }
    if (other.errors != null && MetricPart.CATEGORIES.in(parts)) {
      errors().merge(other.errors);
    }
    if (other.branches != null && MetricPart.CATEGORIES.in(parts)) {
      branches().merge(other.branches);
    }
    if (other.models != null && MetricPart.CATEGORIES.in(parts)) {
      models().merge(other.models);
    }
    if (other.failures != null && MetricPart.FAILURES.in(parts)) {
      failures().merge(other.failures);
    }
  }

  /** Brings the aggregate into its final, bounded form. */
  public void close() {
    if (latency != null) {
      latency.close();
    }
    if (tokens != null) {
      tokens.close();
    }
    if (consistency != null) {
      consistency.close();
    }
    if (errors != null) {
      errors.close();
    }
    if (branches != null) {
      branches.close();
    }
    if (models != null) {
      models.close();
    }
    if (failures != null) {
      failures.close();
    }
  }

  /** An independent copy. */
  public WindowAggregate copy() {
    return copyParts(MetricPart.ALL);
  }

  /** An independent copy of the counters and, of the rest, only {@code parts}. */
  public WindowAggregate copyParts(int parts) {
    WindowAggregate copy = new WindowAggregate();
    copy.mergeParts(this, 0);
    if (latency != null && MetricPart.LATENCY.in(parts)) {
      copy.latency = latency.copy();
    }
    if (tokens != null && MetricPart.TOKENS.in(parts)) {
      copy.tokens = tokens.copy();
    }
    if (users != null && MetricPart.USERS.in(parts)) {
      copy.users = users.copy();
    }
    if (consistency != null && MetricPart.CONSISTENCY.in(parts)) {
      copy.consistency = consistency.copy();
    }
    if (MetricPart.CATEGORIES.in(parts)) {
      copy.errors = errors == null ? null : errors.copy();
      copy.branches = branches == null ? null : branches.copy();
      copy.models = models == null ? null : models.copy();
    }
    if (failures != null && MetricPart.FAILURES.in(parts)) {
      copy.failures = failures.copy();
    }
    return copy;
  }

  private QuantileSketch latency() {
    QuantileSketch sketch = latency;
    if (sketch == null) {
      sketch = new QuantileSketch();
      latency = sketch;
    }
    return sketch;
  }

  private QuantileSketch tokens() {
    QuantileSketch sketch = tokens;
    if (sketch == null) {
      sketch = new QuantileSketch();
      tokens = sketch;
    }
    return sketch;
  }

  private DistinctSketch users() {
    DistinctSketch sketch = users;
    if (sketch == null) {
      sketch = new DistinctSketch();
      users = sketch;
    }
    return sketch;
  }

  private ConsistencySketch consistency() {
    ConsistencySketch sketch = consistency;
    if (sketch == null) {
      sketch = new ConsistencySketch();
      consistency = sketch;
    }
    return sketch;
  }

  private CategoryCounts errors() {
    CategoryCounts sketch = errors;
    if (sketch == null) {
      sketch = new CategoryCounts();
      errors = sketch;
    }
    return sketch;
  }

  private CategoryCounts branches() {
    CategoryCounts sketch = branches;
    if (sketch == null) {
      sketch = new CategoryCounts();
      branches = sketch;
    }
    return sketch;
  }

  private CategoryCounts models() {
    CategoryCounts sketch = models;
    if (sketch == null) {
      sketch = new CategoryCounts();
      models = sketch;
    }
    return sketch;
  }

  private FailureBreakdown failures() {
    FailureBreakdown breakdown = failures;
    if (breakdown == null) {
      breakdown = new FailureBreakdown();
      failures = breakdown;
    }
    return breakdown;
  }

  /** Number of executions. */
  public long executionCount() {
    return executions;
  }

  /** Number of executions that succeeded. */
  public long successCount() {
    return successes;
  }

  /** Number of executions that failed. */
  public long failureCount() {
    return executions - successes;
  }

  /** Sum of the latencies in milliseconds. */
  public long latencySum() {
    return latencySum;
  }

  /** Sum of the input tokens. */
  public long inputTokens() {
    return inputTokens;
  }

  /** Sum of the output tokens. */
  public long outputTokens() {
    return outputTokens;
  }

  /**
   * Event time of the last execution, milliseconds since the epoch; {@link #NO_TIME} without
   * executions, or if all come from the state of a release that did not keep it.
   */
  public long lastExecution() {
    return lastExecution;
  }

  /** Ratings and automated scores. */
  public QualityCounts quality() {
    return quality;
  }

  /** Distribution of the latencies in milliseconds, or null if unknown. */
  public @Nullable QuantileSketch latencyQuantiles() {
    return latency;
  }

  /** Distribution of the total tokens of an execution, or null if unknown. */
  public @Nullable QuantileSketch tokenQuantiles() {
    return tokens;
  }

  /** The users, or null if no execution named one. */
  public @Nullable DistinctSketch usersSketch() {
    return users;
  }

  /** Inputs with their outputs, or null if no execution had both hashes. */
  public @Nullable ConsistencySketch consistencySketch() {
    return consistency;
  }

  /** Failures by error type, or null if there was none. */
  public @Nullable CategoryCounts errorsByType() {
    return errors;
  }

  /** Executions by conditional path, or null if no execution stated one. */
  public @Nullable CategoryCounts branchDistribution() {
    return branches;
  }

  /** Executions by model, or null if no execution stated one. */
  public @Nullable CategoryCounts modelDistribution() {
    return models;
  }

  /** Where executions fail, or null if that is not known or there are none. */
  public @Nullable FailureBreakdown failureBreakdown() {
    return failures;
  }

  /**
   * The aggregate whose metrics are stored, as in a row of {@code window_metrics}: what batch jobs
   * merge and compare. Consistency, {@link #lastExecution} and {@link #failureBreakdown} are not
   * stored and stay unknown; everything else is as it was, and merges as it did.
   *
   * @param stored the value of a metric, of the type that {@link Metric#type} states; null where it
   *     is not known or not wanted. The counts and the means are needed.
   * @throws IOException if the bytes of a sketch cannot be read
   */
  public static WindowAggregate restore(Function<Metric, @Nullable Object> stored)
      throws IOException {
    WindowAggregate aggregate =
        new RowMetrics(
                whole(stored, Metric.EXECUTION_COUNT),
                whole(stored, Metric.SUCCESS_COUNT),
                real(stored, Metric.LATENCY_AVG),
                real(stored, Metric.AVG_INPUT_TOKENS),
                real(stored, Metric.AVG_OUTPUT_TOKENS),
                whole(stored, Metric.FEEDBACK_COUNT),
                real(stored, Metric.AVG_USER_FEEDBACK),
                real(stored, Metric.USER_FEEDBACK_NEGATIVE_RATE),
                whole(stored, Metric.AUTOMATED_SCORE_COUNT),
                real(stored, Metric.AVG_AUTOMATED_SCORE),
                sketch(stored, Metric.LATENCY_DIGEST, QuantileSketch::read),
                sketch(stored, Metric.USERS_SKETCH, DistinctSketch::read))
            .toAggregate();
    aggregate.tokens = sketch(stored, Metric.TOKENS_DIGEST, QuantileSketch::read);
    aggregate.errors = counts(stored, Metric.ERRORS_BY_TYPE);
    aggregate.branches = counts(stored, Metric.BRANCH_DISTRIBUTION);
    aggregate.models = counts(stored, Metric.MODEL_DISTRIBUTION);
    return aggregate;
  }

  private static long whole(Function<Metric, @Nullable Object> stored, Metric metric) {
    return stored.apply(metric) instanceof Long value ? value : 0;
  }

  private static double real(Function<Metric, @Nullable Object> stored, Metric metric) {
    return stored.apply(metric) instanceof Double value ? value : Double.NaN;
  }

  /** Reads a sketch. */
  private interface Reader<T> {
    T read(DataInput in) throws IOException;
  }

  private static <T> @Nullable T sketch(
      Function<Metric, @Nullable Object> stored, Metric metric, Reader<T> reader)
      throws IOException {
    if (!(stored.apply(metric) instanceof byte[] bytes)) {
      return null;
    }
    return reader.read(new DataInputStream(new ByteArrayInputStream(bytes)));
  }

  private static @Nullable CategoryCounts counts(
      Function<Metric, @Nullable Object> stored, Metric metric) {
    if (!(stored.apply(metric) instanceof Map<?, ?> byName) || byName.isEmpty()) {
      return null;
    }
    CategoryCounts counts = new CategoryCounts();
    byName.forEach((name, count) -> counts.add((String) name, (Long) count));
    return counts;
  }

  /** Writes the aggregate; the first byte is the format's version. */
  public void write(DataOutput out) throws IOException {
    out.writeByte(FORMAT);
    int present =
        (latency == null ? 0 : HAS_LATENCY)
            | (tokens == null ? 0 : HAS_TOKENS)
            | (users == null ? 0 : HAS_USERS)
            | (consistency == null ? 0 : HAS_CONSISTENCY)
            | (errors == null ? 0 : HAS_ERRORS)
            | (branches == null ? 0 : HAS_BRANCHES)
            | (models == null ? 0 : HAS_MODELS)
            | (quality.isEmpty() ? 0 : HAS_QUALITY)
            | (lastExecution == NO_TIME ? 0 : HAS_LAST_EXECUTION)
            | (failures == null ? 0 : HAS_FAILURES);
    VarInt.write(out, present);
    VarInt.write(out, executions);
    VarInt.write(out, successes);
    VarInt.write(out, latencySum);
    VarInt.write(out, inputTokens);
    VarInt.write(out, outputTokens);
    if (lastExecution != NO_TIME) {
      VarInt.writeSigned(out, lastExecution);
    }
    if (!quality.isEmpty()) {
      quality.write(out);
    }
    if (latency != null) {
      latency.write(out);
    }
    if (tokens != null) {
      tokens.write(out);
    }
    if (users != null) {
      users.write(out);
    }
    if (consistency != null) {
      consistency.write(out);
    }
    if (errors != null) {
      errors.write(out);
    }
    if (branches != null) {
      branches.write(out);
    }
    if (models != null) {
      models.write(out);
    }
    if (failures != null) {
      failures.write(out);
    }
  }

  /** Reads what {@link #write} wrote, of this release or an earlier one. */
  public static WindowAggregate read(DataInput in) throws IOException {
    byte format = in.readByte();
    if (format != FORMAT && format != FORMAT_WITHOUT_FAILURES) {
      throw new IOException("unknown format of a window aggregate: " + format);
    }
    int present = format == FORMAT ? VarInt.readSize(in, MAX_PRESENT) : in.readUnsignedByte();
    WindowAggregate aggregate = new WindowAggregate();
    aggregate.executions = VarInt.read(in);
    aggregate.successes = VarInt.read(in);
    aggregate.latencySum = VarInt.read(in);
    aggregate.inputTokens = VarInt.read(in);
    aggregate.outputTokens = VarInt.read(in);
    if ((present & HAS_LAST_EXECUTION) != 0) {
      aggregate.lastExecution = VarInt.readSigned(in);
    }
    if ((present & HAS_QUALITY) != 0) {
      aggregate.quality.read(in);
    }
    if ((present & HAS_LATENCY) != 0) {
      aggregate.latency = QuantileSketch.read(in);
    }
    if ((present & HAS_TOKENS) != 0) {
      aggregate.tokens = QuantileSketch.read(in);
    }
    if ((present & HAS_USERS) != 0) {
      aggregate.users = DistinctSketch.read(in);
    }
    if ((present & HAS_CONSISTENCY) != 0) {
      aggregate.consistency = ConsistencySketch.read(in);
    }
    if ((present & HAS_ERRORS) != 0) {
      aggregate.errors = CategoryCounts.read(in);
    }
    if ((present & HAS_BRANCHES) != 0) {
      aggregate.branches = CategoryCounts.read(in);
    }
    if ((present & HAS_MODELS) != 0) {
      aggregate.models = CategoryCounts.read(in);
    }
    if ((present & HAS_FAILURES) != 0) {
      aggregate.failures = FailureBreakdown.read(in);
    }
    return aggregate;
  }
}
