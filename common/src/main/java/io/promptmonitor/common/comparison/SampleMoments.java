package io.promptmonitor.common.comparison;

import org.apache.commons.statistics.distribution.TDistribution;

/**
 * A sample of which the mean and the variance are known.
 *
 * @param n the number of values
 * @param mean their mean; NaN if it is unknown
 * @param variance their variance with divisor n - 1; NaN if it is unknown, as for fewer than two
 */
public record SampleMoments(long n, double mean, double variance) {

  /** Of the sum of values and the sum of their squares. */
  public static SampleMoments ofSums(long n, double sum, double sumOfSquares) {
    double mean = n > 0 ? sum / n : Double.NaN;
    // Rounding may leave less than nothing of two equal numbers.
    double variance = n > 1 ? Math.max(0, sumOfSquares - sum * mean) / (n - 1) : Double.NaN;
    return new SampleMoments(n, mean, variance);
  }

  /**
   * The interval of the mean by Student's t with n - 1 degrees of freedom (Student, "The probable
   * error of a mean", Biometrika 6, 1908).
   */
  public Interval ofMean() {
    return around(mean, Math.sqrt(squaredError()), n - 1.0);
  }

  /**
   * The interval of this mean minus the {@code other}'s, of independent samples whose variances may
   * differ (Welch, "The generalization of Student's problem when several different population
   * variances are involved", Biometrika 34, 1947, with the Welch-Satterthwaite degrees of freedom).
   */
  public Interval ofDifference(SampleMoments other) {
    double error1 = squaredError();
    double error2 = other.squaredError();
    double error = error1 + error2;
    double degrees =
        error > 0
            ? error * error / (error1 * error1 / (n - 1) + error2 * error2 / (other.n - 1))
            : n + other.n - 2.0;
    return around(mean - other.mean, Math.sqrt(error), degrees);
  }

  private double squaredError() {
    return n > 1 ? variance / n : Double.NaN;
  }

  private static Interval around(double center, double error, double degreesOfFreedom) {
    if (Double.isNaN(error) || Double.isNaN(center)) {
      return Interval.UNKNOWN;
    }
    double t = TDistribution.of(degreesOfFreedom).inverseSurvivalProbability(Interval.TAIL);
    return new Interval(center - t * error, center + t * error);
  }
}
