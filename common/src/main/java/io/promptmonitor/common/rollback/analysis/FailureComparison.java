package io.promptmonitor.common.rollback.analysis;

import io.promptmonitor.common.metrics.MetricText;
import io.promptmonitor.common.metrics.Quantity;
import org.jspecify.annotations.Nullable;

/**
 * One value of a dimension: the failing version against the healthy one, and if the dimension
 * divides executions, against the failing version's other values.
 *
 * @param versusHealthy there, with the failing version against the healthy one
 * @param tested what has to be significant of that: the same, or less where it is not exact
 * @param comparable whether both versions had about the same chance to fail
 * @param isNew whether the healthy version had nothing there, and all it had is taken instead
 * @param versusOthers there against elsewhere, with the failing version; null if there is no
 *     elsewhere
 * @param healthyVersusOthers the same with the healthy version; null if it was not seen on both
 *     sides
 */
record FailureComparison(
    FailureCounts counts,
    RiskTable versusHealthy,
    RiskTable tested,
    boolean comparable,
    boolean isNew,
    @Nullable RiskTable versusOthers,
    @Nullable RiskTable healthyVersusOthers) {

  /** By how much more often a user of the failing version may have executed, on average. */
  private static final double MORE_EXECUTIONS = 1.1;

  /** Three deviations of a ratio of four numbers of users, each estimated to 1.6 %. */
  private static final double MORE_BY_ESTIMATION = 1.1;

  static FailureComparison of(
      FailureDimension dimension, String value, VersionFailures failing, VersionFailures healthy) {
    FailureCounts there = failing.of(dimension, value);
    FailureCounts thereHealthy = healthy.of(dimension, value);
    if (!dimension.dividesExecutions()) {
      RiskTable table = against(there, thereHealthy);
      boolean users = dimension == FailureDimension.USERS;
      boolean comparable =
          !users
              || (double) failing.executions() * thereHealthy.total()
                  <= MORE_EXECUTIONS * healthy.executions() * there.total();
      return new FailureComparison(
          there,
          table,
          users ? withMoreBefore(table) : table,
          comparable,
          thereHealthy.total() == 0,
          null,
          null);
    }
    FailureCounts elsewhere = failing.others(dimension, value);
    FailureCounts elsewhereHealthy = healthy.others(dimension, value);
    boolean isNew = thereHealthy.total() == 0;
    FailureCounts reference =
        isNew
            ? new FailureCounts(dimension, value, healthy.executions(), healthy.failures())
            : thereHealthy;
    RiskTable table = against(there, reference);
    return new FailureComparison(
        there,
        table,
        table,
        true,
        isNew,
        elsewhere.total() == 0 ? null : against(there, elsewhere),
        isNew || elsewhereHealthy.total() == 0 ? null : against(thereHealthy, elsewhereHealthy));
  }

  private static RiskTable against(FailureCounts there, FailureCounts other) {
    return new RiskTable(there.failures(), there.total(), other.failures(), other.total());
  }

  /**
   * The table if as many more users had failed before as can come from executing less often and
   * from estimation.
   */
  private static RiskTable withMoreBefore(RiskTable users) {
    double more = users.referenceFailures() * MORE_EXECUTIONS * MORE_BY_ESTIMATION;
    return new RiskTable(
        users.failures(),
        users.total(),
        Math.min(users.referenceTotal(), (long) Math.ceil(more)),
        users.referenceTotal());
  }

  /**
   * Whether there is anything to compare: in a dimension with a single value failures can not
   * concentrate.
   */
  boolean isPossible() {
    return comparable
        && versusHealthy.total() > 0
        && versusHealthy.referenceTotal() > 0
        && (versusOthers != null || !counts.dimension().dividesExecutions());
  }

  /**
   * The p-value of failing more often both than before and than elsewhere. As both are claimed, it
   * is the greater one (Berger, "Multiparameter hypothesis testing and acceptance sampling",
   * Technometrics 24, 1982).
   */
  double pValue() {
    double healthy = FisherExactTest.pValue(tested);
    return versusOthers == null ? healthy : Math.max(healthy, FisherExactTest.pValue(versusOthers));
  }

  /**
   * Whether it is worse there: than with the healthy version, than elsewhere, and by more than it
   * already was with the healthy version, which might have had the harder inputs there as well.
   */
  boolean isHarmful() {
    if (!(tested.risk() > tested.referenceRisk())) {
      return false;
    }
    if (versusOthers == null) {
      return true;
    }
    double ratio = RelativeRisk.of(versusOthers).value();
    return versusOthers.risk() > versusOthers.referenceRisk()
        && (healthyVersusOthers == null || ratio > RelativeRisk.of(healthyVersusOthers).value());
  }

  FailureFinding finding(double pValue, double corrected, long allFailures) {
    RelativeRisk risk = RelativeRisk.of(versusHealthy);
    RiskTable others = versusOthers;
    return new FailureFinding(
        counts.dimension(),
        counts.value(),
        versusHealthy.failures(),
        versusHealthy.total(),
        others == null ? null : shareOf(others),
        versusHealthy.referenceFailures(),
        versusHealthy.referenceTotal(),
        isNew,
        healthyShare(),
        risk.value(),
        risk.interval().lower(),
        risk.interval().upper(),
        others == null ? null : others.referenceFailures(),
        others == null ? null : others.referenceTotal(),
        others == null ? null : RelativeRisk.of(others).value(),
        pValue,
        corrected,
        text(risk, corrected, allFailures));
  }

  private @Nullable Double healthyShare() {
    if (healthyVersusOthers != null) {
      return shareOf(healthyVersusOthers);
    }
    return versusOthers != null && isNew ? 0.0 : null;
  }

  private static double shareOf(RiskTable table) {
    return (double) table.total() / (table.total() + table.referenceTotal());
  }

  private String text(RelativeRisk risk, double corrected, long allFailures) {
    String where = counts.dimension().show(counts.value());
    String times =
        MetricText.number(risk.value())
            + " times as often (95% interval "
            + MetricText.number(risk.interval().lower())
            + " to "
            + MetricText.number(risk.interval().upper())
            + ", corrected p "
            + (corrected < 1e-4 ? "< 0.0001" : "= " + MetricText.number(corrected))
            + ")";
    String seen =
        share(versusHealthy.failures(), versusHealthy.total())
            + ", with the healthy version "
            + share(versusHealthy.referenceFailures(), versusHealthy.referenceTotal());
    return switch (counts.dimension()) {
      case ERROR_TYPE ->
          "Failures are of "
              + where
              + ": "
              + ofFailures(allFailures)
              + "; it occurs in "
              + seen
              + " executions: "
              + times;
      case USERS -> "More users are hit: " + seen + " users had a failure: " + times;
      default ->
          "Failures cluster in "
              + where
              + ": "
              + ofFailures(allFailures)
              + "; there fail "
              + seen
              + (isNew ? " executions, which never came there: " : " executions: ")
              + times
              + elsewhere();
    };
  }

  private String elsewhere() {
    return versusOthers == null
        ? ""
        : "; elsewhere "
            + share(versusOthers.referenceFailures(), versusOthers.referenceTotal())
            + " fail";
  }

  private String ofFailures(long allFailures) {
    return counts.failures() + " of " + allFailures + " failures";
  }

  private static String share(long part, long whole) {
    return Quantity.RATE.show((double) part / whole) + " of " + whole;
  }
}
