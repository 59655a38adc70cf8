package io.promptmonitor.jobs.sink;

import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;

/** The time and the chance that retries need; tests have their own. */
interface Pauses {

  /** Time that only passes, in nanoseconds. */
  long nanoTime();

  /** Waits, unless the task is cancelled. */
  void sleep(long millis) throws InterruptedException;

  /** A random number from 0 to 1, exclusive. */
  double random();

  /** Those of this machine. */
  static Pauses real() {
    return new Pauses() {
      @Override
      public long nanoTime() {
        return System.nanoTime();
      }

      @Override
      public void sleep(long millis) throws InterruptedException {
        TimeUnit.MILLISECONDS.sleep(millis);
      }

      @Override
      public double random() {
        return ThreadLocalRandom.current().nextDouble();
      }
    };
  }
}
