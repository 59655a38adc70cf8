package io.promptmonitor.reports.sections;

import io.promptmonitor.common.report.DailyReport;
import io.promptmonitor.common.report.KeyMetric;
import io.promptmonitor.reports.page.Block.Paragraph;
import io.promptmonitor.reports.page.Block.Table;
import io.promptmonitor.reports.page.Cell;
import io.promptmonitor.reports.page.Column;
import io.promptmonitor.reports.page.Section;
import io.promptmonitor.reports.text.MetricFormat;
import io.promptmonitor.reports.text.Readings;
import java.util.List;

/** The key metrics beside yesterday, what is expected, and last week. */
final class KeyMetrics {

  private KeyMetrics() {}

  static Section of(DailyReport report) {
    return Section.of(
        "key-metrics",
        "Key Metrics",
        new Table(
            "Key metrics of the day, and their differences",
            List.of(
                Column.text("Metric"),
                Column.number("Today"),
                Column.number("vs Yesterday"),
                Column.number("vs Baseline"),
                Column.number("vs Last Week")),
            report.keyMetrics().stream().map(KeyMetrics::row).toList()),
        new Paragraph(
            "A difference is the day minus what it is compared with; last week is the same weekday."
                + " It is called worse or better if all of its 95% interval is on that side of 0;"
                + " pp are percentage points."));
  }

  private static List<Cell> row(KeyMetric metric) {
    MetricFormat format = MetricFormat.of(metric.metric());
    return List.of(
        Cell.of(metric.title()),
        Readings.cell(format, metric.today()),
        Readings.cell(format, metric.vsYesterday()),
        Readings.cell(format, metric.vsBaseline()),
        Readings.cell(format, metric.vsLastWeek()));
  }
}
