package io.promptmonitor.common.comparison;

import io.promptmonitor.common.conditions.MetricValues;
import io.promptmonitor.common.metrics.Metric;
import io.promptmonitor.common.metrics.WindowAggregate;
import java.util.Objects;

/**
 * The executions of one version in one span of time.
 *
 * @param aggregate everything that is known of them; empty if there were none
 * @param predictedQuality the quality that was predicted for the version, 0 to 10; NaN if it is
 *     unknown
 */
public record ObservedSpan(WindowAggregate aggregate, double predictedQuality)
    implements MetricValues {

  public ObservedSpan {
    Objects.requireNonNull(aggregate, "aggregate");
  }

  @Override
  public double value(Metric metric) {
    return metric.number(aggregate, predictedQuality);
  }
}
