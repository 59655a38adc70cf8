package io.promptmonitor.common.comparison;

import io.promptmonitor.common.sketch.QuantileSketch;
import org.apache.commons.statistics.distribution.BinomialDistribution;

/** Intervals of percentiles that assume nothing of the distribution. */
public final class PercentileIntervals {

  private PercentileIntervals() {}

  /**
   * The interval between two order statistics (David and Nagaraja, "Order Statistics", third
   * edition, 2003, section 7.1): how many of n values lie below the p-quantile is binomial with n
   * and p, so it lies between the values whose ranks are that binomial's 2.5 % and 97.5 % points.
   * Where there is no such value, because the sample is too small, there is no limit on that side
   * but 0, below which no value of a sketch is.
   *
   * <p>Of an exact sketch the limits are values of the sample; of a digest they are as exact as its
   * quantiles.
   *
   * @param p between 0 and 1, both excluded
   */
  public static Interval of(QuantileSketch sketch, double p) {
    long n = sketch.count();
    if (n == 0) {
      return Interval.UNKNOWN;
    }
    long lower = lowerRank(n, p);
    long upper = upperRank(n, p);
    return new Interval(
        lower < 1 ? 0 : valueAt(sketch, lower, n),
        upper > n ? Double.POSITIVE_INFINITY : valueAt(sketch, upper, n));
  }

  /** The rank of the lower limit, counted from 1; 0 if there is none. */
  static long lowerRank(long n, double p) {
    return quantile(n, p, Interval.TAIL);
  }

  /** The rank of the upper limit, counted from 1; n + 1 if there is none. */
  static long upperRank(long n, double p) {
    return quantile(n, p, 1 - Interval.TAIL) + 1;
  }

  /** The least x such that at most x of n are below with a probability of at least {@code q}. */
  private static long quantile(long n, double p, double q) {
    if (n <= Integer.MAX_VALUE) {
      return BinomialDistribution.of((int) n, p).inverseCumulativeProbability(q);
    }
    // De Moivre and Laplace: off by less than one rank in a thousand deviations, of which there are
    // thousands.
    double deviation = Math.sqrt(n * p * (1 - p)) * Interval.Z;
    return Math.round(n * p + (q < 0.5 ? -deviation : deviation));
  }

  private static double valueAt(QuantileSketch sketch, long rank, long n) {
    return sketch.quantile(n == 1 ? 0 : (rank - 1.0) / (n - 1.0));
  }
}
