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
            ExecutiveSummary.of(report),
            KeyMetrics.of(report),
            ErrorSection.of(report),
            CalibrationStatus.of(report),
            AlertsTriggered.of(report),
            Recommendations.of(report),
            Versions.of(report),
            Tokens.of(report),
            FeedbackSection.of(report),
            Compliance.of(report),
            Rollbacks.of(report),
            CoverageSection.of(report)));
  }

  private static Bullet status(DailyReport report) {
    String edition = "edition " + report.revision();
    return report.completeness().isFinal()
        ? Bullet.of("Status", "final", edition).in(Tone.GOOD)
        : Bullet.of(
                "Status",
                "provisional",
                edition + "; " + String.join("; ", report.completeness().reasons()))
            .in(Tone.WARNING);
  }
}
