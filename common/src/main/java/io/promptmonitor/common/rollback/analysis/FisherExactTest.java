package io.promptmonitor.common.rollback.analysis;

import java.util.function.LongToDoubleFunction;
import org.apache.commons.statistics.distribution.HypergeometricDistribution;

/**
 * Fisher's exact test of a table of two by two, two-sided: how probable tables are that are at most
 * as probable as the one seen, given its margins, if both groups fail equally often (Fisher,
 * "Statistical Methods for Research Workers", fifth edition, 1934, section 21.02; two-sided by
 * Irwin's rule, as R's {@code fisher.test}).
 *
 * <p>Two-sided although only harm is ever stated: it agrees with the two-sided intervals that stand
 * beside it, and it is the more cautious of the two.
 *
 * <p>Probabilities come from a saddle-point expansion and tails from the exact ratio of successive
 * terms, so that the cost grows with the root of the counts and the relative error stays below 1e-8
 * for counts of ten million.
 */
final class FisherExactTest {

  /** Tables whose probabilities differ by less than this share are equally probable, as in R. */
  private static final double TIE = 1e-7;

  /** Terms that are smaller than this share of the sum change nothing. */
  private static final double NEGLIGIBLE = 1e-18;

  private FisherExactTest() {}

  /** The p-value, 0 to 1; 1 if a group is empty. Below 1e-300 it may be 0. */
  static double pValue(RiskTable table) {
    long total = table.total() + table.referenceTotal();
    if (total > Integer.MAX_VALUE) {
      // The library counts in ints. Half as many in the same proportion prove less, never more.
      return pValue(
          new RiskTable(
              table.failures() / 2,
              table.total() / 2,
              table.referenceFailures() / 2,
              table.referenceTotal() / 2));
    }
    long failures = table.failures() + table.referenceFailures();
    if (table.total() == 0 || table.referenceTotal() == 0 || failures == 0 || failures == total) {
      return 1;
    }
    return new Support(total, failures, table.total()).pValue(table.failures());
  }

  /** Which tables the margins allow, told apart by the failures in the group in question. */
  private static final class Support {

    private final HypergeometricDistribution distribution;
    private final long total;
    private final long failures;
    private final long group;
    private final long least;
    private final long greatest;
    private final long mode;

    Support(long total, long failures, long group) {
      this.distribution = HypergeometricDistribution.of((int) total, (int) failures, (int) group);
      this.total = total;
      this.failures = failures;
      this.group = group;
      this.least = Math.max(0, group + failures - total);
      this.greatest = Math.min(group, failures);
      this.mode =
          Math.min(
              greatest, Math.max(least, (long) ((group + 1.0) * (failures + 1.0) / (total + 2.0))));
    }

    double pValue(long seen) {
      double limit = logProbability(seen) + TIE;
      if (logProbability(mode) <= limit) {
        return 1;
      }
      double p;
      if (seen > mode) {
        long other = lastAtMost(limit, least, mode, 1);
        p = upperTail(seen) + (other < least ? 0 : lowerTail(other));
      } else {
        long other = lastAtMost(limit, greatest, mode, -1);
        p = lowerTail(seen) + (other > greatest ? 0 : upperTail(other));
      }
      return Math.min(1, p);
    }

    private double logProbability(long k) {
      return distribution.logProbability((int) k);
    }

    /**
     * The table nearest to the mode that is at most as probable as {@code limit}, from the end of
     * the support inwards; one step outside if there is none. Probabilities rise towards the mode.
     */
    private long lastAtMost(double limit, long end, long mode, int step) {
      long low = -1; // steps from the end that are at most as probable
      long high = Math.abs(mode - end); // steps from the end that are more probable
      while (high - low > 1) {
        long middle = (low + high) >>> 1;
        if (logProbability(end + step * middle) <= limit) {
          low = middle;
        } else {
          high = middle;
        }
      }
      return end + step * low;
    }

    private double upperTail(long from) {
      return tail(
          from,
          greatest - from,
          i -> {
            double k = from + i;
            return (failures - k) / (k + 1) * ((group - k) / (total - failures - group + k + 1));
          });
    }

    private double lowerTail(long from) {
      return tail(
          from,
          from - least,
          i -> {
            double k = from - i;
            return k / (failures - k + 1) * ((total - failures - group + k) / (group - k + 1));
          });
    }

    /** The sum of the first probability and {@code steps} further ones, each by its ratio. */
    private double tail(long from, long steps, LongToDoubleFunction ratio) {
      double term = 1;
      double sum = 1;
      for (long i = 0; i < steps && term > NEGLIGIBLE * sum; i++) {
        term *= ratio.applyAsDouble(i);
        sum += term;
      }
      return Math.exp(logProbability(from) + Math.log(sum));
    }
  }
}
