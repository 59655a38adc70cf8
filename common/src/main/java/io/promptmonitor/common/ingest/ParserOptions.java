package io.promptmonitor.common.ingest;

import java.io.Serializable;
import java.time.Duration;
import java.util.Objects;

/**
 * What a deployment can set about reading records.
 *
 * @param scoreMin the {@code automated_score} that stands for quality 0
 * @param scoreMax the {@code automated_score} that stands for quality 10, above {@code scoreMin}
 * @param maxFutureSkew how far a time stamp may lie ahead of the clock, 0 or more
 * @param userHashKey what user hashes are keyed with
 */
public record ParserOptions(
    double scoreMin, double scoreMax, Duration maxFutureSkew, UserHashKey userHashKey)
    implements Serializable {

  private static final long serialVersionUID = 1L;

  /** How far ahead of the clock a time stamp may lie unless configured otherwise. */
  public static final Duration DEFAULT_MAX_FUTURE_SKEW = Duration.ofMinutes(10);

  public ParserOptions {
    Objects.requireNonNull(maxFutureSkew, "maxFutureSkew");
    Objects.requireNonNull(userHashKey, "userHashKey");
    if (!(scoreMin < scoreMax) || !Double.isFinite(scoreMax - scoreMin)) {
      throw new IllegalArgumentException(
          "automated_score scale from "
              + scoreMin
              + " to "
              + scoreMax
              + ": expected finite numbers, the first less than the second");
    }
    if (maxFutureSkew.isNegative()) {
      throw new IllegalArgumentException(
          "maximum clock skew " + maxFutureSkew + ": expected 0 or more");
    }
  }

  /** Scores from 0 to 10, clocks that differ by up to 10 minutes, and the given key. */
  public static ParserOptions withUserHashKey(UserHashKey userHashKey) {
    return new ParserOptions(0, 10, DEFAULT_MAX_FUTURE_SKEW, userHashKey);
  }

  /**
   * The defaults with a key that everybody can read in the source code: user ids are still not
   * stored, but whoever knows a user id can recompute its hash.
   */
  public static ParserOptions defaults() {
    return withUserHashKey(UserHashKey.fromSecret("prompt-monitor"));
  }
}
