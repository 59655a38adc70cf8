package io.promptmonitor.reports.sections;

import io.promptmonitor.common.report.Coverage;
import io.promptmonitor.common.report.DailyReport;
import io.promptmonitor.reports.page.Block;
import io.promptmonitor.reports.page.Block.Bullets;
import io.promptmonitor.reports.page.Block.Table;
import io.promptmonitor.reports.page.Bullet;
import io.promptmonitor.reports.page.Cell;
import io.promptmonitor.reports.page.Column;
import io.promptmonitor.reports.page.Section;
import io.promptmonitor.reports.page.Tone;
import io.promptmonitor.reports.text.Numbers;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;

/** What the figures are taken from, and what they leave out. */
final class CoverageSection {

  private CoverageSection() {}

  static Section of(DailyReport report) {
    Coverage coverage = report.coverage();
    List<Bullet> bullets = new ArrayList<>();
    bullets.add(
        Bullet.of(
            "Day", report.date() + " 00:00 UTC to " + report.date().plusDays(1) + " 00:00 UTC"));
    bullets.add(
        Bullet.of(
                "Status",
                report.completeness().isFinal() ? "final" : "provisional",
                report.completeness().isFinal()
                    ? null
                    : String.join(" ", report.completeness().reasons()))
            .in(report.completeness().isFinal() ? Tone.GOOD : Tone.WARNING));
    bullets.add(Bullet.of("Executions Counted", Numbers.count(coverage.executions())));
    bullets.add(Bullet.of("Hours with Traffic", coverage.hoursWithTraffic() + " of 24"));
    bullets.add(
        Bullet.of(
                "Late Records",
                Numbers.count(coverage.late()),
                "of all prompts: after their window had closed, not counted")
            .in(coverage.late() > 0 ? Tone.WARNING : Tone.PLAIN));
    long rejected = coverage.rejected().values().stream().mapToLong(Long::longValue).sum();
    bullets.add(
        Bullet.of(
                "Rejected Records",
                Numbers.count(rejected),
                "of all prompts: duplicates, and what could not be used")
            .in(rejected > 0 ? Tone.WARNING : Tone.PLAIN));
    List<Block> blocks = new ArrayList<>();
    blocks.add(new Bullets(bullets));
    if (!coverage.rejected().isEmpty()) {
      blocks.add(
          new Table(
              "Rejected records of all prompts by reason",
              List.of(Column.text("Reason"), Column.number("Records")),
              coverage.rejected().entrySet().stream()
                  .sorted(
                      Map.Entry.<String, Long>comparingByValue(Comparator.reverseOrder())
                          .thenComparing(Map.Entry.comparingByKey()))
                  .map(
                      entry ->
                          List.of(
                              Cell.of(entry.getKey()), Cell.of(Numbers.count(entry.getValue()))))
                  .toList()));
    }
    return new Section("coverage", "Coverage", blocks);
  }
}
