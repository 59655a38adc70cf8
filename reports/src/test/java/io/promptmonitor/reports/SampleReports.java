package io.promptmonitor.reports;

import io.promptmonitor.common.alerts.Severity;
import io.promptmonitor.common.calibration.CalibrationStatus;
import io.promptmonitor.common.comparison.MetricReading;
import io.promptmonitor.common.comparison.Verdict;
import io.promptmonitor.common.report.AlertsOfDay;
import io.promptmonitor.common.report.Calibration;
import io.promptmonitor.common.report.Completeness;
import io.promptmonitor.common.report.ComplianceCheck;
import io.promptmonitor.common.report.ComplianceCheck.Result;
import io.promptmonitor.common.report.Coverage;
import io.promptmonitor.common.report.DailyReport;
import io.promptmonitor.common.report.Difference;
import io.promptmonitor.common.report.ErrorAnalysis;
import io.promptmonitor.common.report.ErrorAnalysis.ErrorType;
import io.promptmonitor.common.report.ErrorAnalysis.Trend;
import io.promptmonitor.common.report.Feedback;
import io.promptmonitor.common.report.HourOfDay;
import io.promptmonitor.common.report.KeyMetric;
import io.promptmonitor.common.report.PromptAtAGlance;
import io.promptmonitor.common.report.Recommendation;
import io.promptmonitor.common.report.ReportOverview;
import io.promptmonitor.common.report.RollbacksOfDay;
import io.promptmonitor.common.report.Summary;
import io.promptmonitor.common.report.TokenUse;
import io.promptmonitor.common.report.VersionOfDay;
import io.promptmonitor.common.report.VersionOfDay.ActiveSpan;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Reports made by hand: a day with an incident and a rollback, a half day, a day without data. */
final class SampleReports {

  static final LocalDate DAY = LocalDate.of(2026, 3, 4);

  private SampleReports() {}

  /** Version 1.3.0 replaces 1.2.0 at 09:00, fails, and is rolled back at 14:12:40. */
  static DailyReport incident() {
    return incident("support/triage", "1.2.0", "1.3.0", "context_overflow");
  }

