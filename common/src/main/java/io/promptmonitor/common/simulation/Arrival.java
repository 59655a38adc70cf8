package io.promptmonitor.common.simulation;

import io.promptmonitor.common.config.ConfigSection;
import io.promptmonitor.common.config.ConfigValue;
import java.time.Duration;

/**
 * How much later than its event time a record arrives.
 *
 * @param meanDelay mean of the exponential delay, in milliseconds
 * @param maxDelay longest such delay, in milliseconds
 * @param stragglerShare share of the execution records that are delayed further
 * @param stragglerDelay by how much, in milliseconds
 */
record Arrival(long meanDelay, long maxDelay, double stragglerShare, long stragglerDelay) {

  private static final Duration MAX_DELAY = Duration.ofDays(7);

  static final Arrival USUAL = new Arrival(400, 20_000, 0, 600_000);

  long delay(double exponential) {
    return Math.min(maxDelay, Math.round(meanDelay * exponential));
  }

  static Arrival read(ConfigSection section) {
    return new Arrival(
        section.get("mean_delay", Arrival::millis, USUAL.meanDelay),
        section.get("max_delay", Arrival::millis, USUAL.maxDelay),
        section.get("straggler_share", v -> v.decimal(0, 1), USUAL.stragglerShare),
        section.get("straggler_delay", Arrival::millis, USUAL.stragglerDelay));
  }

  static long millis(ConfigValue value) {
    return value.duration(Duration.ZERO, MAX_DELAY).toMillis();
  }
}
