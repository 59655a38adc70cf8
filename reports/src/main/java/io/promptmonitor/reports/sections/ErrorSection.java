package io.promptmonitor.reports.sections;

import io.promptmonitor.common.comparison.MetricReading;
import io.promptmonitor.common.metrics.Quantity;
import io.promptmonitor.common.metrics.Sample;
import io.promptmonitor.common.report.DailyReport;
import io.promptmonitor.common.report.ErrorAnalysis;
import io.promptmonitor.common.report.ErrorAnalysis.ErrorType;
import io.promptmonitor.common.report.ErrorAnalysis.Trend;
import io.promptmonitor.reports.page.Block;
import io.promptmonitor.reports.page.Block.Paragraph;
import io.promptmonitor.reports.page.Block.Table;
import io.promptmonitor.reports.page.Cell;
import io.promptmonitor.reports.page.Column;
import io.promptmonitor.reports.page.Section;
import io.promptmonitor.reports.page.Tone;
import io.promptmonitor.reports.text.MetricFormat;
import io.promptmonitor.reports.text.Numbers;
import io.promptmonitor.reports.text.Readings;
import java.util.ArrayList;
import java.util.List;

/** What failed, by error type. */
final class ErrorSection {

  private static final MetricFormat SHARE = new MetricFormat(Quantity.RATE, Sample.EXECUTIONS);

  private ErrorSection() {}

  static Section of(DailyReport report) {
    ErrorAnalysis errors = report.errors();
    List<Block> blocks = new ArrayList<>();
    blocks.add(
        new Table(
            "Failures of the day by error type",
            List.of(
                Column.text("Error Type"),
                Column.number("Count"),
                Column.number("% of Errors"),
                Column.text("Trend"),
                Column.number("% of Executions"),
                Column.number("Yesterday")),
            errors.types().stream().map(ErrorSection::row).toList()));
    blocks.add(new Paragraph(says(report)));
    return new Section("error-analysis", "Error Analysis", blocks);
  }

  private static String says(DailyReport report) {
    if (report.errors().types().isEmpty()) {
      return report.summary().executions() == 0 ? "No executions." : "Nothing failed.";
    }
    return "The trend compares the share of executions with the day before: ↑ and ↓ if the"
        + " difference is significant, → if it is not.";
  }

  private static List<Cell> row(ErrorType type) {
    return List.of(
        Cell.of(type.type()),
        Cell.of(Numbers.count(type.count())),
        share(type.shareOfErrors()),
        trend(type.trend()),
        share(type.rate()),
        type.countYesterday() == null
            ? Cell.faint("no data")
            : Cell.of(Numbers.count(type.countYesterday())));
  }

  /** What the share is of is in the column's title, how many they are in the summary. */
  private static Cell share(MetricReading share) {
    if (share.value() == null || share.lower() == null || share.upper() == null) {
      return Cell.of(Readings.value(SHARE, share), "n = " + Numbers.count(share.n()));
    }
    return Cell.of(
        SHARE.value(share.value()),
        "95% interval "
            + SHARE.value(share.lower())
            + " to "
            + SHARE.value(share.upper())
            + ", n = "
            + Numbers.count(share.n()));
  }

  private static Cell trend(Trend trend) {
    Cell cell = Cell.of(trend.symbol());
    return switch (trend) {
      case UP -> cell.in(Tone.BAD);
      case DOWN -> cell.in(Tone.GOOD);
      case STEADY -> cell;
      case INSUFFICIENT_DATA -> cell.in(Tone.FAINT);
    };
  }
}