  static DailyReport incident(String prompt, String good, String bad, String errorType) {
    List<HourOfDay> hours = incidentHours(good, bad);
    long executions = hours.stream().mapToLong(HourOfDay::executions).sum();
    long failures = hours.stream().mapToLong(HourOfDay::failures).sum();
    double rate = (double) (executions - failures) / executions;
    MetricReading success = reading(rate, rate - 0.0031, rate + 0.0029, executions);
    return new DailyReport(
        prompt,
        DAY,
        2,
        good,
        new Completeness(
            false,
            List.of("Feedback on the day's executions is counted until 2026-03-06 00:00:00 UTC.")),
        new Summary(
            executions,
            3_127L,
            success,
            reading(1_187.4, 1_171.2, 1_203.6, executions),
            reading(3.87, 3.71, 4.02, 412)),
        List.of(
            new VersionOfDay(
                good,
                true,
                List.of(new ActiveSpan(null, at("09:00:00")), new ActiveSpan(at("14:12:40"), null)),
                7_804,
                reading(0.9812, 0.9779, 0.984, 7_804),
                reading(1_612, 1_588, 1_640, 7_804),
                reading(498.2, 494.9, 501.5, 7_804)),
            new VersionOfDay(
                bad,
                true,
                List.of(new ActiveSpan(at("09:00:00"), at("14:12:40"))),
                executions - 7_804,
                reading(0.9104, 0.9012, 0.9188, executions - 7_804),
                reading(2_804, 2_688, 2_951, executions - 7_804),
                reading(642.8, 634.1, 651.5, executions - 7_804)),
            new VersionOfDay(
                "0.9.0-canary",
                false,
                List.of(),
                12,
                reading(1.0, 0.7575, 1.0, 12),
                new MetricReading(null, null, null, 12),
                reading(455.0, 401.1, 508.9, 12))),
        List.of(
            new KeyMetric(
                "success_rate",
                "Success Rate",
                success,
                difference(rate + 0.0249, 12_480L, -0.0249, -0.0287, -0.0212, Verdict.WORSE),
                difference(rate + 0.0226, 11_902L, -0.0226, -0.0264, -0.0188, Verdict.WORSE),
                difference(rate + 0.0128, null, -0.0128, -0.0159, -0.0099, Verdict.WORSE)),
            new KeyMetric(
                "latency_p50",
                "Latency P50",
                reading(812.0, 804.0, 821.0, executions),
                difference(798.0, 12_480L, 14.0, 3.0, 25.0, Verdict.WORSE),
                difference(809.0, 11_902L, 3.0, -8.0, 14.0, Verdict.NOT_DISTINGUISHABLE),
                difference(800.0, null, 12.0, 4.0, 21.0, Verdict.WORSE)),
            new KeyMetric(
                "latency_p95",
                "Latency P95",
                reading(2_214.0, 2_160.0, 2_275.0, executions),
                difference(1_604.0, 12_480L, 610.0, 551.0, 676.0, Verdict.WORSE),
                difference(1_598.0, 11_902L, 616.0, 556.0, 682.0, Verdict.WORSE),
                difference(1_500.0, null, 714.0, 660.0, 775.0, Verdict.WORSE)),
            new KeyMetric(
                "latency_p99",
                "Latency P99",
                reading(4_870.0, 4_512.0, 5_233.0, executions),
                difference(2_911.0, 12_480L, 1_959.0, 1_577.0, 2_340.0, Verdict.WORSE),
                difference(2_845.0, 11_902L, 2_025.0, 1_640.0, 2_409.0, Verdict.WORSE),
                none("no baseline is stated for this metric")),
            new KeyMetric(
                "avg_total_tokens",
                "Avg Tokens",
                reading(543.7, 539.8, 547.6, executions),
                difference(501.3, 12_480L, 42.4, 37.2, 47.6, Verdict.WORSE),
                difference(548.9, 11_902L, -5.2, -10.1, -0.3, Verdict.BETTER),
                difference(500.0, null, 43.7, 39.8, 47.6, Verdict.WORSE)),
            new KeyMetric(
                "avg_user_feedback",
                "User Satisfaction",
                reading(3.87, 3.71, 4.02, 412),
                difference(4.18, 455L, -0.31, -0.51, -0.1, Verdict.WORSE),
                none("insufficient data: 7 ratings last week, at least 20 are needed"),
                none("no baseline is stated for this metric"))),
        new ErrorAnalysis(
            failures,
            List.of(
                error(errorType, 318, failures, executions, 4L, Trend.UP),
                error("timeout", 141, failures, executions, 96L, Trend.UP),
                error("invalid_output", 61, failures, executions, 70L, Trend.STEADY),
                error("rate_limited", 9, failures, executions, 51L, Trend.DOWN),
                error(
                    "unknown",
                    failures - 529,
                    failures,
                    executions,
                    null,
                    Trend.INSUFFICIENT_DATA))),
        new TokenUse(
            6_889_766,
            412.3,
            131.4,
            reading(543.7, 539.8, 547.6, executions),
            1_020.0,
            2_944.0,
            500.0,
            1_200.0,
            0.0213),
        new Calibration(
            1.42,
            CalibrationStatus.MINOR_DRIFT,
            true,
            "the interval of version " + bad + " excludes 0, with 187 ratings and automated scores",
            List.of(
                new Calibration.OfVersion(good, 7.9, 7.61, reading(0.29, -0.05, 0.64, 402)),
                new Calibration.OfVersion(bad, 8.6, 4.74, reading(3.86, 3.12, 4.55, 187)))),
        new Feedback(
            412, reading(0.1845, 0.15, 0.2249, 412), 177, reading(7.12, 6.41, 7.74, 177), 38L, 5),
        List.of(
            check("alert_thresholds.error_rate.warning", "error_rate", good, 0.0188, "<=", 0.03),
            check("alert_thresholds.error_rate.critical", "error_rate", good, 0.0188, "<=", 0.05),
            check(
                "alert_thresholds.success_rate.warning", "success_rate", good, 0.9812, ">=", 0.97),
            new ComplianceCheck(
                "performance_baseline.expected_latency_p95",
                "latency_p95",
                good,
                reading(1_612, 1_588, 1_640, 7_804),
                "<=",
                1_500,
                Result.FAILED,
                null),
            new ComplianceCheck(
                "performance_baseline.consistency_target",
                "consistency_rate",
                good,
                new MetricReading(null, null, null, 0),
                ">=",
                0.9,
                Result.INSUFFICIENT_DATA,
                "no input was seen more than once")),
        new AlertsOfDay(
            1,
            2,
            1_094.0,
            List.of(
                new AlertsOfDay.Episode(
                    "a-1",
                    "warning_latency",
                    bad,
                    Severity.WARNING,
                    at("10:21:00"),
                    at("14:19:10"),
                    "latency_p95",
                    2_731.0,
                    ">",
                    2_250.0,
                    "mira"),
                new AlertsOfDay.Episode(
                    "a-2",
                    "critical_error_rate",
                    bad,
                    Severity.CRITICAL,
                    at("13:58:30"),
                    at("14:16:44"),
                    "error_rate",
                    0.1342,
                    ">",
                    0.05,
                    null),
                new AlertsOfDay.Episode(
                    "a-3",
                    "user_feedback",
                    bad,
                    Severity.CRITICAL,
                    at("15:02:10"),
                    null,
                    "user_feedback_negative_rate",
                    0.31,
                    ">",
                    0.2,
                    null))),
        new RollbacksOfDay(
            1,
            List.of(
                new RollbacksOfDay.Event(
                    "r-7f3a",
                    "automatic",
                    at("14:12:40"),
                    bad,
                    good,
                    "switched",
                    "error_rate > 0.10 for 5 minutes: 13.42% over the last 5 min, 164 executions",
                    "recovered")),
            new RollbacksOfDay.Allowance(1, 3, null)),
        new Coverage(executions, hours.size(), 3, Map.of("duplicate", 18L, "invalid_json", 2L)),
        List.of(
            new Recommendation(
                "failed_version",
                "Do not deploy " + bad + " again before " + errorType + " is understood.",
                errorType
                    + " made up 60% of the failures, 3.3% of the executions, and 0.03% the day"
                    + " before"),
            new Recommendation(
                "token_budget",
                "Raise the token budget or shorten the prompt.",
                "543.7 tokens on average, 500 are budgeted")),
        hours);
  }

