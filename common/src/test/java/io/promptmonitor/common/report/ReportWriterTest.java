package io.promptmonitor.common.report;

import static io.promptmonitor.common.report.Days.DATE;
import static io.promptmonitor.common.report.Days.at;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.promptmonitor.common.alerts.Severity;
import io.promptmonitor.common.calibration.CalibrationStatus;
import io.promptmonitor.common.comparison.Verdict;
import io.promptmonitor.common.metrics.Metric;
import io.promptmonitor.common.report.ComplianceCheck.Result;
import io.promptmonitor.common.report.Days.Executions;
import io.promptmonitor.common.report.ErrorAnalysis.Trend;
import io.promptmonitor.common.report.VersionOfDay.ActiveSpan;
import io.promptmonitor.common.windows.WindowUpdate;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.Collectors;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class ReportWriterTest {

  private static final String ACTIVE = "1.0.0";
  private static final Instant NOON = at(DATE, 12);

  /** A day worse than the one before: 6 % of 1,000 executions fail instead of 2 %. */
  private static Days badDay() {
    return new Days()
        .registered("full.yaml", DATE.minusDays(30), 0)
        .executions(DATE, 9, ACTIVE, new Executions(1_000, 60, "timeout", 800, 2))
        .executions(DATE.minusDays(1), 9, ACTIVE, Executions.healthy(1_000))
        .executions(DATE.minusWeeks(1), 9, ACTIVE, Executions.healthy(7));
  }

  private static AlertsOfDay.Episode alert(
      String id, Severity severity, int hour, @Nullable Integer until) {
    return new AlertsOfDay.Episode(
        id,
        "Critical Error Rate",
        ACTIVE,
        severity,
        at(DATE, hour),
        until == null ? null : at(DATE, until),
        "error_rate",
        0.06,
        ">",
        0.05,
        null);
  }

  private static RollbacksOfDay.Event rollback(
      String id, int hour, String status, @Nullable String outcome) {
    return new RollbacksOfDay.Event(
        id, "automatic", at(DATE, hour), ACTIVE, "0.9.0", status, "error_rate 12% > 10%", outcome);
  }

  @Test
  void aDayThatIsWorseThanTheOneBefore() {
    DailyReport report = badDay().consistency(ACTIVE, 0.85).report();

    assertThat(report.activeVersion()).isEqualTo(ACTIVE);
    assertThat(report.completeness().isFinal()).isTrue();
    assertThat(report.summary().executions()).isEqualTo(1_000);
    assertThat(report.summary().users()).isEqualTo(40);
    // 0.94 of 1,000: Wilson's interval, worked by hand.
    assertThat(report.summary().successRate().value()).isEqualTo(0.94);
    assertThat(report.summary().successRate().lower()).isCloseTo(0.9235, within(1e-4));
    assertThat(report.summary().successRate().upper()).isCloseTo(0.9531, within(1e-4));
    assertThat(report.summary().userSatisfaction().value()).isEqualTo(2);
    assertThat(report.summary().userSatisfaction().n()).isEqualTo(100);

    KeyMetric success = report.keyMetric(Metric.SUCCESS_RATE);
    assertThat(success.vsYesterday().difference()).isCloseTo(-0.04, within(1e-12));
    assertThat(success.vsYesterday().verdict()).isEqualTo(Verdict.WORSE);
    assertThat(success.vsBaseline().difference()).isCloseTo(-0.01, within(1e-12));
    assertThat(success.vsBaseline().verdict()).isEqualTo(Verdict.NOT_DISTINGUISHABLE);
    assertThat(success.vsLastWeek().missing())
        .isEqualTo(
            "insufficient data: 7 executions on the same weekday last week, at least 20 are needed");
    KeyMetric p95 = report.keyMetric(Metric.LATENCY_P95);
    assertThat(p95.vsYesterday().verdict()).isEqualTo(Verdict.NOT_DISTINGUISHABLE);
    assertThat(report.keyMetric(Metric.LATENCY_P99).vsBaseline().missing())
        .isEqualTo("specifications state no baseline for it");

    assertThat(report.errors().failures()).isEqualTo(60);
    assertThat(report.errors().types())
        .singleElement()
        .satisfies(
            type -> {
              assertThat(type.type()).isEqualTo("timeout");
              assertThat(type.count()).isEqualTo(60);
              assertThat(type.countYesterday()).isEqualTo(20);
              assertThat(type.shareOfErrors().value()).isEqualTo(1);
              assertThat(type.trend()).isEqualTo(Trend.UP);
            });
  }

  @Test
  void eachLimitOfTheSpecificationIsChecked() {
    DailyReport report = badDay().consistency(ACTIVE, 0.85).report();

    assertThat(report.compliance())
        .extracting(check -> check.requirement() + " " + check.result().words())
        .containsExactly(
            "alert_thresholds.success_rate.critical failed",
            "alert_thresholds.success_rate.warning failed",
            "alert_thresholds.error_rate.critical failed",
            "alert_thresholds.error_rate.warning failed",
            "alert_thresholds.latency_p95.critical passed",
            "alert_thresholds.latency_p95.warning passed",
            // 94 % of 1,000 may well be 95 %.
            "performance_baseline.expected_accuracy passed",
            "performance_baseline.expected_latency_p50 passed",
            "performance_baseline.expected_latency_p95 passed",
            "performance_baseline.token_budget_average passed",
            "performance_baseline.token_budget_max passed",
            "performance_baseline.consistency_target failed");
    assertThat(badDay().report().compliance())
        .last()
        .satisfies(
            check -> {
              assertThat(check.result()).isEqualTo(Result.INSUFFICIENT_DATA);
              assertThat(check.reason()).isEqualTo("no input was seen twice today");
            });
  }

  @Test
  void whatUsersSaidIsComparedWithWhatWasPredicted() {
    DailyReport report = badDay().previousFeedback(88).report();

    // 100 ratings of 2 are a quality of 2.5; 8.2 was predicted.
    assertThat(report.calibration().averageDelta()).isCloseTo(5.7, within(1e-9));
    assertThat(report.calibration().status()).isEqualTo(CalibrationStatus.SIGNIFICANT_DRIFT);
    assertThat(report.calibration().adjustmentRecommended()).isTrue();
    assertThat(report.calibration().why())
        .isEqualTo("version 1.0.0 predicted 8.2 and reached 2.5 (100 ratings and scores)");
    assertThat(report.feedback().negativeRate().value()).isEqualTo(1);
    assertThat(report.feedback().arrivedSince()).isEqualTo(12);
    assertThat(rules(report)).contains("negative_feedback", "calibration");
  }

  @Test
  void fewRatingsAreNoReasonToAdjustAnything() {
    DailyReport report =
        new Days()
            .registered("full.yaml", DATE.minusDays(30), 0)
            .executions(DATE, 9, ACTIVE, new Executions(190, 0, "timeout", 800, 2))
            .report();

    assertThat(report.feedback().ratings()).isEqualTo(19);
    assertThat(report.calibration().status()).isNull();
    assertThat(report.calibration().adjustmentRecommended()).isFalse();
    assertThat(rules(report)).containsExactly("nothing_to_do");
  }

  @Test
  void versionsAndTheirSwitches() {
    DailyReport report =
        new Days()
            .registered("full.yaml", DATE, 12)
            .active("0.9.0", at(DATE.minusDays(5), 7), NOON)
            .active("0.8.0", at(DATE.minusDays(9), 7), at(DATE.minusDays(5), 7))
            .executions(DATE, 9, "0.9.0", Executions.healthy(100))
            .executions(DATE, 13, ACTIVE, Executions.healthy(300))
            .executions(DATE, 14, "stray", Executions.healthy(1))
            .report();

    assertThat(report.activeVersion()).isEqualTo(ACTIVE);
    assertThat(report.versions())
        .extracting(VersionOfDay::version)
        .containsExactlyInAnyOrder("0.9.0", ACTIVE, "stray");
    Map<String, List<ActiveSpan>> active =
        report.versions().stream()
            .collect(Collectors.toMap(VersionOfDay::version, VersionOfDay::active));
    assertThat(active.get("0.9.0")).containsExactly(new ActiveSpan(null, NOON));
    assertThat(active.get(ACTIVE)).containsExactly(new ActiveSpan(NOON, null));
    assertThat(active.get("stray")).isEmpty();
    assertThat(report.summary().executions()).isEqualTo(401);
    assertThat(report.hours())
        .extracting(HourOfDay::start)
        .containsExactly(at(DATE, 9), at(DATE, 13), at(DATE, 14));
    assertThat(rules(report)).containsExactly("unregistered_version", "unregistered_version");
  }

  @Test
  void alertsAndRollbacks() {
    DailyReport report =
        badDay()
            .alert(alert("b", Severity.CRITICAL, 11, null))
            .alert(alert("a", Severity.CRITICAL, 10, 11))
            .alert(alert("c", Severity.WARNING, 12, 15))
            .rollback(rollback("r0", 12, "refused", null))
            .rollback(rollback("r2", 14, "refused", null))
            .rollback(rollback("r1", 13, "switched", "not_recovered"))
            .allowance(new RollbacksOfDay.Allowance(3, 3, at(DATE, 20)))
            .report();

    assertThat(report.alerts().critical()).isEqualTo(2);
    assertThat(report.alerts().warning()).isEqualTo(1);
    assertThat(report.alerts().medianSecondsToResolve()).isEqualTo(2 * 3_600.0);
    assertThat(report.alerts().episodes())
        .extracting(AlertsOfDay.Episode::alertId)
        .containsExactly("a", "b", "c");
    assertThat(report.rollbacks().count()).isEqualTo(1);
    assertThat(report.rollbacks().allowance().remaining()).isZero();
    assertThat(report.completeness().reasons()).containsExactly("An alert of the day still fires.");
    assertThat(rules(report))
        .startsWith(
            "manual_intervention",
            "rollback_did_not_help",
            "rollback_not_possible",
            "fix_rolled_back_version")
        // That of 12:00 was made up for at 13:00.
        .containsOnlyOnce("rollback_not_possible")
        .contains("unacknowledged_alert")
        .doesNotContain("nothing_to_do");
  }

  @Test
  void aDayWithoutExecutionsSaysSo() {
    DailyReport report = new Days().registered("full.yaml", DATE.minusDays(30), 0).report();

    assertThat(report.summary().executions()).isZero();
    assertThat(report.summary().successRate().value()).isNull();
    assertThat(report.keyMetrics())
        .allSatisfy(
            metric ->
                assertThat(metric.vsYesterday().missing())
                    .isEqualTo("insufficient data: no executions today"));
    assertThat(report.compliance())
        .isNotEmpty()
        .allSatisfy(check -> assertThat(check.result()).isEqualTo(Result.INSUFFICIENT_DATA));
    assertThat(report.hours()).isEmpty();
    assertThat(rules(report)).containsExactly("no_executions");
  }

  @Test
  void aPromptThatNobodyRegisteredHasNoBaseline() {
    DailyReport report = new Days().executions(DATE, 9, "x", Executions.healthy(100)).report();

    assertThat(report.activeVersion()).isNull();
    assertThat(report.compliance()).isEmpty();
    assertThat(report.keyMetric(Metric.SUCCESS_RATE).vsBaseline().missing())
        .isEqualTo("no version was active");
    assertThat(report.calibration().status()).isNull();
  }

  @Test
  void halfADayIsProvisional() {
    DailyReport report = badDay().open().asOf(NOON).report();

    assertThat(report.completeness().isFinal()).isFalse();
    assertThat(report.completeness().reasons())
        .containsExactly(
            "The day ends at 2026-03-05 00:00:00 UTC.",
            "Feedback on the day's executions is counted until 2026-03-06 00:00:00 UTC.");
    assertThat(badDay().open().report().completeness().reasons())
        .containsExactly("The monitoring job has not ended the day's windows yet.");
  }

  @Test
  void recordsThatWereNotCountedAreNamed() {
    DailyReport report =
        badDay()
            .deadLetters("late", 5)
            .deadLetters("not_json", 2)
            .deadLetters("missing_field", 9)
            .deadLetters("feedback_without_window", 4)
            .report();

    assertThat(report.coverage().late()).isEqualTo(5);
    assertThat(report.coverage().rejected())
        .containsExactly(Map.entry("missing_field", 9L), Map.entry("not_json", 2L));
    assertThat(report.feedback().tooLate()).isEqualTo(4);
    assertThat(report.coverage().hoursWithTraffic()).isEqualTo(1);
  }

  /** Of all versions together: as of one version that had all the executions. */
  @Test
  void percentilesOfAllVersionsAreThoseOfTheirMergedDistributions() {
    DailyReport report =
        new Days()
            .executions(DATE, 9, "a", new Executions(60, 0, "timeout", 400, 5))
            .executions(DATE, 9, "b", new Executions(40, 0, "timeout", 4_000, 5))
            .report();
    double[] latencies = new double[100];
    for (int i = 0; i < 60; i++) {
      latencies[i] = 200 + (int) (i * 7_919L % 400);
    }
    for (int i = 0; i < 40; i++) {
      latencies[60 + i] = 2_000 + (int) (i * 7_919L % 4_000);
    }
    Arrays.sort(latencies);
    double p95 = latencies[94] + 0.05 * (latencies[95] - latencies[94]);
    assertThat(report.keyMetric(Metric.LATENCY_P95).today().value()).isCloseTo(p95, within(1e-9));
  }

  @Property(tries = 30)
  void theOrderOfRowsDoesNotMatter(@ForAll long seed) {
    PromptDay day =
        badDay()
            .executions(DATE, 10, "0.9.0", Executions.healthy(700))
            .executions(DATE, 10, "0.8.0", new Executions(900, 30, "refused", 1_400, 4))
            .alert(alert("a", Severity.WARNING, 10, 11))
            .alert(alert("b", Severity.WARNING, 10, 11))
            .build();
    Random random = new Random(seed);
    PromptDay shuffled =
        new PromptDay(
            day.promptId(),
            day.date(),
            day.asOf(),
            day.revision(),
            shuffled(day.days(), random),
            day.consistency(),
            shuffled(day.hours(), random),
            day.versions(),
            day.activePeriods(),
            shuffled(day.alerts(), random),
            day.rollbacks(),
            day.allowance(),
            day.deadLetters(),
            day.previousFeedback(),
            day.feedbackUntil());

    assertThat(ReportWriter.write(shuffled)).isEqualTo(ReportWriter.write(day));
  }

  private static <T> List<T> shuffled(List<T> list, Random random) {
    List<T> shuffled = new ArrayList<>(list);
    Collections.shuffle(shuffled, random);
    return shuffled;
  }

  @Test
  void theOverviewBeginsWithWhatNeedsAttention() {
    PromptAtAGlance bad = PromptAtAGlance.of(badDay().report());
    PromptAtAGlance calm =
        PromptAtAGlance.of(
            new Days()
                .registered("full.yaml", DATE.minusDays(30), 0)
                .executions(DATE, 9, ACTIVE, Executions.healthy(100))
                .report());

    ReportOverview overview = new ReportOverview(DATE, List.of(calm, bad));

    assertThat(overview.prompts()).containsExactly(bad, calm);
    assertThat(bad.checksFailed()).isEqualTo(4);
    assertThat(bad.checks()).isEqualTo(12);
    assertThat(bad.firstRecommendation().rule()).isEqualTo("critical_threshold");
    assertThat(calm.firstRecommendation().rule()).isEqualTo("nothing_to_do");
  }

  private static List<String> rules(DailyReport report) {
    return report.recommendations().stream().map(Recommendation::rule).toList();
  }

  @Test
  void rowsOfOtherDaysAreNotCounted() {
    List<WindowUpdate> rows = badDay().build().days();
    assertThat(TrafficOfDay.of(DATE, rows).all().executionCount()).isEqualTo(1_000);
    assertThat(TrafficOfDay.of(DATE.minusWeeks(1), rows).all().executionCount()).isEqualTo(7);
    assertThat(TrafficOfDay.of(DATE.plusDays(1), rows).all().executionCount()).isZero();
  }
}
