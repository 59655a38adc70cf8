package io.promptmonitor.common.registry;

import io.promptmonitor.common.metrics.BaselineSource;
import io.promptmonitor.common.metrics.Metric;
import io.promptmonitor.common.registry.DeploymentSpecification.AlertThreshold;
import io.promptmonitor.common.registry.DeploymentSpecification.PerformanceBaseline;
import io.promptmonitor.common.registry.DeploymentSpecification.RollbackTriggers;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * What the streaming job knows of a version: its definition and where it is in its life cycle,
 * without the prompt's text.
 *
 * @param definition what was registered
 * @param deployment where it is in its life cycle
 * @param replaced the version that it last replaced when it was deployed; null if there was none
 */
public record RegisteredVersion(
    VersionDefinition definition, Deployment deployment, @Nullable SemanticVersion replaced) {

  public RegisteredVersion {
    Objects.requireNonNull(definition, "definition");
    Objects.requireNonNull(deployment, "deployment");
  }

  /** The version that a rollback goes to: as the definition says, else the one it replaced. */
  public @Nullable SemanticVersion rollbackReference() {
    SemanticVersion stated = definition.rollback().reference();
    return stated != null ? stated : replaced;
  }

  /** The quality that was predicted when the prompt was built, 0 to 10; NaN if it is unknown. */
  public double predictedQuality() {
    Double predicted = definition.performance().predictedQuality();
    return predicted == null ? Double.NaN : predicted;
  }

  /**
   * What is expected of a metric, in the metric's unit: as the version's {@code performance} says,
   * else its {@code performance_baseline}. Null if nothing is, as it is for most metrics.
   */
  public @Nullable Double baseline(Metric metric) {
    BaselineSource source = metric.baseline();
    if (source == null) {
      return null;
    }
    Performance performance = definition.performance();
    DeploymentSpecification specification = definition.specification();
    PerformanceBaseline specified =
        specification == null ? PerformanceBaseline.none() : specification.performanceBaseline();
    Double stated =
        switch (source) {
          case EXPECTED_ACCURACY, EXPECTED_FAILURES ->
              first(performance.baselineAccuracy(), specified.expectedAccuracy());
          case EXPECTED_LATENCY_P50 ->
              first(performance.baselineLatencyP50(), specified.expectedLatencyP50());
          case EXPECTED_LATENCY_P95 ->
              first(performance.baselineLatencyP95(), specified.expectedLatencyP95());
          case TOKEN_BUDGET_AVERAGE -> specified.tokenBudgetAverage();
          case CONSISTENCY_TARGET -> specified.consistencyTarget();
        };
    return stated == null ? null : source.baseline(stated);
  }

  /** When to alert, as the version's specification says; empty if it says nothing. */
  public List<AlertThreshold> alertThresholds() {
    DeploymentSpecification specification = definition.specification();
    return specification == null ? List.of() : specification.alertThresholds();
  }

  /** When to roll back, as the version's specification says; none if it says nothing. */
  public RollbackTriggers rollbackTriggers() {
    DeploymentSpecification specification = definition.specification();
    return specification == null ? RollbackTriggers.none() : specification.rollbackTriggers();
  }

  /** Who is told of its alerts, as the version's specification says; empty if it says nothing. */
  public List<String> alertingChannels() {
    DeploymentSpecification specification = definition.specification();
    return specification == null ? List.of() : specification.monitoring().alertingChannels();
  }

  private static @Nullable Double first(@Nullable Double preferred, @Nullable Double otherwise) {
    return preferred != null ? preferred : otherwise;
  }
}
