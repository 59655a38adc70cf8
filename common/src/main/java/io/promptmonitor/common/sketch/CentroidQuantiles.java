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

  /**
   * How many of the values are above {@code threshold}: the inverse of {@link #quantile}. Exact
   * where no centroid of a weight above 1 is next to the threshold.
   */
  static long countAbove(double[] means, long[] weights, int size, long total, double threshold) {
    long before = 0;
    int next = 0;
    while (next < size && means[next] <= threshold) {
      before += Math.abs(weights[next]);
      next++;
    }
    if (next == 0 || next == size) {
      return total - before;
    }
    long last = weights[next - 1];
    double lastRank = last < 0 ? before - 1 : before - last + (last - 1) / 2.0;
    double nextRank = weights[next] < 0 ? before : before + (weights[next] - 1) / 2.0;
    double gap = nextRank - lastRank;
    if (gap <= 1) {
      return total - before;
    }
    double share = (threshold - means[next - 1]) / (means[next] - means[next - 1]);
    return total - 1 - (long) Math.floor(lastRank + share * gap);
  }
}
