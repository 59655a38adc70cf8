package io.promptmonitor.common.conditions;

import io.promptmonitor.common.metrics.Metric;
import org.jspecify.annotations.Nullable;

/** What is expected of a version's metrics. */
@FunctionalInterface
public interface Baselines {

  /** What is expected of a metric, in the metric's unit; null if nothing is. */
  @Nullable Double of(Metric metric);

  /** Of a version of which nothing is known. */
  static Baselines unknown() {
    return metric -> null;
  }
}