  /** Half of a day, of a new prompt: few executions, no baseline, nothing to compare with. */
  static DailyReport halfDay() {
    List<HourOfDay> hours = new ArrayList<>();
    for (int hour : new int[] {0, 1, 2, 7, 8, 11}) {
      long executions = 3L + hour % 4;
      hours.add(
          new HourOfDay(
              start(hour),
              executions,
              hour == 8 ? 1 : 0,
              Map.of("0.1.0", executions),
              400 + 10.0 * hour,
              620,
              630,
              null));
    }
    long n = hours.stream().mapToLong(HourOfDay::executions).sum();
    Difference nothing = none("insufficient data: no executions yesterday");
    MetricReading success = reading((n - 1.0) / n, 0.8104, 0.9926, n);
    return new DailyReport(
        "new-prompt",
        DAY,
        1,
        "0.1.0",
        new Completeness(
            false,
            List.of(
                "The day ends at 2026-03-05 00:00:00 UTC.",
                "The monitoring job has not ended the day's windows yet.")),
        new Summary(
            n, null, success, reading(433, 402, 464, n), new MetricReading(null, null, null, 0)),
        List.of(
            new VersionOfDay(
                "0.1.0",
                true,
                List.of(new ActiveSpan(null, null)),
                n,
                success,
                reading(620, 588, Double.NaN, n),
                reading(120, 110, 130, n))),
        List.of(
            new KeyMetric(
                "success_rate",
                "Success Rate",
                success,
                nothing,
                nothing,
                none("no baseline is stated")),
            new KeyMetric(
                "latency_p99",
                "Latency P99",
                new MetricReading(null, null, null, n),
                nothing,
                nothing,
                none("no baseline is stated"))),
        new ErrorAnalysis(1, List.of(error("timeout", 1, 1, n, null, Trend.INSUFFICIENT_DATA))),
        new TokenUse(
            n * 120, 90.0, 30.0, reading(120, 110, 130, n), 141.0, 150.0, null, null, null),
        new Calibration(
            null, null, false, "no version has both a prediction and ratings", List.of()),
        new Feedback(
            0,
            new MetricReading(null, null, null, 0),
            0,
            new MetricReading(null, null, null, 0),
            null,
            0),
        List.of(),
        new AlertsOfDay(0, 0, null, List.of()),
        new RollbacksOfDay(0, List.of(), new RollbacksOfDay.Allowance(0, null, null)),
        new Coverage(n, hours.size(), 0, Map.of()),
        List.of(
            new Recommendation(
                "too_little_data",
                "Wait for more executions.",
                n + " executions, at least 100 are needed")),
        hours);
  }

