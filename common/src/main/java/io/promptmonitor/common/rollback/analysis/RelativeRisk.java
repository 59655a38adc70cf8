package io.promptmonitor.common.rollback.analysis;

import io.promptmonitor.common.comparison.Interval;

/**
 * How many times as often one group fails as another.
 *
 * @param value above 0; NaN if a group is empty
 * @param interval its 95 % interval
 */
record RelativeRisk(double value, Interval interval) {

  /**
   * The ratio of the two shares that failed, with the interval by the logarithm (Katz, Baptista,
   * Azen and Pike, "Obtaining confidence intervals for the risk ratio in cohort studies",
   * Biometrics 34, 1978, method C). Without failures in a group, or without a success in both, a
   * half is added to each cell of the table (Pettigrew, Gart and Thomas, "The bias and higher
   * cumulants of the logarithm of a binomial variate", Biometrika 73, 1986).
   */
  static RelativeRisk of(RiskTable table) {
    if (table.total() == 0 || table.referenceTotal() == 0) {
      return new RelativeRisk(Double.NaN, Interval.UNKNOWN);
    }
    boolean degenerate =
        table.failures() == 0
            || table.referenceFailures() == 0
            || (table.failures() == table.total()
                && table.referenceFailures() == table.referenceTotal());
    double add = degenerate ? 0.5 : 0;
    double a = table.failures() + add;
    double n = table.total() + 2 * add;
    double b = table.referenceFailures() + add;
    double m = table.referenceTotal() + 2 * add;
    double ratio = (a / n) / (b / m);
    double spread = Interval.Z * Math.sqrt((1 / a - 1 / n) + (1 / b - 1 / m));
    return new RelativeRisk(
        ratio, new Interval(ratio * Math.exp(-spread), ratio * Math.exp(spread)));
  }
}
