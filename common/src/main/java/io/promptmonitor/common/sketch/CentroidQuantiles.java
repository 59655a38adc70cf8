package io.promptmonitor.common.sketch;

/**
 * Quantiles of ascending entries, between which the value is interpolated linearly. An entry of
 * weight w &gt; 0 is a centroid and stands at the middle of the w ranks it covers; one of weight -w
 * is the same value w times and covers each of its ranks. Without centroids of a weight above 1 the
 * result is exactly SQL's {@code percentile_cont}.
 */
final class CentroidQuantiles {

  private CentroidQuantiles() {}

  static double quantile(double[] means, long[] weights, int size, long total, double q) {
    double position = q * (total - 1);
    double previousRank = 0;
    double previousMean = means[0];
    long before = 0;
    for (int i = 0; i < size; i++) {
      long covered = Math.abs(weights[i]);
      boolean repeated = weights[i] < 0;
      double first = repeated ? before : before + (covered - 1) / 2.0;
      double last = repeated ? before + covered - 1 : first;
      if (last >= position) {
        if (i == 0 || first <= position) {
          return means[i];
        }
        return previousMean
            + (position - previousRank) / (first - previousRank) * (means[i] - previousMean);
      }
      previousRank = last;
      previousMean = means[i];
      before += covered;
    }
    return means[size - 1];
  }
}
