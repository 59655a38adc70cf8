package io.promptmonitor.common.alerts;

import io.promptmonitor.common.conditions.MetricValues;
import io.promptmonitor.common.metrics.Metric;
import io.promptmonitor.common.windows.SlidingWindow;

/** The metrics of a sliding window. Its percentiles are beside its counters, not among them. */
public record SlidingMetrics(SlidingWindow window) implements MetricValues {

  @Override
  public double value(Metric metric) {
    return switch (metric) {
      case LATENCY_P50 -> window.latencyP50();
      case LATENCY_P95 -> window.latencyP95();
      case LATENCY_P99 -> window.latencyP99();
      default -> {
        Object value = metric.value(window.counters(), window.predictedQuality());
        yield value instanceof Number number ? number.doubleValue() : Double.NaN;
      }
    };
  }
}
