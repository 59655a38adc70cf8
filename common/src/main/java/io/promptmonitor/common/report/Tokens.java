package io.promptmonitor.common.report;

import io.promptmonitor.common.metrics.Metric;
import io.promptmonitor.common.metrics.WindowAggregate;
import io.promptmonitor.common.registry.DeploymentSpecification;
import io.promptmonitor.common.registry.DeploymentSpecification.PerformanceBaseline;
import io.promptmonitor.common.registry.RegisteredVersion;
import io.promptmonitor.common.sketch.QuantileSketch;
import io.promptmonitor.common.sketch.QuantileUnion;
import org.jspecify.annotations.Nullable;

/** What executions of a day took in tokens. */
final class Tokens {

  private Tokens() {}

  /**
   * Tokens against a budget.
   *
   * @param active the version whose budget is meant; null if none is known
   */
  static TokenUse of(TrafficOfDay today, @Nullable RegisteredVersion active) {
    WindowAggregate all = today.all();
    PerformanceBaseline budget = budget(active);
    QuantileSketch tokens = all.tokenQuantiles();
    long n = all.executionCount();
    Double max = budget.tokenBudgetMax();
    return new TokenUse(
        all.inputTokens() + all.outputTokens(),
        n == 0 ? null : (double) all.inputTokens() / n,
        n == 0 ? null : (double) all.outputTokens() / n,
        today.reading(Metric.AVG_TOTAL_TOKENS),
        tokens == null ? null : tokens.quantile(0.95),
        largest(all),
        budget.tokenBudgetAverage(),
        max,
        tokens == null || max == null ? null : shareAbove(tokens, max));
  }

  /** Tokens of the largest execution; null without executions. */
  static @Nullable Double largest(WindowAggregate window) {
    QuantileSketch tokens = window.tokenQuantiles();
    return tokens == null ? null : tokens.quantile(1);
  }

  private static PerformanceBaseline budget(@Nullable RegisteredVersion active) {
    DeploymentSpecification specification =
        active == null ? null : active.definition().specification();
    return specification == null ? PerformanceBaseline.none() : specification.performanceBaseline();
  }

  private static double shareAbove(QuantileSketch tokens, double limit) {
    QuantileUnion union = new QuantileUnion();
    union.add(tokens);
    return (double) union.countAbove(limit) / union.count();
  }
}
