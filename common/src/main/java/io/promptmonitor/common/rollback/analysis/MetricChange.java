package io.promptmonitor.common.rollback.analysis;

import com.fasterxml.jackson.databind.PropertyNamingStrategies.SnakeCaseStrategy;
import com.fasterxml.jackson.databind.annotation.JsonNaming;
import io.promptmonitor.common.comparison.MetricComparison;
import io.promptmonitor.common.comparison.MetricEstimate;
import io.promptmonitor.common.comparison.MetricReading;
import io.promptmonitor.common.comparison.ObservedSpan;
import io.promptmonitor.common.comparison.Verdict;
import io.promptmonitor.common.metrics.Metric;

/**
 * What became of one metric: before the failing version, while it was active, and after the
 * rollback.
 *
 * @param metric the metric's column in {@code window_metrics}
 * @param before the version before
 * @param failing the failing version
 * @param after what is active after the rollback
 * @param failingVersusBefore what the failing version did
 * @param afterVersusFailing what the rollback did
 * @param afterVersusBefore whether all is as it was
 * @param text the same in a sentence
 */
@JsonNaming(SnakeCaseStrategy.class)
public record MetricChange(
    String metric,
    MetricReading before,
    MetricReading failing,
    MetricReading after,
    MetricComparison failingVersusBefore,
    MetricComparison afterVersusFailing,
    MetricComparison afterVersusBefore,
    String text) {

  static MetricChange of(
      Metric metric, ObservedSpan before, ObservedSpan failing, ObservedSpan after) {
    MetricEstimate old = MetricEstimate.of(metric, before);
    MetricEstimate bad = MetricEstimate.of(metric, failing);
    MetricEstimate now = MetricEstimate.of(metric, after);
    MetricReading oldReading = old.reading();
    MetricReading badReading = bad.reading();
    MetricReading nowReading = now.reading();
    MetricComparison broke = MetricComparison.of(metric, bad, old);
    MetricComparison mended = MetricComparison.of(metric, now, bad);
    MetricComparison restored = MetricComparison.of(metric, now, old);
    String text =
        metric.column()
            + ": "
            + oldReading.text(metric)
            + " before, "
            + badReading.text(metric)
            + " with the failing version: "
            + broke.verdict().words()
            + "; "
            + nowReading.text(metric)
            + " after the rollback: "
            + mended.verdict().words()
            + (mended.verdict() == Verdict.NOT_DISTINGUISHABLE ? " from" : beside(mended))
            + " the failing version, "
            + restored.verdict().words()
            + (restored.verdict() == Verdict.NOT_DISTINGUISHABLE ? " from" : beside(restored))
            + " before";
    return new MetricChange(
        metric.column(), oldReading, badReading, nowReading, broke, mended, restored, text);
  }

  private static String beside(MetricComparison comparison) {
    return comparison.verdict() == Verdict.UNKNOWN ? " with" : " than";
  }
}
