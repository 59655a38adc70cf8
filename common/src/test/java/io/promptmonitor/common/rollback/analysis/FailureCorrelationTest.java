package io.promptmonitor.common.rollback.analysis;

import static io.promptmonitor.common.rollback.analysis.FailureDimension.BRANCH;
import static io.promptmonitor.common.rollback.analysis.FailureDimension.ERROR_TYPE;
import static io.promptmonitor.common.rollback.analysis.FailureDimension.MODEL;
import static io.promptmonitor.common.rollback.analysis.FailureDimension.TOKEN_LENGTH;
import static io.promptmonitor.common.rollback.analysis.FailureDimension.USERS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class FailureCorrelationTest {

  private static final VersionFailures HEALTHY =
      failures(
          2_000,
          40,
          of(BRANCH, "full", 1_000, 20),
          of(BRANCH, "short", 1_000, 20),
          of(ERROR_TYPE, "timeout", 2_000, 30),
          of(ERROR_TYPE, "refusal", 2_000, 10));

  @Test
  void failuresThatClusterInABranchAreFoundThere() {
    FailureCorrelation correlation =
        FailureCorrelation.of(
            failures(
                400,
                104,
                of(BRANCH, "full", 200, 100),
                of(BRANCH, "short", 200, 4),
                of(ERROR_TYPE, "timeout", 400, 6),
                of(ERROR_TYPE, "refusal", 400, 98)),
            HEALTHY);
    assertThat(correlation.comparisons()).isEqualTo(4);
    assertThat(correlation.findings())
        .extracting(FailureFinding::value)
        .containsExactly("refusal", "full");
    FailureFinding branch = correlation.findings().get(1);
    assertThat(branch.relativeRisk()).isEqualTo(25);
    assertThat(branch.relativeRiskToOthers()).isEqualTo(25);
    assertThat(branch.share()).isEqualTo(0.5);
    assertThat(branch.healthyShare()).isEqualTo(0.5);
    assertThat(branch.text())
        .isEqualTo(
            "Failures cluster in branch \"full\": 100 of 104 failures; there fail 50% of 200, with"
                + " the healthy version 2% of 1000 executions: 25 times as often (95% interval 15.9"
                + " to 39.4, corrected p < 0.0001); elsewhere 2% of 200 fail");
    assertThat(correlation.findings().get(0).text())
        .startsWith(
            "Failures are of error type \"refusal\": 98 of 104 failures; it occurs in 24.5% of 400,"
                + " with the healthy version 0.5% of 2000 executions: 49 times as often");
  }

  @Test
  void aVersionThatFailsEverywhereConcentratesItsFailuresNowhere() {
    FailureCorrelation correlation =
        FailureCorrelation.of(
            failures(400, 160, of(BRANCH, "full", 200, 82), of(BRANCH, "short", 200, 78)), HEALTHY);
    assertThat(correlation.findings()).isEmpty();
    assertThat(correlation.comparisons()).isEqualTo(4);
  }

  @Test
  void whatWasHarderAlreadyIsNoNews() {
    VersionFailures healthy =
        failures(2_000, 220, of(BRANCH, "full", 1_000, 200), of(BRANCH, "short", 1_000, 20));
    VersionFailures failing =
        failures(2_000, 1_100, of(BRANCH, "full", 1_000, 900), of(BRANCH, "short", 1_000, 200));
    assertThat(FailureCorrelation.of(failing, healthy).findings()).isEmpty();
  }

  @Test
  void aBranchThatIsNewIsComparedWithAllThatWas() {
    FailureFinding finding =
        FailureCorrelation.of(
                failures(400, 104, of(BRANCH, "retry", 200, 100), of(BRANCH, "short", 200, 4)),
                HEALTHY)
            .findings()
            .get(0);
    assertThat(finding.value()).isEqualTo("retry");
    assertThat(finding.isNew()).isTrue();
    assertThat(finding.healthyTotal()).isEqualTo(2_000);
    assertThat(finding.healthyShare()).isZero();
    assertThat(finding.text()).contains("2% of 2000 executions, which never came there: 25 times");
  }

  @Test
  void aSingleModelCannotBeTheCause() {
    FailureCorrelation correlation =
        FailureCorrelation.of(
            failures(400, 100, of(MODEL, "gpt-4", 400, 100)),
            failures(400, 4, of(MODEL, "gpt-4", 400, 4)));
    assertThat(correlation.comparisons()).isZero();
    assertThat(correlation.findings()).isEmpty();
  }

  @Test
  void whatGotBetterIsNoFinding() {
    VersionFailures failing = failures(2_000, 5, of(ERROR_TYPE, "timeout", 2_000, 5));
    assertThat(FailureCorrelation.of(failing, HEALTHY).findings()).isEmpty();
    assertThat(FailureCorrelation.of(HEALTHY, failing).findings())
        .extracting(FailureFinding::value)
        .containsExactly("timeout", "refusal");
  }

  @Test
  void usersAreCountedOnce() {
    FailureFinding finding =
        FailureCorrelation.of(
                failures(400, 104, of(USERS, "all", 120, 60)),
                failures(2_000, 40, of(USERS, "all", 500, 30)))
            .findings()
            .get(0);
    assertThat(finding.text())
        .startsWith("More users are hit: 50% of 120, with the healthy version 6% of 500 users");
  }

  @Test
  void usersWhoHadMoreChancesToFailAreNotCompared() {
    VersionFailures healthy = failures(1_000, 20, of(USERS, "all", 500, 20));
    // Up to a tenth more executions each.
    assertThat(
            FailureCorrelation.of(failures(1_100, 300, of(USERS, "all", 500, 200)), healthy)
                .findings())
        .hasSize(1);
    assertThat(
            FailureCorrelation.of(failures(1_101, 300, of(USERS, "all", 500, 200)), healthy)
                .comparisons())
        .isZero();
    assertThat(FailureCorrelation.of(failures(900, 300), healthy).comparisons()).isZero();
  }

  @Test
  void numbersOfUsersAreEstimatesAndNoFindingRestsOnTheirError() {
    VersionFailures healthy = failures(4_000_000, 90_000, of(USERS, "all", 1_000_000, 50_000));
    assertThat(
            FailureCorrelation.of(
                    failures(4_000_000, 110_000, of(USERS, "all", 1_000_000, 59_000)), healthy)
                .findings())
        .isEmpty();
    assertThat(
            FailureCorrelation.of(
                    failures(4_000_000, 120_000, of(USERS, "all", 1_000_000, 63_000)), healthy)
                .findings())
        .hasSize(1);
    // Less than before is no finding either.
    assertThat(
            FailureCorrelation.of(
                    failures(4_000_000, 80_000, of(USERS, "all", 1_000_000, 40_000)), healthy)
                .findings())
        .isEmpty();
  }

  @Test
  void nothingIsFoundWhereNothingIs() {
    FailureCorrelation nothing =
        FailureCorrelation.of(failures(0, 0), failures(0, 0, of(BRANCH, "a", 0, 0)));
    assertThat(nothing).isEqualTo(new FailureCorrelation(0, List.of()));
    assertThat(FailureCorrelation.of(failures(100, 50), HEALTHY).findings()).isEmpty();
    assertThat(FailureCorrelation.of(HEALTHY, failures(0, 0)).findings()).isEmpty();
  }

  @Test
  void ofManyTrialsWithoutACauseFewFindOne() {
    SplittableRandom random = new SplittableRandom(5);
    int trials = 1_000;
    int found = 0;
    for (int i = 0; i < trials; i++) {
      // Both versions fail alike: by error type too, which is compared with nothing but the other.
      VersionFailures one = random(random, 500, 0.1);
      VersionFailures other = random(random, 2_000, 0.1);
      found += FailureCorrelation.of(one, other).findings().isEmpty() ? 0 : 1;
    }
    assertThat(found).isLessThan(trials / 20);
  }

  @Test
  void ofManyTrialsThatFailEverywhereFewClusterSomewhere() {
    SplittableRandom random = new SplittableRandom(6);
    int trials = 1_000;
    int found = 0;
    for (int i = 0; i < trials; i++) {
      VersionFailures one = random(random, 500, 0.5);
      VersionFailures other = random(random, 2_000, 0.02);
      found +=
          FailureCorrelation.of(one, other).findings().stream()
                  .anyMatch(finding -> finding.dimension() != ERROR_TYPE)
              ? 1
              : 0;
    }
    assertThat(found).isLessThan(trials / 20);
  }

  @Test
  void countsMustFit() {
    assertThatThrownBy(() -> of(BRANCH, "a", 3, 4))
        .hasMessage("branch \"a\": failures must lie between 0 and 3: 4");
    assertThatThrownBy(() -> failures(9, 4, of(BRANCH, "a", 3, 1), of(BRANCH, "a", 3, 1)))
        .hasMessageContaining("a value is counted twice");
  }

  @Test
  void countsCanBeAdded() {
    FailureCounts timeouts = of(ERROR_TYPE, "timeout", 300, 120);
    assertThat(failures(300, 120).with(List.of(timeouts))).isEqualTo(failures(300, 120, timeouts));
  }

  private static VersionFailures random(SplittableRandom random, int executions, double rate) {
    int[][] counts = new int[8][2]; // four branches, four lengths
    int[] types = new int[3];
    int failures = 0;
    for (int i = 0; i < executions; i++) {
      int branch = random.nextInt(4);
      int length = 4 + random.nextInt(4);
      counts[branch][0]++;
      counts[length][0]++;
      if (random.nextDouble() < rate) {
        counts[branch][1]++;
        counts[length][1]++;
        types[random.nextInt(3)]++;
        failures++;
      }
    }
    List<FailureCounts> all = new ArrayList<>();
    for (int i = 0; i < 8; i++) {
      all.add(of(i < 4 ? BRANCH : TOKEN_LENGTH, "value " + i, counts[i][0], counts[i][1]));
    }
    for (int i = 0; i < 3; i++) {
      all.add(of(ERROR_TYPE, "type " + i, executions, types[i]));
    }
    return new VersionFailures(executions, failures, all);
  }

  private static VersionFailures failures(long executions, long failures, FailureCounts... counts) {
    return new VersionFailures(executions, failures, Arrays.asList(counts));
  }

  private static FailureCounts of(
      FailureDimension dimension, String value, long total, long failures) {
    return new FailureCounts(dimension, value, total, failures);
  }
}
