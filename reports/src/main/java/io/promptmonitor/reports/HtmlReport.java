package io.promptmonitor.reports;

import io.promptmonitor.common.report.DailyReport;
import io.promptmonitor.reports.html.HtmlPage;
import io.promptmonitor.reports.sections.ReportPage;
import org.jspecify.annotations.Nullable;

/** The daily report of a prompt as one HTML file with charts, without network or script. */
public final class HtmlReport {

  private HtmlReport() {}

  public static String of(DailyReport report) {
    return of(report, null);
  }

  /**
   * The page.
   *
   * @param overview the URL of the overview of all prompts; null if there is none
   */
  public static String of(DailyReport report, @Nullable String overview) {
    return HtmlPage.of(ReportPage.of(report), overview);
  }
}
