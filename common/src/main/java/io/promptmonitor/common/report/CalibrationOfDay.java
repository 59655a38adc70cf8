package io.promptmonitor.common.report;

import io.promptmonitor.common.calibration.CalibrationStatus;
import io.promptmonitor.common.comparison.MetricReading;
import io.promptmonitor.common.comparison.ObservedSpan;
import io.promptmonitor.common.metrics.Metric;
import io.promptmonitor.common.metrics.MetricText;
import io.promptmonitor.common.metrics.QualityCounts;
import io.promptmonitor.common.report.Calibration.OfVersion;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Predicted quality against actual, on one day. */
final class CalibrationOfDay {

  private CalibrationOfDay() {}

  static Calibration of(TrafficOfDay today) {
    List<OfVersion> versions = new ArrayList<>();
    double weighted = 0;
    long n = 0;
    for (var version : today.byVersion().entrySet()) {
      ObservedSpan span = version.getValue();
      QualityCounts quality = span.aggregate().quality();
      MetricReading bias = TrafficOfDay.reading(Metric.CALIBRATION_BIAS, span);
      Double value = bias.value();
      if (value == null) {
        continue;
      }
      versions.add(
          new OfVersion(version.getKey(), span.predictedQuality(), quality.averageQuality(), bias));
      weighted += bias.n() * Math.abs(value);
      n += bias.n();
    }
    if (n == 0) {
      return new Calibration(
          null,
          null,
          false,
          "no ratings or scores of a version that predicts its quality",
          versions);
    }
    double delta = weighted / n;
    OfVersion worst = worst(versions);
    return new Calibration(delta, status(delta, n), worst != null, why(worst), versions);
  }

  private static @Nullable CalibrationStatus status(double delta, long n) {
    CalibrationStatus status = CalibrationStatus.of(delta, n);
    return status == CalibrationStatus.INSUFFICIENT_DATA ? null : status;
  }

  /** The version that is furthest off, of those whose prediction is wrong for sure. */
  private static @Nullable OfVersion worst(List<OfVersion> versions) {
    OfVersion worst = null;
    for (OfVersion version : versions) {
      if (isWrong(version.bias()) && (worst == null || delta(version) > delta(worst))) {
        worst = version;
      }
    }
    return worst;
  }

  private static double delta(OfVersion version) {
    return Math.abs(version.predicted() - version.actual());
  }

  private static boolean isWrong(MetricReading bias) {
    Double value = bias.value();
    Double lower = bias.lower();
    Double upper = bias.upper();
    return value != null
        && bias.n() >= CalibrationStatus.MIN_COUNT
        && Math.abs(value) >= CalibrationStatus.MINOR
        && ((lower != null && lower > 0) || (upper != null && upper < 0));
  }

  private static String why(@Nullable OfVersion worst) {
    if (worst == null) {
      return "no version is off by "
          + MetricText.number(CalibrationStatus.MINOR)
          + " or more beyond what chance explains";
    }
    return "version "
        + worst.version()
        + " predicted "
        + MetricText.number(worst.predicted())
        + " and reached "
        + MetricText.number(worst.actual())
        + " ("
        + worst.bias().n()
        + " ratings and scores)";
  }
}
