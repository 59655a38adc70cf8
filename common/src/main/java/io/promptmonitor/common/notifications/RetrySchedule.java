package io.promptmonitor.common.notifications;

import java.time.Duration;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * When a message that could not be sent is tried again: after pauses that double from {@code first}
 * up to {@code longest}, each shortened at random by up to a half; never before the receiver says.
 *
 * @param first the first pause, above 0
 * @param longest the longest pause
 * @param longestWish the longest that a receiver's own wish is honoured
 * @param giveUpAfter how long after the first attempt no other one begins
 */
public record RetrySchedule(
    Duration first, Duration longest, Duration longestWish, Duration giveUpAfter) {

  /** From 1 second to 5 minutes, for 6 hours; a receiver may ask for up to 1 hour. */
  public static final RetrySchedule DEFAULT =
      new RetrySchedule(
          Duration.ofSeconds(1), Duration.ofMinutes(5), Duration.ofHours(1), Duration.ofHours(6));

  public RetrySchedule {
    if (first.compareTo(Duration.ofMillis(1)) < 0 || longest.compareTo(first) < 0) {
      throw new IllegalArgumentException("expected 1 ms <= first <= longest");
    }
  }

  /**
   * When the next attempt is made, or null to give up.
   *
   * @param attempts how many attempts there were, at least 1
   * @param firstAttemptAt when the first one began
   * @param now when the last one ended
   * @param wish how long the receiver wants to be left alone; null if it did not say
   * @param random from 0 to 1, exclusive
   */
  public @Nullable Instant next(
      int attempts, Instant firstAttemptAt, Instant now, @Nullable Duration wish, double random) {
    long pause = first.toMillis();
    for (int i = 1; i < attempts && pause < longest.toMillis(); i++) {
      pause *= 2;
    }
    pause = Math.min(pause, longest.toMillis());
    pause -= (long) (random * pause / 2);
    if (wish != null) {
      pause = Math.max(pause, Math.min(wish.toMillis(), longestWish.toMillis()));
    }
    Instant next = now.plusMillis(Math.max(1, pause));
    return next.isAfter(firstAttemptAt.plus(giveUpAfter)) ? null : next;
  }
}
