package io.promptmonitor.notifications;

import java.util.concurrent.atomic.LongAdder;

/** What a delivery has done since it was started, for metrics. Safe for use by many threads. */
public final class DeliveryCounts {

  final LongAdder sent = new LongAdder();
  final LongAdder failed = new LongAdder();
  final LongAdder retried = new LongAdder();
  final LongAdder unconfigured = new LongAdder();
  final LongAdder errors = new LongAdder();
  volatile long pending;
  volatile long oldestPendingMillis;
  volatile long overdueEscalations;

  DeliveryCounts() {}

  /** Notifications that receivers took. */
  public long sent() {
    return sent.sum();
  }

  /** Notifications that were given up. */
  public long failed() {
    return failed.sum();
  }

  /** Attempts that failed and are followed by another one. */
  public long retried() {
    return retried.sum();
  }

  /** Notifications to channels that the deployment does not have. */
  public long unconfigured() {
    return unconfigured.sum();
  }

  /** Errors in the monitor itself that interrupted a channel. */
  public long errors() {
    return errors.sum();
  }

  /** Escalations that were overdue when it was last looked. */
  public long overdueEscalations() {
    return overdueEscalations;
  }

  /** Notifications that waited in the outbox when it was last looked. */
  public long pending() {
    return pending;
  }

  /** How old the oldest of these was, in milliseconds; 0 if there was none. */
  public long oldestPendingMillis() {
    return oldestPendingMillis;
  }
}
