package io.promptmonitor.common.calibration;

import io.promptmonitor.common.comparison.Interval;
import io.promptmonitor.common.comparison.RateIntervals;
import java.io.Serializable;
import java.util.List;
import java.util.Locale;
import org.apache.commons.statistics.distribution.TDistribution;

/**
 * By how much predictions were too good (above 0) or too bad, of a version or a group of versions.
 * Qualities and their differences are on the scale 0 to 10; what is not known is NaN.
 *
 * @param versions number of versions
 * @param days number of days with ratings or scores, summed over the versions
 * @param count number of ratings and scores
 * @param predicted mean predicted quality
 * @param actual mean actual quality
 * @param bias predicted minus actual
 * @param interval 95 % confidence interval of the bias
 * @param standardError of the bias
 * @param meanAbsoluteError mean absolute difference between predicted and a day's mean actual
 *     quality, weighted by the day's count; a day's mean varies by chance, too
 * @param rootMeanSquaredError the root of the mean of the squares of the same differences
 * @param basis where the interval comes from
 */
public record BiasEstimate(
    int versions,
    int days,
    long count,
    double predicted,
    double actual,
    double bias,
    Interval interval,
    double standardError,
    double meanAbsoluteError,
    double rootMeanSquaredError,
    Basis basis)
    implements Serializable {

  /** What an interval is made of. */
  public enum Basis {
    /** How much the daily means of the one version vary. */
    DAYS,
    /** How much the biases of the versions vary. */
    VERSIONS,
    /**
     * With too few days to see how much they vary: the widest interval that the mean of so many
     * independent values between 0 and 10 can have. It does not know that days differ.
     */
    BOUND,
    /** There is nothing to compare. */
    NONE;

    /** As it is written in tables: {@code days}. */
    public String label() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  /** Days that it takes to see how much they vary. */
  public static final int MIN_DAYS = 3;

  /** Nothing to compare. */
  public static final BiasEstimate NONE =
      new BiasEstimate(
          0,
          0,
          0,
          Double.NaN,
          Double.NaN,
          Double.NaN,
          Interval.UNKNOWN,
          Double.NaN,
          Double.NaN,
          Double.NaN,
          Basis.NONE);

  /** An hundredth of a point: days that agree to the last digit do not make a bias exact. */
  private static final double LEAST_ERROR = 0.01;

  private static final double SCALE = 10;

  /** How far apart, in the words of reports. */
  public CalibrationStatus status() {
    return CalibrationStatus.of(bias, count);
  }

  /**
   * The bias of one version: its prediction minus the mean of all its ratings and scores. The days
   * are the independent units, for what makes a day bad makes all its executions bad: the interval
   * is Bell and McCaffrey's (bias-reduced linearization for clusters, with Satterthwaite's degrees
   * of freedom). For days of equal counts it is Student's, of the days' means.
   */
  public static BiasEstimate of(PredictedVersion version) {
    if (!version.isComparable()) {
      return NONE;
    }
    List<QualityDay> days = version.days();
    double predicted = version.predictedQuality();
    long count = 0;
    double sum = 0;
    double absolute = 0;
    double squared = 0;
    for (QualityDay day : days) {
      double error = predicted - day.quality();
      count += day.count();
      sum += day.count() * day.quality();
      absolute += day.count() * Math.abs(error);
      squared += day.count() * error * error;
    }
    double actual = sum / count;
    double bias = predicted - actual;
    Interval interval;
    double standardError;
    Basis basis;
    if (days.size() >= MIN_DAYS) {
      basis = Basis.DAYS;
      double variance = 0;
      double shares = 0;
      double leverages = 0;
      double squaredLeverages = 0;
      for (QualityDay day : days) {
        double share = (double) day.count() / count;
        double leverage = share * share / (1 - share);
        double residual = predicted - day.quality() - bias;
        variance += leverage * residual * residual;
        shares += share * share;
        leverages += leverage;
        squaredLeverages += leverage * leverage;
      }
      standardError = Math.max(LEAST_ERROR, Math.sqrt(variance));
      double degrees = 1 / (shares + leverages * leverages - squaredLeverages);
      interval = around(bias, standardError, degrees);
    } else {
      basis = Basis.BOUND;
      Interval share = RateIntervals.wilson(actual / SCALE, count);
      interval = new Interval(predicted - SCALE * share.upper(), predicted - SCALE * share.lower());
      standardError = Math.max(LEAST_ERROR, (interval.upper() - interval.lower()) / 2 / Interval.Z);
    }
    return new BiasEstimate(
        1,
        days.size(),
        count,
        predicted,
        actual,
        bias,
        interval,
        standardError,
        absolute / count,
        Math.sqrt(squared / count),
        basis);
  }

  /**
   * The mean bias of the versions of a group, each of which has a bias of its own: a random-effects
   * mean with the variance between versions by DerSimonian and Laird and the interval by Hartung
   * and Knapp. Of one version, its own.
   *
   * @param estimates of single versions; those without anything to compare do not count
   */
  public static BiasEstimate ofGroup(List<BiasEstimate> estimates) {
    List<BiasEstimate> known = estimates.stream().filter(e -> e.basis != Basis.NONE).toList();
    if (known.size() < 2) {
      return known.isEmpty() ? NONE : known.get(0);
    }
    double between = varianceBetween(known);
    double weights = 0;
    double predicted = 0;
    double actual = 0;
    int days = 0;
    long count = 0;
    double absolute = 0;
    double squared = 0;
    for (BiasEstimate e : known) {
      double weight = 1 / (e.standardError * e.standardError + between);
      weights += weight;
      predicted += weight * e.predicted;
      actual += weight * e.actual;
      days += e.days;
      count += e.count;
      absolute += e.count * e.meanAbsoluteError;
      squared += e.count * e.rootMeanSquaredError * e.rootMeanSquaredError;
    }
    double bias = (predicted - actual) / weights;
    double spread = 0;
    for (BiasEstimate e : known) {
      double weight = 1 / (e.standardError * e.standardError + between);
      spread += weight * (e.bias - bias) * (e.bias - bias);
    }
    int degrees = known.size() - 1;
    double standardError = Math.max(LEAST_ERROR, Math.sqrt(spread / degrees / weights));
    return new BiasEstimate(
        known.size(),
        days,
        count,
        predicted / weights,
        actual / weights,
        bias,
        around(bias, standardError, degrees),
        standardError,
        absolute / count,
        Math.sqrt(squared / count),
        Basis.VERSIONS);
  }

  private static double varianceBetween(List<BiasEstimate> known) {
    double weights = 0;
    double squaredWeights = 0;
    double sum = 0;
    for (BiasEstimate e : known) {
      double weight = 1 / (e.standardError * e.standardError);
      weights += weight;
      squaredWeights += weight * weight;
      sum += weight * e.bias;
    }
    double mean = sum / weights;
    double q = 0;
    for (BiasEstimate e : known) {
      q += (e.bias - mean) * (e.bias - mean) / (e.standardError * e.standardError);
    }
    return Math.max(0, (q - (known.size() - 1)) / (weights - squaredWeights / weights));
  }

  private static Interval around(double center, double error, double degreesOfFreedom) {
    double half =
        TDistribution.of(degreesOfFreedom).inverseSurvivalProbability(Interval.TAIL) * error;
    return new Interval(center - half, center + half);
  }
}
