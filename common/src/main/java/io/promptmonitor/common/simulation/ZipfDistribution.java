package io.promptmonitor.common.simulation;

import java.util.Arrays;

/** Ranks 0 to n-1, the k-th with a probability in proportion to 1/(k+1)^exponent. */
final class ZipfDistribution {

  private final double[] cumulative;

  /**
   * A distribution.
   *
   * @param size number of ranks, 1 or more; takes 8 bytes each
   * @param exponent 0 (all alike) or more
   */
  ZipfDistribution(int size, double exponent) {
    cumulative = new double[size];
    double sum = 0;
    for (int k = 0; k < size; k++) {
      sum += StrictMath.pow(k + 1, -exponent);
      cumulative[k] = sum;
    }
    for (int k = 0; k < size; k++) {
      cumulative[k] /= sum;
    }
  }

  /** The rank at a uniform random number between 0 and 1. */
  int rank(double uniform) {
    int found = Arrays.binarySearch(cumulative, uniform);
    return Math.min(found < 0 ? -found - 1 : found, cumulative.length - 1);
  }

  /** The probability of a rank. */
  double probability(int rank) {
    return rank == 0 ? cumulative[0] : cumulative[rank] - cumulative[rank - 1];
  }
}
