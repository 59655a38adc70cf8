package io.promptmonitor.common.comparison;

/** Intervals of rates, and of means of what lies between 0 and 1. */
public final class RateIntervals {

  private RateIntervals() {}

  /**
   * Wilson's score interval (Wilson, "Probable inference, the law of succession, and statistical
   * inference", JASA 22, 1927; Newcombe, Statistics in Medicine 17, 1998, 857-872, method 3): the
   * rates {@code p} with {@code (rate - p)^2 <= z^2 p (1 - p) / n}.
   *
   * <p>It also holds for the mean of any variable between 0 and 1, then with at least the stated
   * confidence: of all such variables with the mean p, the one that is only ever 0 or 1 has the
   * greatest variance, p (1 - p) (Bhatia and Davis, "A better bound on the variance", American
   * Mathematical Monthly 107, 2000).
   *
   * @param rate 0 to 1
   * @param n the number of trials; unknown for 0
   */
  public static Interval wilson(double rate, long n) {
    if (n <= 0 || Double.isNaN(rate)) {
      return Interval.UNKNOWN;
    }
    double z2 = Interval.Z * Interval.Z;
    double scale = n + z2;
    double center = (n * rate + z2 / 2) / scale;
    double half = Interval.Z * Math.sqrt(n * rate * (1 - rate) + z2 / 4) / scale;
    // The limits are the rate itself at 0 and 1, and rounding must not push them to its other side.
    return new Interval(
        rate <= 0 ? 0 : Math.max(0, Math.min(rate, center - half)),
        rate >= 1 ? 1 : Math.min(1, Math.max(rate, center + half)));
  }

  /**
   * Newcombe's interval of the difference {@code rate1 - rate2} of two independent rates (Newcombe,
   * "Interval estimation for the difference between independent proportions", Statistics in
   * Medicine 17, 1998, 873-890, method 10).
   */
  public static Interval difference(double rate1, long n1, double rate2, long n2) {
    return Interval.ofDifference(rate1, wilson(rate1, n1), rate2, wilson(rate2, n2));
  }
}
