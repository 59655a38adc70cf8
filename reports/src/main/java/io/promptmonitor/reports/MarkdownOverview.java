package io.promptmonitor.reports;

import io.promptmonitor.common.report.ReportOverview;
import io.promptmonitor.reports.markdown.MarkdownPage;
import io.promptmonitor.reports.sections.OverviewPage;
import java.util.function.UnaryOperator;

/** All prompts of a day at a glance, as Markdown. */
public final class MarkdownOverview {

  private MarkdownOverview() {}

  /**
   * The page.
   *
   * @param link the URL of a prompt's report, by the prompt's id
   */
  public static String of(ReportOverview overview, UnaryOperator<String> link) {
    return MarkdownPage.of(OverviewPage.of(overview, link));
  }
}
