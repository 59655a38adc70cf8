package io.promptmonitor.reports;

import io.promptmonitor.common.report.DailyReport;
import io.promptmonitor.reports.markdown.MarkdownPage;
import io.promptmonitor.reports.sections.ReportPage;

/** The daily report of a prompt as Markdown, by the specification's template. */
public final class MarkdownReport {

  private MarkdownReport() {}

  public static String of(DailyReport report) {
    return MarkdownPage.of(ReportPage.of(report));
  }
}
