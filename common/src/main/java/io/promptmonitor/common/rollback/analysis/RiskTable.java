package io.promptmonitor.common.rollback.analysis;

/**
 * Failures in two groups: a table of two by two.
 *
 * @param failures failures in the group in question, 0 to {@code total}
 * @param total everything in that group
 * @param referenceFailures failures in the group it is compared with, 0 to {@code referenceTotal}
 * @param referenceTotal everything in that one
 */
record RiskTable(long failures, long total, long referenceFailures, long referenceTotal) {

  RiskTable {
    check(failures, total);
    check(referenceFailures, referenceTotal);
  }

  private static void check(long failures, long total) {
    if (failures < 0 || failures > total) {
      throw new IllegalArgumentException(
          "failures must lie between 0 and " + total + ": " + failures);
    }
  }

  /** The share that failed in the group in question; NaN if it is empty. */
  double risk() {
    return (double) failures / total;
  }

  /** The share that failed in the other group; NaN if it is empty. */
  double referenceRisk() {
    return (double) referenceFailures / referenceTotal;
  }
}
