package io.promptmonitor.cluster;

import java.time.Duration;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;

/** Waits for what other processes do. */
public final class Await {

  private static final long INTERVAL_MILLIS = 200;

  private Await() {}

  /**
   * Waits until {@code condition} holds; an exception of it counts as not yet.
   *
   * @throws AssertionError if it does not hold within {@code limit}
   */
  public static void until(String what, Duration limit, Callable<Boolean> condition)
      throws InterruptedException {
    long start = System.nanoTime();
    Exception last = null;
    while (System.nanoTime() - start < limit.toNanos()) {
      try {
        if (condition.call()) {
          return;
        }
        last = null;
      } catch (InterruptedException e) {
        throw e;
      } catch (Exception e) {
        last = e;
      }
      TimeUnit.MILLISECONDS.sleep(INTERVAL_MILLIS);
    }
    throw new AssertionError(what + ": not within " + limit.toSeconds() + " s", last);
  }
}
