package io.promptmonitor.reports.sections;

import io.promptmonitor.common.metrics.Metric;
import io.promptmonitor.common.report.PromptAtAGlance;
import io.promptmonitor.common.report.ReportOverview;
import io.promptmonitor.reports.page.Block;
import io.promptmonitor.reports.page.Block.Paragraph;
import io.promptmonitor.reports.page.Block.Table;
import io.promptmonitor.reports.page.Bullet;
import io.promptmonitor.reports.page.Cell;
import io.promptmonitor.reports.page.Column;
import io.promptmonitor.reports.page.Page;
import io.promptmonitor.reports.page.Section;
import io.promptmonitor.reports.page.Tone;
import io.promptmonitor.reports.text.MetricFormat;
import io.promptmonitor.reports.text.Numbers;
import io.promptmonitor.reports.text.Readings;
import java.util.List;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/** The page of all prompts of a day. */
public final class OverviewPage {

  private OverviewPage() {}

  /**
   * The page.
   *
   * @param link the URL of a prompt's page, by the prompt's id
   */
  public static Page of(ReportOverview overview, UnaryOperator<String> link) {
    List<PromptAtAGlance> prompts = overview.prompts();
    long executions = prompts.stream().mapToLong(PromptAtAGlance::executions).sum();
    long provisional = prompts.stream().filter(prompt -> !prompt.isFinal()).count();
    return new Page(
        "Prompt Performance Overview",
        List.of(
            Bullet.of("Date", overview.date().toString()),
            Bullet.of("Prompts", Numbers.count(prompts.size())),
            Bullet.of("Total Executions", Numbers.count(executions)),
            provisional == 0
                ? Bullet.of("Status", "final").in(Tone.GOOD)
                : Bullet.of("Status", "provisional", Numbers.count(provisional, "reports"))
                    .in(Tone.WARNING)),
        List.of(
            total("Rollbacks", Tone.BAD, prompts.stream().mapToLong(p -> p.rollbacks()).sum()),
            total(
                "Critical alerts", Tone.BAD, prompts.stream().mapToLong(p -> p.criticals()).sum()),
            total(
                "Limits not kept",
                Tone.BAD,
                prompts.stream().mapToLong(p -> p.checksFailed()).sum()),
            total("Warnings", Tone.WARNING, prompts.stream().mapToLong(p -> p.warnings()).sum())),
        List.of(new Section("prompts", "Prompts", List.of(table(prompts, link)))));
  }

  private static Bullet total(String label, Tone tone, long count) {
    return Bullet.of(label, Numbers.count(count)).in(count > 0 ? tone : Tone.GOOD);
  }

  private static Block table(List<PromptAtAGlance> prompts, UnaryOperator<String> link) {
    if (prompts.isEmpty()) {
      return new Paragraph("No prompt had executions or was active.");
    }
    return new Table(
        "Prompts, those that need attention first",
        List.of(
            Column.text("Prompt"),
            Column.text("Version"),
            Column.text("Attention"),
            Column.number("Executions"),
            Column.number("Success Rate"),
            Column.number("vs Yesterday"),
            Column.number("Latency P95"),
            Column.number("User Satisfaction"),
            Column.text("Calibration"),
            Column.text("Checks"),
            Column.text("First Recommendation")),
        prompts.stream().map(prompt -> row(prompt, link)).toList());
  }

  private static List<Cell> row(PromptAtAGlance prompt, UnaryOperator<String> link) {
    MetricFormat rate = MetricFormat.of(Metric.SUCCESS_RATE);
    return List.of(
        Cell.of(prompt.promptId(), prompt.isFinal() ? null : "provisional")
            .to(link.apply(prompt.promptId())),
        orNone(prompt.activeVersion()),
        attention(prompt),
        Cell.of(Numbers.count(prompt.executions())),
        Readings.cell(rate, prompt.successRate()),
        Readings.cell(rate, prompt.successVsYesterday()),
        Readings.cell(MetricFormat.of(Metric.LATENCY_P95), prompt.latencyP95()),
        Readings.cell(MetricFormat.of(Metric.AVG_USER_FEEDBACK), prompt.userSatisfaction()),
        prompt.calibration() == null
            ? Cell.faint("insufficient data")
            : Cell.of(prompt.calibration().label()),
        prompt.checksFailed() == 0
            ? Cell.of("0 of " + prompt.checks() + " failed")
            : Cell.of(prompt.checksFailed() + " of " + prompt.checks() + " failed").in(Tone.BAD),
        Cell.of(
            prompt.firstRecommendation().text(), "rule: " + prompt.firstRecommendation().rule()));
  }

  private static Cell orNone(@Nullable String version) {
    return version == null ? Cell.faint("none") : Cell.of(version);
  }

  private static Cell attention(PromptAtAGlance prompt) {
    if (prompt.rollbacks() > 0 || prompt.criticals() > 0) {
      String criticals = prompt.criticals() + " critical";
      return Cell.of(
              prompt.rollbacks() > 0
                  ? Numbers.count(prompt.rollbacks(), "rollbacks") + ", " + criticals
                  : criticals,
              prompt.warnings() > 0 ? Numbers.count(prompt.warnings(), "warnings") : null)
          .in(Tone.BAD);
    }
    return prompt.warnings() > 0
        ? Cell.of(Numbers.count(prompt.warnings(), "warnings")).in(Tone.WARNING)
        : Cell.of("none").in(Tone.GOOD);
  }
}
