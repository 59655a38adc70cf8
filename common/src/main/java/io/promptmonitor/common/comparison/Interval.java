package io.promptmonitor.common.comparison;

import java.io.Serializable;

/**
 * A 95 % confidence interval, in the unit of what it is about.
 *
 * @param lower the lower limit; negative infinity if there is none, NaN if it cannot be known
 * @param upper the upper limit, at least the lower; infinite if there is none, NaN if it cannot be
 *     known
 */
public record Interval(double lower, double upper) implements Serializable {

  /** The quantile of the standard normal distribution at 97.5 %. */
  public static final double Z = 1.959963984540054;

  /** The probability beyond each limit. */
  public static final double TAIL = 0.025;

  /** Of something that cannot be known. */
  public static final Interval UNKNOWN = new Interval(Double.NaN, Double.NaN);

  /** Whether both limits are known, if only that there is none. */
  public boolean isKnown() {
    return !Double.isNaN(lower) && !Double.isNaN(upper);
  }

  /** Whether everything in it is above {@code value}; not if it is unknown. */
  public boolean isAbove(double value) {
    return lower > value;
  }

  /** Whether everything in it is below {@code value}; not if it is unknown. */
  public boolean isBelow(double value) {
    return upper < value;
  }

  /** The interval of the absolute value of what this is the interval of. */
  Interval absolute() {
    if (!isKnown()) {
      return UNKNOWN;
    }
    double far = Math.max(Math.abs(lower), Math.abs(upper));
    double near = lower <= 0 && upper >= 0 ? 0 : Math.min(Math.abs(lower), Math.abs(upper));
    return new Interval(near, far);
  }

  /**
   * The interval of {@code first - second}, two independent estimates, from the interval of each:
   * the method of variance estimates recovery (Zou and Donner, "Construction of confidence limits
   * about effect measures: a general approach", Statistics in Medicine 27, 2008, equation 8). Of
   * two {@linkplain RateIntervals#wilson Wilson intervals} it makes Newcombe's.
   */
  public static Interval ofDifference(double first, Interval of1, double second, Interval of2) {
    double difference = first - second;
    return new Interval(
        difference - Math.hypot(first - of1.lower, of2.upper - second),
        difference + Math.hypot(of1.upper - first, second - of2.lower));
  }
}
