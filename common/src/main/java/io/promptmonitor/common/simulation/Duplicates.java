package io.promptmonitor.common.simulation;

import io.promptmonitor.common.config.ConfigSection;

/**
 * Producers that send a record again because they did not hear that it had arrived.
 *
 * @param share share of the execution records that come twice
 * @param meanDelay mean of the exponential delay of the second one, in milliseconds
 */
record Duplicates(double share, long meanDelay) {

  static final Duplicates USUAL = new Duplicates(0.005, 2_000);

  static Duplicates read(ConfigSection section) {
    return new Duplicates(
        section.get("share", v -> v.decimal(0, 1), USUAL.share),
        section.get("mean_delay", Arrival::millis, USUAL.meanDelay));
  }
}
