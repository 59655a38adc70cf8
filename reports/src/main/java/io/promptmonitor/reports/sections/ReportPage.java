package io.promptmonitor.reports.sections;

import io.promptmonitor.common.report.DailyReport;
import io.promptmonitor.reports.page.Bullet;
import io.promptmonitor.reports.page.Page;
import io.promptmonitor.reports.page.Tone;
import java.util.List;
import java.util.Objects;

/**
 * The page of a prompt's daily report: the specification's template first, then what is beyond it.
 */
public final class ReportPage {

  private ReportPage() {}

  public static Page of(DailyReport report) {
    return new Page(
        "Prompt Performance Report: " + report.promptId(),
        List.of(
            Bullet.of("Date", report.date().toString()),
            Bullet.of("Version", Objects.requireNonNullElse(report.activeVersion(), "none")),
            status(report)),
        Attention.of(report),
        List.of(
            ExecutiveSummary.of(report)
                .with(ReportCharts.executions(report))
                .with(ReportCharts.errorRate(report)),
            KeyMetrics.of(report)
                .with(ReportCharts.differences(report))
                .with(ReportCharts.latency(report)),
            ErrorSection.of(report).with(ReportCharts.errorTypes(report)),
            CalibrationSection.of(report),
            AlertsTriggered.of(report),
            Recommendations.of(report),
            Versions.of(report).with(ReportCharts.versions(report)),
            Tokens.of(report),
            FeedbackSection.of(report),
            Compliance.of(report),
            Rollbacks.of(report),
            CoverageSection.of(report)));
  }

  private static Bullet status(DailyReport report) {
    boolean isFinal = report.completeness().isFinal();
    return Bullet.of("Status", isFinal ? "final" : "provisional", "edition " + report.revision())
        .in(isFinal ? Tone.GOOD : Tone.WARNING);
  }
}
