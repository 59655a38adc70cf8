package io.promptmonitor.common.calibration;

import java.io.Serializable;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.stream.IntStream;

/**
 * Whether better predictions go with better qualities, over all versions.
 *
 * @param bins the predictions from point to point; only those with versions
 * @param expectedCalibrationError mean over all ratings and scores of the distance between
 *     predicted and actual quality of their bin, 0 to 10; NaN without any
 * @param rankCorrelation Spearman's between predicted and actual qualities of versions, -1 to 1;
 *     NaN with fewer than three versions, or where all are predicted, or are, the same
 */
public record Reliability(List<Bin> bins, double expectedCalibrationError, double rankCorrelation)
    implements Serializable {

  /** Width of a bin on the scale 0 to 10. */
  public static final double BIN_WIDTH = 1;

  private static final int BINS = 10;
  private static final int MIN_VERSIONS = 3;

  /**
   * The versions whose predicted quality is between two points.
   *
   * @param lower the lower point, inclusive
   * @param upper the upper point, exclusive except for the last, 10
   * @param versions number of versions
   * @param count number of ratings and scores
   * @param predicted their mean predicted quality, weighted by ratings and scores
   * @param actual their mean actual quality, weighted alike
   */
  public record Bin(
      double lower, double upper, int versions, long count, double predicted, double actual)
      implements Serializable {}

  /** Of the estimates of single versions; those without anything to compare do not count. */
  public static Reliability of(List<BiasEstimate> estimates) {
    List<BiasEstimate> known =
        estimates.stream().filter(e -> e.basis() != BiasEstimate.Basis.NONE).toList();
    List<Bin> bins = new ArrayList<>();
    long total = 0;
    double distance = 0;
    for (int i = 0; i < BINS; i++) {
      Bin bin = bin(i, known);
      if (bin.versions() > 0) {
        bins.add(bin);
        total += bin.count();
        distance += bin.count() * Math.abs(bin.predicted() - bin.actual());
      }
    }
    return new Reliability(
        List.copyOf(bins), total > 0 ? distance / total : Double.NaN, rankCorrelation(known));
  }

  private static Bin bin(int number, List<BiasEstimate> known) {
    int versions = 0;
    long count = 0;
    double predicted = 0;
    double actual = 0;
    for (BiasEstimate e : known) {
      if (Math.min(BINS - 1, (int) (e.predicted() / BIN_WIDTH)) == number) {
        versions++;
        count += e.count();
        predicted += e.count() * e.predicted();
        actual += e.count() * e.actual();
      }
    }
    double lower = number * BIN_WIDTH;
    return new Bin(lower, lower + BIN_WIDTH, versions, count, predicted / count, actual / count);
  }

  private static double rankCorrelation(List<BiasEstimate> known) {
    if (known.size() < MIN_VERSIONS) {
      return Double.NaN;
    }
    double[] x = ranks(known.stream().mapToDouble(BiasEstimate::predicted).toArray());
    double[] y = ranks(known.stream().mapToDouble(BiasEstimate::actual).toArray());
    double mean = (known.size() + 1) / 2.0;
    double xy = 0;
    double xx = 0;
    double yy = 0;
    for (int i = 0; i < x.length; i++) {
      xy += (x[i] - mean) * (y[i] - mean);
      xx += (x[i] - mean) * (x[i] - mean);
      yy += (y[i] - mean) * (y[i] - mean);
    }
    return xx > 0 && yy > 0 ? xy / Math.sqrt(xx * yy) : Double.NaN;
  }

  /** Ranks from 1 on; equal values share the mean of theirs. */
  static double[] ranks(double[] values) {
    int[] order =
        IntStream.range(0, values.length)
            .boxed()
            .sorted(Comparator.comparingDouble((Integer i) -> values[i]))
            .mapToInt(Integer::intValue)
            .toArray();
    double[] ranks = new double[values.length];
    int start = 0;
    while (start < order.length) {
      int end = start;
      while (end + 1 < order.length && values[order[end + 1]] == values[order[start]]) {
        end++;
      }
      for (int i = start; i <= end; i++) {
        ranks[order[i]] = (start + end) / 2.0 + 1;
      }
      start = end + 1;
    }
    return ranks;
  }
}
