package io.promptmonitor.reports.sections;

import io.promptmonitor.common.calibration.CalibrationStatus;
import io.promptmonitor.common.metrics.Metric;
import io.promptmonitor.common.report.Calibration;
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
import io.promptmonitor.reports.text.Readings;
import java.util.ArrayList;
import java.util.List;

/** Predicted quality against actual. */
final class CalibrationSection {

  private static final MetricFormat BIAS = MetricFormat.of(Metric.CALIBRATION_BIAS);

  private CalibrationSection() {}

  static Section of(DailyReport report) {
    Calibration calibration = report.calibration();
    List<Block> blocks = new ArrayList<>();
    blocks.add(
        new Bullets(
            List.of(
                Bullet.of(
                    "Average Delta",
                    calibration.averageDelta() == null
                        ? "insufficient data"
                        : Numbers.fixed(calibration.averageDelta(), 2),
                    "on the scale from 0 to 10"),
                Bullet.of(
                        "Status",
                        calibration.status() == null
                            ? "insufficient data"
                            : calibration.status().label())
                    .in(tone(calibration)),
                Bullet.of(
                    "Adjustment Recommended",
                    calibration.adjustmentRecommended() ? "yes" : "no",
                    calibration.why()))));
    if (!calibration.versions().isEmpty()) {
      blocks.add(
          new Table(
              "Predicted and actual quality by version, 0 to 10",
              List.of(
                  Column.text("Version"),
                  Column.number("Predicted"),
                  Column.number("Actual"),
                  Column.number("Predicted Minus Actual")),
              calibration.versions().stream().map(CalibrationSection::row).toList()));
    }
    return new Section("calibration-status", "Calibration Status", blocks);
  }

  private static Tone tone(Calibration calibration) {
    CalibrationStatus status = calibration.status();
    if (status == null) {
      return Tone.FAINT;
    }
    return switch (status) {
      case WELL_CALIBRATED -> Tone.GOOD;
      case MINOR_DRIFT -> Tone.WARNING;
      case SIGNIFICANT_DRIFT -> Tone.BAD;
      case INSUFFICIENT_DATA -> Tone.FAINT;
    };
  }

  private static List<Cell> row(Calibration.OfVersion version) {
    return List.of(
        Cell.of(version.version()),
        Cell.of(Numbers.fixed(version.predicted(), 2)),
        Cell.of(Numbers.fixed(version.actual(), 2)),
        Readings.differenceCell(BIAS, version.bias()));
  }
}
