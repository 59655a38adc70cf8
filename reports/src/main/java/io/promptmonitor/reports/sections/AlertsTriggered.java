package io.promptmonitor.reports.sections;

import io.promptmonitor.common.alerts.Severity;
import io.promptmonitor.common.report.AlertsOfDay;
import io.promptmonitor.common.report.AlertsOfDay.Episode;
import io.promptmonitor.common.report.DailyReport;
import io.promptmonitor.reports.page.Block;
import io.promptmonitor.reports.page.Block.Bullets;
import io.promptmonitor.reports.page.Block.Table;
import io.promptmonitor.reports.page.Bullet;
import io.promptmonitor.reports.page.Cell;
import io.promptmonitor.reports.page.Column;
import io.promptmonitor.reports.page.Section;
import io.promptmonitor.reports.page.Tone;
import io.promptmonitor.reports.text.MetricFormat;
import io.promptmonitor.reports.text.Numbers;
import io.promptmonitor.reports.text.Times;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.List;

/** The alerts that began to fire on the day. */
final class AlertsTriggered {

  private AlertsTriggered() {}

  static Section of(DailyReport report) {
    AlertsOfDay alerts = report.alerts();
    List<Bullet> bullets =
        new ArrayList<>(
            List.of(
                Bullet.of("Warning", Numbers.count(alerts.warning()))
                    .in(alerts.warning() > 0 ? Tone.WARNING : Tone.PLAIN),
                Bullet.of("Critical", Numbers.count(alerts.critical()))
                    .in(alerts.critical() > 0 ? Tone.BAD : Tone.PLAIN),
                Bullet.of("Rollbacks", Numbers.count(report.rollbacks().count()))
                    .in(report.rollbacks().count() > 0 ? Tone.BAD : Tone.PLAIN)));
    if (alerts.medianSecondsToResolve() != null) {
      bullets.add(
          Bullet.of("Median Time to Resolve", Times.duration(alerts.medianSecondsToResolve())));
    }
    List<Block> blocks = new ArrayList<>();
    blocks.add(new Bullets(bullets));
    if (!alerts.episodes().isEmpty()) {
      blocks.add(
          new Table(
              "Alerts that began to fire on the day",
              List.of(
                  Column.text("Rule"),
                  Column.text("Severity"),
                  Column.text("Version"),
                  Column.text("Fired"),
                  Column.text("Resolved"),
                  Column.text("What Was Seen"),
                  Column.text("Acknowledged By")),
              alerts.episodes().stream().map(episode -> row(report.date(), episode)).toList()));
    }
    return new Section("alerts-triggered", "Alerts Triggered", blocks);
  }

  private static List<Cell> row(LocalDate date, Episode episode) {
    return List.of(
        Cell.of(episode.rule(), episode.alertId()),
        Cell.of(episode.severity().label())
            .in(episode.severity() == Severity.CRITICAL ? Tone.BAD : Tone.WARNING),
        Cell.of(episode.version()),
        Cell.of(Times.on(date, episode.firedAt())),
        resolved(date, episode),
        Cell.of(seen(episode)),
        episode.acknowledgedBy() == null
            ? Cell.faint("nobody")
            : Cell.of(episode.acknowledgedBy()));
  }

  private static Cell resolved(LocalDate date, Episode episode) {
    Double seconds = episode.secondsToResolve();
    return episode.resolvedAt() == null || seconds == null
        ? Cell.of("still firing").in(Tone.BAD)
        : Cell.of(Times.on(date, episode.resolvedAt()), "after " + Times.duration(seconds));
  }

  private static String seen(Episode episode) {
    if (episode.metric() == null || episode.value() == null) {
      return "no value";
    }
    MetricFormat format = MetricFormat.of(episode.metric());
    String value = episode.metric() + " " + format.value(episode.value());
    return episode.operator() == null || episode.threshold() == null
        ? value
        : value + " " + episode.operator() + " " + format.value(episode.threshold());
  }
}
