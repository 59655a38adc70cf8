package io.promptmonitor.jobs.sink;

import java.io.Serializable;
import java.sql.SQLException;
import java.util.Set;

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

  /**
   * SQLSTATE classes that no retry mends: bad data, violated constraint, wrong password, no such
   * database or schema, wrong statement or missing privilege.
   */
  private static final Set<String> PERMANENT = Set.of("22", "23", "28", "3D", "3F", "42");

  public RetryPolicy {
    if (initialMillis < 1 || maxMillis < initialMillis || totalMillis < 0) {
      throw new IllegalArgumentException(
          "expected 1 <= initialMillis <= maxMillis and 0 <= totalMillis");
    }
  }

  /** Whether another attempt may succeed where this one failed. */
  public static boolean mayHelp(SQLException failure) {
    String state = failure.getSQLState();
    return state == null || state.length() != 5 || !PERMANENT.contains(state.substring(0, 2));
  }

  /**
   * The pause before an attempt.
   *
   * @param attempt 1 for the first attempt after the failure
   * @param random from 0 to 1, exclusive
   * @return milliseconds, at least 1
   */
  public long pauseMillis(int attempt, double random) {
    long full = initialMillis;
    for (int i = 1; i < attempt && full < maxMillis; i++) {
      full *= 2;
    }
    full = Math.min(full, maxMillis);
    return Math.max(1, full - (long) (random * full / 2));
  }
}
