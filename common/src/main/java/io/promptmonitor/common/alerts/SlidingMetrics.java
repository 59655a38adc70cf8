package io.promptmonitor.common.alerts;

import io.promptmonitor.common.conditions.MetricValues;
import io.promptmonitor.common.metrics.Metric;
import io.promptmonitor.common.windows.SlidingWindow;
import io.promptmonitor.common.windows.SlidingWindows;

/**
 * The metrics of a sliding window. Its percentiles are beside its counters, not among them.
 *
 * @param predictedQuality see {@link SlidingWindows}
 */
public record SlidingMetrics(SlidingWindow window, double predictedQuality)
    implements MetricValues {

  @Override
  public double value(Metric metric) {
    return switch (metric) {
      case LATENCY_P50 -> window.latencyP50();
      case LATENCY_P95 -> window.latencyP95();
      case LATENCY_P99 -> window.latencyP99();
      default -> metric.number(window.counters(), predictedQuality);
    };
  }

  @Override
  public long countAbove(Metric percentile, double threshold) {
    return switch (percentile) {
      case LATENCY_P50, LATENCY_P95, LATENCY_P99 -> window.slowerThan(threshold);
      default -> -1;
    };
  }
}
