package io.promptmonitor.common.simulation;

import io.promptmonitor.common.config.ConfigSection;
import io.promptmonitor.common.config.ConfigValue;
import java.util.function.Function;

/**
 * A log-normal distribution.
 *
 * @param median its median, above 0
 * @param sigma standard deviation of the logarithm, 0 or more
 */
record LogNormal(double median, double sigma) {

  private static final double MAX_SIGMA = 3;

  /** The value at a standard normal random number. */
  double at(double gaussian) {
    return median * StrictMath.exp(sigma * gaussian);
  }

  /** The same with another median. */
  LogNormal times(double factor) {
    return new LogNormal(median * factor, sigma);
  }

  /** Reads the keys {@code median} and {@code sigma}. */
  static LogNormal read(
      ConfigSection section, Function<ConfigValue, Double> median, LogNormal parent) {
    return new LogNormal(
        section.get("median", median, parent.median),
        section.get("sigma", v -> v.decimal(0, MAX_SIGMA), parent.sigma));
  }
}
