package io.promptmonitor.common.rollback.analysis;

import java.util.Comparator;
import java.util.List;
import java.util.stream.IntStream;

/**
 * p-values corrected for how many there are: if those that are at most alpha count, the chance that
 * a true hypothesis is among the rejected ones is at most alpha, however they depend on each other
 * (Holm, "A simple sequentially rejective multiple test procedure", Scandinavian Journal of
 * Statistics 6, 1979).
 */
final class HolmCorrection {

  private HolmCorrection() {}

  /**
   * The corrected p-values, in the order of {@code pValues}: of m, the i-th smallest becomes the
   * greatest of the first i after multiplication with m, m - 1, and so on, at most 1.
   */
  static double[] correct(double[] pValues) {
    int m = pValues.length;
    List<Integer> ascending =
        IntStream.range(0, m)
            .boxed()
            .sorted(Comparator.comparingDouble((Integer i) -> pValues[i]))
            .toList();
    double[] corrected = new double[m];
    double greatest = 0;
    for (int rank = 0; rank < m; rank++) {
      int i = ascending.get(rank);
      greatest = Math.max(greatest, Math.min(1, (m - rank) * pValues[i]));
      corrected[i] = greatest;
    }
    return corrected;
  }
}
