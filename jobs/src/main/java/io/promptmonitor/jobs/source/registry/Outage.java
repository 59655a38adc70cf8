package io.promptmonitor.jobs.source.registry;

import java.util.concurrent.TimeUnit;

/** For how long something has been away; one thread says so, others may ask. */
final class Outage {

  private static final long NONE = Long.MIN_VALUE;

  private volatile long sinceNanos = NONE;

  /** It is away, from now on if it was not before. */
  void begin() {
    if (sinceNanos == NONE) {
      sinceNanos = System.nanoTime();
    }
  }

  /** It is there. */
  void end() {
    sinceNanos = NONE;
  }

  /** How long it has been away, in milliseconds; 0 if it is there. */
  long millis() {
    long since = sinceNanos;
    return since == NONE ? 0 : TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - since);
  }
}
