package io.promptmonitor.flinksql;

import io.promptmonitor.common.sketch.QuantileUnion;

/**
 * The aggregate {@code latency_percentile(p, latency)}: the value below which the share {@code p},
 * 0 to 1, of all values lies.
 */
public final class Percentile extends DistributionAggregate {

  /** For Flink. */
  public Percentile() {}

  @Override
  void check(double asked) {
    requireShare(asked);
  }

  static void requireShare(double p) {
    if (!(p >= 0 && p <= 1)) {
      throw new IllegalArgumentException("a percentile lies between 0 and 1, not " + p);
    }
  }

  @Override
  double answer(QuantileUnion distribution, double asked) {
    return distribution.quantile(asked);
  }
}
