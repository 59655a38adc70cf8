package io.promptmonitor.reports.sections;

import io.promptmonitor.common.report.ComplianceCheck;
import io.promptmonitor.common.report.DailyReport;
import io.promptmonitor.reports.page.Block.Paragraph;
import io.promptmonitor.reports.page.Block.Table;
import io.promptmonitor.reports.page.Cell;
import io.promptmonitor.reports.page.Column;
import io.promptmonitor.reports.page.Section;
import io.promptmonitor.reports.page.Tone;
import io.promptmonitor.reports.text.MetricFormat;
import io.promptmonitor.reports.text.Readings;
import java.util.List;

/** Each limit of the active version's specification, kept or not. */
final class Compliance {

  private Compliance() {}

  static Section of(DailyReport report) {
    if (report.compliance().isEmpty()) {
      return Section.of(
          "specification-compliance",
          "Specification Compliance",
          new Paragraph(
              "The active version's specification states no limits, or no version is active."));
    }
    return Section.of(
        "specification-compliance",
        "Specification Compliance",
        new Table(
            "Limits of the active version's specification",
            List.of(
                Column.text("Requirement"),
                Column.text("Result"),
                Column.number("Today"),
                Column.number("Limit"),
                Column.text("Version")),
            report.compliance().stream().map(Compliance::row).toList()),
        new Paragraph(
            "A threshold is kept if the value does not cross it, as alerts compare. What is only"
                + " expected is kept unless all of the 95% interval is beyond it."));
  }

  private static List<Cell> row(ComplianceCheck check) {
    MetricFormat format = MetricFormat.of(check.metric());
    return List.of(
        Cell.of(check.requirement(), check.metric()),
        new Cell(check.result().words(), check.reason(), tone(check), null),
        Readings.cell(format, check.value()),
        Cell.of(check.operator() + " " + format.value(check.limit())),
        Cell.of(check.version()));
  }

  private static Tone tone(ComplianceCheck check) {
    return switch (check.result()) {
      case PASSED -> Tone.GOOD;
      case FAILED -> Tone.BAD;
      case INSUFFICIENT_DATA -> Tone.FAINT;
    };
  }
}
