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

  /** The probability of more than {@code value}, to 1e-12. */
  double shareAbove(double value) {
    double below = 0;
    double above = 1;
    while (above - below > 1e-12) {
      double middle = (below + above) / 2;
      if (at(NormalQuantile.of(middle)) > value) {
        above = middle;
      } else {
        below = middle;
      }
    }
    return 1 - above;
  }

  /** By what its values have to be multiplied for a share of them to be above {@code value}. */
  double factorForShareAbove(double value, double share) {
    return value / at(NormalQuantile.of(1 - share));
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
