package io.promptmonitor.reports.sections;

import io.promptmonitor.common.metrics.Metric;
import io.promptmonitor.common.report.DailyReport;
import io.promptmonitor.common.report.VersionOfDay;
import io.promptmonitor.common.report.VersionOfDay.ActiveSpan;
import io.promptmonitor.reports.page.Block.Paragraph;
import io.promptmonitor.reports.page.Block.Table;
import io.promptmonitor.reports.page.Cell;
import io.promptmonitor.reports.page.Column;
import io.promptmonitor.reports.page.Section;
import io.promptmonitor.reports.page.Tone;
import io.promptmonitor.reports.text.MetricFormat;
import io.promptmonitor.reports.text.Numbers;
import io.promptmonitor.reports.text.Readings;
import io.promptmonitor.reports.text.Times;
import java.time.LocalDate;
import java.util.List;
import java.util.stream.Collectors;

/** The versions that were active or had executions, and when they were switched. */
final class Versions {

  private Versions() {}

  static Section of(DailyReport report) {
    if (report.versions().isEmpty()) {
      return Section.of(
          "versions", "Versions", new Paragraph("No version was active, and none had executions."));
    }
    return Section.of(
        "versions",
        "Versions",
        new Table(
            "Versions of the day",
            List.of(
                Column.text("Version"),
                Column.text("Active"),
                Column.number("Executions"),
                Column.number("Success Rate"),
                Column.number("Latency P95"),
                Column.number("Avg Tokens")),
            report.versions().stream().map(version -> row(report.date(), version)).toList()));
  }

  private static List<Cell> row(LocalDate date, VersionOfDay version) {
    return List.of(
        Cell.of(version.version(), version.registered() ? null : "not in the registry"),
        version.active().isEmpty()
            ? Cell.faint("never")
            : Cell.of(
                version.active().stream()
                    .map(span -> span(date, span))
                    .collect(Collectors.joining("; "))),
        version.executions() == 0
            ? Cell.of("0").in(Tone.FAINT)
            : Cell.of(Numbers.count(version.executions())),
        Readings.cell(MetricFormat.of(Metric.SUCCESS_RATE), version.successRate()),
        Readings.cell(MetricFormat.of(Metric.LATENCY_P95), version.latencyP95()),
        Readings.cell(MetricFormat.of(Metric.AVG_TOTAL_TOKENS), version.avgTotalTokens()));
  }

  private static String span(LocalDate date, ActiveSpan span) {
    if (span.from() == null) {
      return span.until() == null ? "all day" : "until " + Times.on(date, span.until());
    }
    String from = "from " + Times.on(date, span.from());
    return span.until() == null ? from : from + " until " + Times.on(date, span.until());
  }
}
