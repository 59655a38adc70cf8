package io.promptmonitor.common.sketch;

/**
 * Quantiles of weighted, ascending centroids: a centroid of weight w stands at the middle of the w
 * ranks it covers, and between two centroids the value is interpolated linearly. Centroids of
 * weight 1 only give exactly SQL's {@code percentile_cont}.
 */
final class CentroidQuantiles {

  private CentroidQuantiles() {}

  static double quantile(double[] means, long[] weights, int size, long total, double q) {
    double position = q * (total - 1);
    double previousRank = 0;
    double previousMean = means[0];
    long before = 0;
    for (int i = 0; i < size; i++) {
      double rank = before + (weights[i] - 1) / 2.0;
      if (rank >= position) {
        if (i == 0 || rank == previousRank) {
          return means[i];
        }
        return previousMean
            + (position - previousRank) / (rank - previousRank) * (means[i] - previousMean);
      }
      previousRank = rank;
      previousMean = means[i];
      before += weights[i];
    }
    return means[size - 1];
  }
}
