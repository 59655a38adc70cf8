package io.promptmonitor.reports.sections;

import io.promptmonitor.common.report.DailyReport;
import io.promptmonitor.common.report.RollbacksOfDay;
import io.promptmonitor.common.report.RollbacksOfDay.Allowance;
import io.promptmonitor.common.report.RollbacksOfDay.Event;
import io.promptmonitor.reports.page.Block;
import io.promptmonitor.reports.page.Block.Bullets;
import io.promptmonitor.reports.page.Block.Table;
import io.promptmonitor.reports.page.Bullet;
import io.promptmonitor.reports.page.Cell;
import io.promptmonitor.reports.page.Column;
import io.promptmonitor.reports.page.Section;
import io.promptmonitor.reports.page.Tone;
import io.promptmonitor.reports.text.Numbers;
import io.promptmonitor.reports.text.Times;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.List;

/** What was rolled back, what was demanded and did not happen, and what is still allowed. */
final class Rollbacks {

  private Rollbacks() {}

  static Section of(DailyReport report) {
    RollbacksOfDay rollbacks = report.rollbacks();
    List<Block> blocks = new ArrayList<>();
    blocks.add(
        new Bullets(
            List.of(
                Bullet.of("Rollbacks", Numbers.count(rollbacks.count())),
                allowance(report.date(), rollbacks.allowance()))));
    if (!rollbacks.events().isEmpty()) {
      blocks.add(
          new Table(
              "Rollbacks of the day, and those that did not happen",
              List.of(
                  Column.text("Time"),
                  Column.text("Kind"),
                  Column.text("From"),
                  Column.text("To"),
                  Column.text("Status"),
                  Column.text("Reason"),
                  Column.text("Outcome")),
              rollbacks.events().stream().map(event -> row(report.date(), event)).toList()));
    }
    return new Section("rollbacks", "Rollbacks", blocks);
  }

  private static Bullet allowance(LocalDate date, Allowance allowance) {
    String label = "Automatic Rollbacks Left";
    if (allowance.interventionSince() != null) {
      return Bullet.of(
              label,
              "none",
              "manual intervention required since "
                  + Times.on(date, allowance.interventionSince())
                  + ", until an operator clears the prompt")
          .in(Tone.BAD);
    }
    Long remaining = allowance.remaining();
    if (remaining == null || allowance.maxPerDay() == null) {
      return Bullet.of(label, "all", "the prompt was never rolled back automatically");
    }
    return Bullet.of(
            label,
            Numbers.count(remaining),
            Numbers.count(allowance.used())
                + " of "
                + Numbers.count(allowance.maxPerDay())
                + " in 24 hours used")
        .in(remaining == 0 ? Tone.BAD : Tone.PLAIN);
  }

  private static List<Cell> row(LocalDate date, Event event) {
    return List.of(
        Cell.of(Times.on(date, event.happenedAt()), event.rollbackId()),
        Cell.of(event.kind()),
        Cell.of(event.fromVersion()),
        event.toVersion() == null ? Cell.faint("none") : Cell.of(event.toVersion()),
        Cell.of(words(event.status()))
            .in(event.status().equals("switched") ? Tone.PLAIN : Tone.WARNING),
        Cell.of(event.reason()),
        event.outcome() == null ? Cell.faint("not known") : outcome(event.outcome()));
  }

  private static Cell outcome(String outcome) {
    Cell cell = Cell.of(words(outcome));
    return switch (outcome) {
      case "recovered" -> cell.in(Tone.GOOD);
      case "not_recovered" -> cell.in(Tone.BAD);
      default -> cell;
    };
  }

  private static String words(String constant) {
    return constant.replace('_', ' ');
  }
}
