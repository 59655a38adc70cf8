package io.promptmonitor.reports;

import io.promptmonitor.common.report.ReportOverview;
import io.promptmonitor.reports.html.HtmlPage;
import io.promptmonitor.reports.sections.OverviewPage;
import java.util.function.UnaryOperator;

/** All prompts of a day at a glance, as one HTML file. */
public final class HtmlOverview {

  private HtmlOverview() {}

  /**
   * The page.
   *
   * @param link the URL of a prompt's report, by the prompt's id
   */
  public static String of(ReportOverview overview, UnaryOperator<String> link) {
    return HtmlPage.of(OverviewPage.of(overview, link), null);
  }
}
