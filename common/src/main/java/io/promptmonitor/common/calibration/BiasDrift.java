package io.promptmonitor.common.calibration;

import java.io.Serializable;
import java.time.LocalDate;
import java.util.List;
import org.apache.commons.statistics.distribution.TDistribution;
import org.jspecify.annotations.Nullable;

/**
 * A day from which on a version's bias is another one than before.
 *
 * @param began the first day of the new bias
 * @param before mean bias before that day, -10 to 10
 * @param after mean bias from that day on
 * @param pValue the chance to see a shift at least as clear in so many days without one, at most
 */
public record BiasDrift(LocalDate began, double before, double after, double pValue)
    implements Serializable {

  /** With fewer days, no drift is looked for. */
  public static final int MIN_DAYS = 8;

  /** The chance of finding a drift where there is none, over all versions of an analysis. */
  public static final double ALPHA = 0.01;

  private static final int MIN_DAYS_EACH = 2;

  /** Whether the version has days enough. */
  public static boolean canBeFound(PredictedVersion version) {
    return version.isComparable() && version.days().size() >= MIN_DAYS;
  }

  /**
   * The clearest shift in the daily bias, or null if there is none that chance does not explain:
   * the greatest of the standardized cumulative sums (Hawkins; Worsley), which is where the
   * two-sample t statistic of the days before and after is greatest. Days weigh by their ratings
   * and scores.
   *
   * @param versionsTested among how many versions a drift is looked for, at least 1: chance has as
   *     many opportunities
   */
  public static @Nullable BiasDrift find(PredictedVersion version, int versionsTested) {
    if (!canBeFound(version)) {
      return null;
    }
    List<QualityDay> days = version.days();
    int n = days.size();
    double total = 0;
    double sum = 0;
    double squares = 0;
    for (QualityDay day : days) {
      double bias = version.predictedQuality() - day.quality();
      total += day.count();
      sum += day.count() * bias;
      squares += day.count() * bias * bias;
    }
    double scatter = Math.max(0, squares - sum * sum / total);
    double weight = 0;
    double cumulative = 0;
    double clearest = 0;
    int first = 0;
    double before = 0;
    double after = 0;
    for (int i = 1; i < n; i++) {
      QualityDay day = days.get(i - 1);
      weight += day.count();
      cumulative += day.count() * (version.predictedQuality() - day.quality());
      if (i < MIN_DAYS_EACH || i > n - MIN_DAYS_EACH) {
        continue;
      }
      double shift = cumulative - sum * weight / total;
      double explained = shift * shift * total / (weight * (total - weight));
      if (explained > clearest) {
        clearest = explained;
        first = i;
        before = cumulative / weight;
        after = (sum - cumulative) / (total - weight);
      }
    }
    if (clearest <= 1e-12 * Math.max(1, squares)) {
      return null;
    }
    int degrees = n - 2;
    double unexplained = Math.max(1e-12 * clearest, scatter - clearest);
    double t = Math.sqrt(clearest / (unexplained / degrees));
    int opportunities = (n - 2 * MIN_DAYS_EACH + 1) * versionsTested;
    double p = Math.min(1, 2 * opportunities * TDistribution.of(degrees).survivalProbability(t));
    return p <= ALPHA ? new BiasDrift(days.get(first).day(), before, after, p) : null;
  }
}
