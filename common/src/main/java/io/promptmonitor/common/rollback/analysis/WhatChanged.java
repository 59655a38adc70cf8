package io.promptmonitor.common.rollback.analysis;

import io.promptmonitor.common.comparison.MetricEstimate;
import io.promptmonitor.common.comparison.ObservedSpan;
import io.promptmonitor.common.metrics.Metric;
import java.util.List;
import java.util.stream.Stream;

/**
 * What became of the metrics: before the failing version, while it was active, and after the
 * rollback.
 *
 * <p>Each interval stands for itself at 95 %; of many metrics that are all as they were, one in
 * twenty will be called worse or better. Intervals of consistency, and of input and output tokens
 * apart, are not known: what would be needed is not kept.
 */
public final class WhatChanged {

  private WhatChanged() {}

  /**
   * The change of every metric that does not depend on how long the spans are and that is known in
   * at least one of them, in the order of {@link Metric}.
   */
  public static List<MetricChange> of(
      ObservedSpan before, ObservedSpan failing, ObservedSpan after) {
    return Stream.of(Metric.values())
        .filter(MetricEstimate::isCompared)
        .map(metric -> MetricChange.of(metric, before, failing, after))
        .filter(
            change ->
                change.before().value() != null
                    || change.failing().value() != null
                    || change.after().value() != null)
        .toList();
  }
}
