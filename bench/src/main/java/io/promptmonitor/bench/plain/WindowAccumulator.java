package io.promptmonitor.bench.plain;

import com.tdunning.math.stats.MergingDigest;
import io.promptmonitor.common.execution.Execution;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import org.apache.datasketches.hll.HllSketch;
import org.apache.datasketches.hll.TgtHllType;
import org.jspecify.annotations.Nullable;

/**
 * What a window of the plain job keeps of its executions.
 *
 * <p>On RocksDB an accumulator is read and written for every record of every window. So the last
 * few latencies and users are kept as they are, and the sketches stay in their bytes: they are only
 * decoded when {@value #PENDING} values have come together.
 */
final class WindowAccumulator {

  /** Values kept apart before they go into the sketches. */
  static final int PENDING = 32;

  private static final double COMPRESSION = 100;
  private static final int LG_K = 12;

  long executions;
  long successes;
  long latencySum;
  long inputTokens;
  long outputTokens;
  long ratings;
  long ratingSum;
  long negativeRatings;
  long scores;
  long scoreSum;
  @Nullable Map<String, Long> errors;

  int pending;
  int[] pendingLatencies = new int[4];
  long[] pendingUsers = new long[4];

  // A sketch is an object, or its bytes, or not there yet.
  private @Nullable MergingDigest digest;
  private byte @Nullable [] digestBytes;
  private @Nullable HllSketch users;
  private byte @Nullable [] usersBytes;

  void add(Execution execution) {
    executions++;
    successes += execution.success() ? 1 : 0;
    latencySum += execution.latencyMs();
    inputTokens += execution.inputTokens();
    outputTokens += execution.outputTokens();
    if (execution.userFeedback() != Execution.NO_FEEDBACK) {
      ratings++;
      ratingSum += execution.userFeedback();
      negativeRatings += execution.userFeedback() <= 2 ? 1 : 0;
    }
    if (execution.automatedScore() != Execution.NO_SCORE) {
      scores++;
      scoreSum += execution.automatedScore();
    }
    String errorType = execution.errorType();
    if (!execution.success() && errorType != null) {
      if (errors == null) {
        errors = new HashMap<>(4);
      }
      errors.merge(errorType, 1L, Long::sum);
    }
    if (pending == PENDING) {
      settle();
    }
    if (pending == pendingLatencies.length) {
      pendingLatencies = Arrays.copyOf(pendingLatencies, 2 * pending);
      pendingUsers = Arrays.copyOf(pendingUsers, 2 * pending);
    }
    pendingLatencies[pending] = execution.latencyMs();
    pendingUsers[pending++] = execution.userHash();
  }

  /** Moves the pending values into the sketches. */
  private void settle() {
    MergingDigest latencies = digest();
    HllSketch distinct = users();
    for (int i = 0; i < pending; i++) {
      latencies.add(pendingLatencies[i], 1);
      if (pendingUsers[i] != Execution.NO_HASH) {
        distinct.update(pendingUsers[i]);
      }
    }
    pending = 0;
  }

  private MergingDigest digest() {
    MergingDigest decoded = digest;
    if (decoded == null) {
      byte[] bytes = digestBytes;
      decoded =
          bytes == null
              ? new MergingDigest(COMPRESSION)
              : MergingDigest.fromBytes(ByteBuffer.wrap(bytes));
      digest = decoded;
      digestBytes = null;
    }
    return decoded;
  }

  private HllSketch users() {
    HllSketch decoded = users;
    if (decoded == null) {
      byte[] bytes = usersBytes;
      decoded = bytes == null ? new HllSketch(LG_K, TgtHllType.HLL_4) : HllSketch.heapify(bytes);
      users = decoded;
      usersBytes = null;
    }
    return decoded;
  }

  /** The digest's bytes, null while all latencies are pending. */
  byte @Nullable [] digestBytes() {
    MergingDigest decoded = digest;
    if (decoded == null) {
      return digestBytes;
    }
    ByteBuffer bytes = ByteBuffer.allocate(decoded.smallByteSize());
    decoded.asSmallBytes(bytes);
    return Arrays.copyOf(bytes.array(), bytes.position());
  }

  /** The user sketch's bytes, null while all users are pending. */
  byte @Nullable [] usersBytes() {
    HllSketch decoded = users;
    return decoded == null ? usersBytes : decoded.toCompactByteArray();
  }

  /** Sets what {@link #digestBytes} and {@link #usersBytes} returned. */
  void setSketches(byte @Nullable [] newDigestBytes, byte @Nullable [] newUsersBytes) {
    digest = null;
    digestBytes = newDigestBytes;
    users = null;
    usersBytes = newUsersBytes;
  }

  /** The metrics. */
  PlainMetrics metrics() {
    settle();
    MergingDigest latencies = digest();
    return new PlainMetrics(
        executions,
        (double) successes / executions,
        latencies.quantile(0.50),
        latencies.quantile(0.95),
        latencies.quantile(0.99),
        (double) latencySum / executions,
        (double) (inputTokens + outputTokens) / executions,
        users().getEstimate(),
        ratings == 0 ? Double.NaN : (double) ratingSum / ratings,
        ratings == 0 ? Double.NaN : (double) negativeRatings / ratings,
        scores == 0 ? Double.NaN : (double) scoreSum / Execution.SCORE_UNIT / scores);
  }

  /** An independent copy. */
  WindowAccumulator copy() {
    WindowAccumulator copy = new WindowAccumulator();
    copy.executions = executions;
    copy.successes = successes;
    copy.latencySum = latencySum;
    copy.inputTokens = inputTokens;
    copy.outputTokens = outputTokens;
    copy.ratings = ratings;
    copy.ratingSum = ratingSum;
    copy.negativeRatings = negativeRatings;
    copy.scores = scores;
    copy.scoreSum = scoreSum;
    copy.errors = errors == null ? null : new HashMap<>(errors);
    copy.pending = pending;
    copy.pendingLatencies = pendingLatencies.clone();
    copy.pendingUsers = pendingUsers.clone();
    copy.setSketches(digestBytes(), usersBytes());
    return copy;
  }
}
