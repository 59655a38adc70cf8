package io.promptmonitor.notifications;

import io.promptmonitor.common.notifications.RetrySchedule;
import java.time.Duration;

/**
 * How often and how long notifications are tried.
 *
 * @param retries when a failed attempt is followed by another one
 * @param poll how long a channel with nothing to do waits until it looks into the outbox again,
 *     unless it is nudged
 * @param slack how much longer a claim lasts than an attempt; more than the clocks of those who
 *     share the outbox differ by
 */
public record DeliverySettings(RetrySchedule retries, Duration poll, Duration slack) {

  /** A look every 5 seconds, 30 seconds of slack. */
  public static final DeliverySettings DEFAULT =
      new DeliverySettings(RetrySchedule.DEFAULT, Duration.ofSeconds(5), Duration.ofSeconds(30));
}
