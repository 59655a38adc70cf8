package io.promptmonitor.flinksql;

import io.promptmonitor.common.sketch.QuantileUnion;

/**
 * The aggregate {@code latency_share_above(ms, latency)}: which share of all values, 0 to 1, is
 * above a threshold.
 */
public final class ShareAbove extends DistributionAggregate {

  /** For Flink. */
  public ShareAbove() {}

  @Override
  void check(double asked) {
    requireFinite(asked);
  }

  static void requireFinite(double threshold) {
    if (!Double.isFinite(threshold)) {
      throw new IllegalArgumentException("a threshold is a finite number, not " + threshold);
    }
  }

  @Override
  double answer(QuantileUnion distribution, double asked) {
    return (double) distribution.countAbove(asked) / distribution.count();
  }
}
