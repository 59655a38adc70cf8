package io.promptmonitor.common.metrics;

import java.math.BigDecimal;

/**
 * Where a metric's baseline comes from: a key of the block {@code performance_baseline} of a
 * version's deployment specification.
 */
public enum BaselineSource {
  /** Share of executions that should succeed, 0 to 1. */
  EXPECTED_ACCURACY("expected_accuracy", false),
  /** Share of executions that may fail: what the expected accuracy leaves, 0 to 1. */
  EXPECTED_FAILURES("expected_accuracy", true),
  /** Median latency in milliseconds. */
  EXPECTED_LATENCY_P50("expected_latency_p50", false),
  /** 95th percentile of the latency in milliseconds. */
  EXPECTED_LATENCY_P95("expected_latency_p95", false),
  /** Mean total tokens of an execution. */
  TOKEN_BUDGET_AVERAGE("token_budget_average", false),
  /** The consistency rate to be reached, 0 to 1. */
  CONSISTENCY_TARGET("consistency_target", false);

  private final String key;
  private final boolean complement;

  BaselineSource(String key, boolean complement) {
    this.key = key;
    this.complement = complement;
  }

  /** The key in {@code performance_baseline}. */
  public String key() {
    return key;
  }

  /** The baseline, given the value of the key. */
  public double baseline(double stated) {
    // In decimal: 1 - 0.95 is 0.05, not 0.050000000000000044.
    return complement ? BigDecimal.ONE.subtract(BigDecimal.valueOf(stated)).doubleValue() : stated;
  }
}