  /** A day on which nothing happened. */
  static DailyReport empty() {
    MetricReading nothing = new MetricReading(null, null, null, 0);
    Difference none = none("insufficient data: no executions");
    return new DailyReport(
        "idle",
        DAY,
        1,
        null,
        new Completeness(true, List.of()),
        new Summary(0, null, nothing, nothing, nothing),
        List.of(),
        List.of(new KeyMetric("success_rate", "Success Rate", nothing, none, none, none)),
        new ErrorAnalysis(0, List.of()),
        new TokenUse(0, null, null, nothing, null, null, null, null, null),
        new Calibration(null, null, false, "no version has executions", List.of()),
        new Feedback(0, nothing, 0, nothing, null, 0),
        List.of(),
        new AlertsOfDay(0, 0, null, List.of()),
        new RollbacksOfDay(0, List.of(), new RollbacksOfDay.Allowance(0, null, null)),
        new Coverage(0, 0, 0, Map.of()),
        List.of(
            new Recommendation(
                "no_traffic", "Find out whether the prompt is still used.", "no executions")),
        List.of());
  }

  static ReportOverview overview() {
    return new ReportOverview(DAY, List.of(glance(incident()), glance(halfDay()), glance(empty())));
  }

  static PromptAtAGlance glance(DailyReport report) {
    return new PromptAtAGlance(
        report.promptId(),
        report.activeVersion(),
        report.completeness().isFinal(),
        report.summary().executions(),
        report.summary().successRate(),
        report.keyMetrics().get(0).vsYesterday(),
        new MetricReading(null, null, null, 0),
        report.summary().userSatisfaction(),
        report.calibration().status(),
        report.alerts().warning(),
        report.alerts().critical(),
        report.rollbacks().count(),
        (int) report.compliance().stream().filter(c -> c.result() == Result.FAILED).count(),
        report.compliance().size(),
        report.recommendations().get(0));
  }

  private static List<HourOfDay> incidentHours(String good, String bad) {
    List<HourOfDay> hours = new ArrayList<>();
    for (int hour = 0; hour < 24; hour++) {
      if (hour == 3 || hour == 4) {
        continue; // nobody asked
      }
      long executions = Math.round(520 + 380 * Math.sin((hour - 6) * Math.PI / 12));
      boolean isBad = hour >= 9 && hour <= 14;
      long ofBad = hour == 14 ? executions / 5 : isBad ? executions : 0;
      Map<String, Long> byVersion = new LinkedHashMap<>();
      if (executions > ofBad) {
        byVersion.put(good, executions - ofBad - (hour == 2 ? 12 : 0));
      }
      if (ofBad > 0) {
        byVersion.put(bad, ofBad);
      }
      if (hour == 2) {
        byVersion.put("0.9.0-canary", 12L);
      }
      double slow = isBad && hour < 14 ? 1.0 + (hour - 8) * 0.22 : 1.0;
      hours.add(
          new HourOfDay(
              start(hour),
              executions,
              Math.round(executions * (isBad && hour > 9 ? 0.02 + (hour - 9) * 0.028 : 0.018)),
              byVersion,
              790 + 12.0 * (hour % 5),
              (1_560 + 30.0 * (hour % 4)) * slow,
              (2_800 + 90.0 * (hour % 3)) * slow * slow,
              hour % 6 == 0 ? null : 4.2 - (isBad ? 0.9 : 0)));
    }
    return hours;
  }

  private static ErrorType error(
      String type, long count, long failures, long executions, Long yesterday, Trend trend) {
    double share = (double) count / failures;
    double rate = (double) count / executions;
    return new ErrorType(
        type,
        count,
        reading(share, Math.max(0, share - 0.02), Math.min(1, share + 0.02), failures),
        reading(rate, Math.max(0, rate - 0.002), rate + 0.002, executions),
        yesterday,
        trend);
  }

  private static ComplianceCheck check(
      String requirement,
      String metric,
      String version,
      double value,
      String operator,
      double limit) {
    return new ComplianceCheck(
        requirement,
        metric,
        version,
        reading(value, value - 0.003, value + 0.003, 7_804),
        operator,
        limit,
        Result.PASSED,
        null);
  }

  private static MetricReading reading(double value, double lower, double upper, long n) {
    return new MetricReading(
        value, Double.isNaN(lower) ? null : lower, Double.isNaN(upper) ? null : upper, n);
  }

  private static Difference difference(
      double reference, Long n, double difference, double lower, double upper, Verdict verdict) {
    return new Difference(reference, n, difference, lower, upper, verdict, null);
  }

  private static Difference none(String reason) {
    return new Difference(null, null, null, null, null, Verdict.UNKNOWN, reason);
  }

  private static Instant start(int hour) {
    return DAY.atStartOfDay().toInstant(ZoneOffset.UTC).plus(Duration.ofHours(hour));
  }

  private static Instant at(String time) {
    return Instant.parse(DAY + "T" + time + "Z");
  }
}
