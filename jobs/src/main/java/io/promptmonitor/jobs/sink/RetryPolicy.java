package io.promptmonitor.jobs.sink;

import java.io.Serializable;

/**
 * How long to go on trying while the database is away: pauses that double from {@code
 * initialMillis} up to {@code maxMillis}, each shortened at random by up to a half.
 *
 * @param initialMillis first pause in milliseconds, at least 1
 * @param maxMillis longest pause in milliseconds
 * @param totalMillis after this time in milliseconds without success, give up
 */
public record RetryPolicy(long initialMillis, long maxMillis, long totalMillis)
    implements Serializable {

  /** From 100 ms to 10 s, for 10 minutes. */
  public static final RetryPolicy DEFAULT = new RetryPolicy(100, 10_000, 600_000);

  public RetryPolicy {
    if (initialMillis < 1 || maxMillis < initialMillis || totalMillis < 0) {
      throw new IllegalArgumentException(
          "expected 1 <= initialMillis <= maxMillis and 0 <= totalMillis");
    }
  }

  /**
   * The pause before an attempt.
   *
   * @param attempt 1 for the first attempt after the failure
   * @param random from 0 to 1, exclusive
   * @return milliseconds, at least 1
   */
  long pauseMillis(int attempt, double random) {
    long full = initialMillis;
    for (int i = 1; i < attempt && full < maxMillis; i++) {
      full *= 2;
    }
    full = Math.min(full, maxMillis);
    return Math.max(1, full - (long) (random * full / 2));
  }
}
