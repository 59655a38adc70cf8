package io.promptmonitor.bench;

import java.time.Duration;
import java.util.Locale;

/** Says on stderr how far a long run is and how long the rest may take. Safe for many threads. */
final class Progress {

  private static final long INTERVAL = Duration.ofSeconds(10).toNanos();

  private final String name;
  private final double all;
  private final long begin = System.nanoTime();
  private double done;
  private long told = begin;

  /**
   * Nothing is done yet.
   *
   * @param all how much work there is, in any unit
   */
  Progress(String name, double all) {
    this.name = name;
    this.all = all;
  }

  /** Some of the work is done. */
  synchronized void add(double work) {
    done += work;
    long now = System.nanoTime();
    if (now - told >= INTERVAL) {
      told = now;
      double seconds = Duration.ofNanos(now - begin).toMillis() / 1e3;
      System.err.printf(
          Locale.ROOT,
          "%s: %.0f %% after %s, about %s left%n",
          name,
          100 * done / all,
          text(seconds),
          text(seconds * (all - done) / done));
    }
  }

  private static String text(double seconds) {
    return String.format(Locale.ROOT, "%d min %02d s", (long) seconds / 60, (long) seconds % 60);
  }
}
