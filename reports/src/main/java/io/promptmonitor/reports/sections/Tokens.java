package io.promptmonitor.reports.sections;

import io.promptmonitor.common.metrics.Metric;
import io.promptmonitor.common.report.DailyReport;
import io.promptmonitor.common.report.TokenUse;
import io.promptmonitor.reports.page.Block.Table;
import io.promptmonitor.reports.page.Cell;
import io.promptmonitor.reports.page.Column;
import io.promptmonitor.reports.page.Section;
import io.promptmonitor.reports.page.Tone;
import io.promptmonitor.reports.text.MetricFormat;
import io.promptmonitor.reports.text.Numbers;
import io.promptmonitor.reports.text.Readings;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Tokens against the active version's budget. */
final class Tokens {

  private Tokens() {}

  static Section of(DailyReport report) {
    TokenUse tokens = report.tokens();
    return Section.of(
        "tokens",
        "Tokens",
        new Table(
            "Tokens of the day, and the active version's budget",
            List.of(Column.text("Tokens"), Column.number("Today"), Column.number("Budget")),
            List.of(
                List.of(
                    Cell.of("Average of an execution"),
                    Readings.cell(MetricFormat.of(Metric.AVG_TOTAL_TOKENS), tokens.avgTotal())
                        .in(isOver(tokens.avgTotal().value(), tokens.budgetAverage())),
                    budget(tokens.budgetAverage())),
                List.of(
                    Cell.of("Average input"),
                    number(tokens.avgInput(), 1),
                    Cell.faint("not stated")),
                List.of(
                    Cell.of("Average output"),
                    number(tokens.avgOutput(), 1),
                    Cell.faint("not stated")),
                List.of(
                    Cell.of("95th percentile"), number(tokens.p95(), 0), Cell.faint("not stated")),
                List.of(
                    Cell.of("Largest execution"),
                    number(tokens.largest(), 0).in(isOver(tokens.largest(), tokens.budgetMax())),
                    budget(tokens.budgetMax())),
                List.of(
                    Cell.of("Executions above the maximum"),
                    tokens.overMax() == null
                        ? Cell.faint("not known")
                        : Cell.of(Numbers.percent(tokens.overMax()))
                            .in(tokens.overMax() > 0 ? Tone.WARNING : Tone.PLAIN),
                    tokens.budgetMax() == null ? Cell.faint("not stated") : Cell.of("0%")),
                List.of(
                    Cell.of("All executions"),
                    Cell.of(Numbers.count(tokens.total())),
                    Cell.faint("not stated")))));
  }

  private static Tone isOver(@Nullable Double value, @Nullable Double budget) {
    return value != null && budget != null && value > budget ? Tone.WARNING : Tone.PLAIN;
  }

  private static Cell budget(@Nullable Double budget) {
    return budget == null ? Cell.faint("not stated") : Cell.of(Numbers.fixed(budget, 0));
  }

  private static Cell number(@Nullable Double value, int decimals) {
    return value == null ? Cell.faint("no data") : Cell.of(Numbers.fixed(value, decimals));
  }
}
