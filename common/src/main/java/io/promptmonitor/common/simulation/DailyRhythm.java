package io.promptmonitor.common.simulation;

import io.promptmonitor.common.config.ConfigSection;

/**
 * How the rate of traffic changes over a day (UTC): a cosine whose mean is the given rate.
 *
 * @param amplitude 0 (even) to 1 (nothing at the quietest hour)
 * @param peakHour the busiest hour, 0 to 24
 */
record DailyRhythm(double amplitude, double peakHour) {

  private static final double MILLIS_PER_HOUR = 3_600_000;

  static final DailyRhythm EVEN = new DailyRhythm(0, 14);

  /** The rate at a time (milliseconds since the epoch) as a multiple of the mean rate. */
  double factor(long timestamp) {
    if (amplitude == 0) {
      return 1;
    }
    double hours = timestamp / MILLIS_PER_HOUR - peakHour;
    return 1 + amplitude * StrictMath.cos(hours % 24 * (StrictMath.PI / 12));
  }

  static DailyRhythm read(ConfigSection section, DailyRhythm parent) {
    return new DailyRhythm(
        section.get("amplitude", v -> v.decimal(0, 1), parent.amplitude),
        section.get("peak_hour", v -> v.decimal(0, 24), parent.peakHour));
  }
}
