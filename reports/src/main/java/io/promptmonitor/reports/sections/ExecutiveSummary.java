package io.promptmonitor.reports.sections;

import io.promptmonitor.common.metrics.Metric;
import io.promptmonitor.common.report.DailyReport;
import io.promptmonitor.common.report.Summary;
import io.promptmonitor.reports.page.Block.Bullets;
import io.promptmonitor.reports.page.Bullet;
import io.promptmonitor.reports.page.Section;
import io.promptmonitor.reports.text.MetricFormat;
import io.promptmonitor.reports.text.Numbers;
import io.promptmonitor.reports.text.Readings;
import java.util.List;

/** How much, how well, how fast, how satisfied. */
final class ExecutiveSummary {

  private ExecutiveSummary() {}

  static Section of(DailyReport report) {
    Summary summary = report.summary();
    return Section.of(
        "executive-summary",
        "Executive Summary",
        new Bullets(
            List.of(
                Bullet.of(
                    "Total Executions",
                    Numbers.count(summary.executions()),
                    summary.users() == null
                        ? null
                        : "of about " + Numbers.count(summary.users(), "users")),
                Readings.bullet(
                    "Success Rate", MetricFormat.of(Metric.SUCCESS_RATE), summary.successRate()),
                Readings.bullet(
                    "Average Latency", MetricFormat.of(Metric.LATENCY_AVG), summary.latencyAvg()),
                Readings.bullet(
                    "User Satisfaction",
                    MetricFormat.of(Metric.AVG_USER_FEEDBACK),
                    summary.userSatisfaction()))));
  }
}
