package io.promptmonitor.common.report;

import io.promptmonitor.common.comparison.MetricReading;
import io.promptmonitor.common.comparison.ObservedSpan;
import io.promptmonitor.common.metrics.Metric;
import io.promptmonitor.common.metrics.Worse;
import io.promptmonitor.common.registry.DeploymentSpecification;
import io.promptmonitor.common.registry.DeploymentSpecification.AlertThreshold;
import io.promptmonitor.common.registry.DeploymentSpecification.PerformanceBaseline;
import io.promptmonitor.common.registry.RegisteredVersion;
import io.promptmonitor.common.report.ComplianceCheck.Result;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Compares a version's executions of a day with each limit of its specification.
 *
 * <p>A threshold is kept if the value is not beyond it, as alerts compare. What is only expected is
 * kept unless the value is beyond it for sure: with the whole of its 95 % interval.
 */
final class SpecificationCheck {

  private final String version;
  private final ObservedSpan span;
  private final @Nullable Double consistency;
  private final List<ComplianceCheck> checks = new ArrayList<>();

  private SpecificationCheck(String version, ObservedSpan span, @Nullable Double consistency) {
    this.version = version;
    this.span = span;
    this.consistency = consistency;
  }

  /**
   * The checks of a version; none if it has no specification.
   *
   * @param span its executions of the day
   * @param consistency its consistency rate of the day; null if it is not known
   */
  static List<ComplianceCheck> of(
      RegisteredVersion registered, ObservedSpan span, @Nullable Double consistency) {
    DeploymentSpecification specification = registered.definition().specification();
    if (specification == null) {
      return List.of();
    }
    SpecificationCheck check =
        new SpecificationCheck(registered.definition().versionId().toString(), span, consistency);
    specification.alertThresholds().forEach(check::threshold);
    check.expectations(specification.performanceBaseline());
    return List.copyOf(check.checks);
  }

  private void threshold(AlertThreshold threshold) {
    Metric metric = threshold.metric();
    String requirement = "alert_thresholds." + metric.column();
    compare(requirement + ".critical", metric, threshold.critical(), false);
    compare(requirement + ".warning", metric, threshold.warning(), false);
  }

  private void expectations(PerformanceBaseline expected) {
    String block = "performance_baseline.";
    compare(block + "expected_accuracy", Metric.SUCCESS_RATE, expected.expectedAccuracy(), true);
    compare(
        block + "expected_latency_p50", Metric.LATENCY_P50, expected.expectedLatencyP50(), true);
    compare(
        block + "expected_latency_p95", Metric.LATENCY_P95, expected.expectedLatencyP95(), true);
    compare(
        block + "token_budget_average",
        Metric.AVG_TOTAL_TOKENS,
        expected.tokenBudgetAverage(),
        true);
    largest(block + "token_budget_max", expected.tokenBudgetMax());
    consistency(block + "consistency_target", expected.consistencyTarget());
  }

  private void compare(
      String requirement, Metric metric, @Nullable Double limit, boolean expectation) {
    if (limit == null) {
      return;
    }
    MetricReading reading = TrafficOfDay.reading(metric, span);
    String reason = SampleSize.tooFew(metric, reading.n(), "today");
    if (reason == null && reading.value() == null) {
      reason = "not known today";
    }
    boolean atMost = metric.worse() != Worse.LOWER;
    Double surest = atMost ? reading.lower() : reading.upper();
    Double compared = expectation && surest != null ? surest : reading.value();
    add(requirement, metric.column(), reading, atMost, limit, compared, reason);
  }

  private void largest(String requirement, @Nullable Double limit) {
    if (limit == null) {
      return;
    }
    long n = span.aggregate().executionCount();
    Double largest = Tokens.largest(span.aggregate());
    MetricReading reading = new MetricReading(largest, null, null, n);
    String reason = largest == null ? "no executions today" : null;
    add(requirement, Metric.AVG_TOTAL_TOKENS.column(), reading, true, limit, largest, reason);
  }

  private void consistency(String requirement, @Nullable Double limit) {
    if (limit == null) {
      return;
    }
    MetricReading reading =
        new MetricReading(consistency, null, null, span.aggregate().executionCount());
    String reason = consistency == null ? "no input was seen twice today" : null;
    add(requirement, Metric.CONSISTENCY_RATE.column(), reading, false, limit, consistency, reason);
  }

  private void add(
      String requirement,
      String metric,
      MetricReading reading,
      boolean atMost,
      double limit,
      @Nullable Double compared,
      @Nullable String reason) {
    Result result;
    if (reason != null) {
      result = Result.INSUFFICIENT_DATA;
    } else {
      double value = Objects.requireNonNull(compared);
      result = (atMost ? value <= limit : value >= limit) ? Result.PASSED : Result.FAILED;
    }
    checks.add(
        new ComplianceCheck(
            requirement, metric, version, reading, atMost ? "<=" : ">=", limit, result, reason));
  }
}
