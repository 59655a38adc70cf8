package io.promptmonitor.common.simulation;

import io.promptmonitor.common.config.ConfigSection;
import io.promptmonitor.common.config.ConfigValue;
import java.time.Duration;

/**
 * How long after an execution somebody judges it: log-normal, cut off.
 *
 * @param millis the distribution, in milliseconds
 * @param max longest delay in milliseconds
 */
record Delay(LogNormal millis, long max) {

  private static final Duration MAX = Duration.ofDays(7);

  long at(double gaussian) {
    return Math.min(max, Math.round(millis.at(gaussian)));
  }

  static Delay read(ConfigSection section, Delay parent) {
    return new Delay(
        LogNormal.read(section, Delay::millis, parent.millis),
        section.get("max", v -> v.duration(Duration.ofMillis(1), MAX).toMillis(), parent.max));
  }

  private static double millis(ConfigValue value) {
    return value.duration(Duration.ofMillis(1), MAX).toMillis();
  }
}
