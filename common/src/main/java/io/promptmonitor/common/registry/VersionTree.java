package io.promptmonitor.common.registry;

import io.promptmonitor.common.registry.DeploymentSpecification.AlertThreshold;
import io.promptmonitor.common.registry.DeploymentSpecification.Monitoring;
import io.promptmonitor.common.registry.DeploymentSpecification.PerformanceBaseline;
import io.promptmonitor.common.registry.DeploymentSpecification.RollbackTriggers;
import io.promptmonitor.common.registry.DeploymentSpecification.VersionControl;
import io.promptmonitor.common.registry.Exploration.Alternative;
import io.promptmonitor.common.registry.Exploration.ExplorationDecision;
import java.math.BigDecimal;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The blocks of a version as maps, lists, texts, booleans and {@link BigDecimal}s, with the spec's
 * keys in the spec's order; what is null or empty is left out.
 */
final class VersionTree {

  private final Map<String, Object> entries = new LinkedHashMap<>();

  private VersionTree() {}

  /** What was registered of a version. */
  static Map<String, Object> of(VersionDefinition definition) {
    return blocks(null, definition, null, null);
  }

  /**
   * A version with its state, and with the values that the registry filled in.
   *
   * @param promptText stands for the version's text
   */
  static Map<String, Object> of(PromptVersion version, String promptText) {
    VersionDefinition registered = version.definition();
    VersionDefinition effective =
        new VersionDefinition(
            registered.versionId(),
            registered.promptHash(),
            version.createdAt(),
            version.createdBy(),
            registered.exploration(),
            registered.performance(),
            new RollbackPolicy(
                version.rollbackReference(), registered.rollback().autoRollbackEnabled()),
            registered.specification());
    return blocks(version.promptId(), effective, promptText, version.deployment());
  }

  private static Map<String, Object> blocks(
      @Nullable String promptId,
      VersionDefinition definition,
      @Nullable String promptText,
      @Nullable Deployment deployment) {
    Exploration exploration = definition.exploration();
    DeploymentSpecification specification = definition.specification();
    return new VersionTree()
        .put("prompt_id", promptId)
        .put("PromptVersion", promptVersion(definition, promptText, deployment))
        .put("deployment_specification", specification == null ? null : block(specification))
        .put("exploration_analysis", exploration == null ? null : analysis(exploration))
        .entries;
  }

  private static VersionTree promptVersion(
      VersionDefinition definition, @Nullable String promptText, @Nullable Deployment deployment) {
    Exploration exploration = definition.exploration();
    Performance performance = definition.performance();
    RollbackPolicy rollback = definition.rollback();
    return new VersionTree()
        .put("version_id", definition.versionId())
        .put("prompt_text", promptText)
        .put("prompt_hash", definition.promptHash())
        .put("created_at", definition.createdAt())
        .put("created_by", definition.createdBy())
        .put("deployment", deployment == null ? null : state(deployment))
        .put(
            "exploration",
            exploration == null
                ? null
                : new VersionTree()
                    .put("path", exploration.path())
                    .put("techniques", exploration.techniques())
                    .put("complexity", exploration.complexity()))
        .put(
            "performance",
            new VersionTree()
                .put("predicted_quality", performance.predictedQuality())
                .put("baseline_accuracy", performance.baselineAccuracy())
                .put("baseline_latency_p50", performance.baselineLatencyP50())
                .put("baseline_latency_p95", performance.baselineLatencyP95()))
        .put(
            "rollback",
            new VersionTree()
                .put("reference", rollback.reference())
                .put("auto_rollback_enabled", rollback.autoRollbackEnabled()));
  }

  private static VersionTree state(Deployment deployment) {
    return new VersionTree()
        .put("status", deployment.status().label())
        .put("deployed_at", deployment.deployedAt())
        .put("deployed_by", deployment.deployedBy());
  }

  private static VersionTree block(DeploymentSpecification specification) {
    VersionControl control = specification.versionControl();
    PerformanceBaseline baseline = specification.performanceBaseline();
    RollbackTriggers triggers = specification.rollbackTriggers();
    Monitoring monitoring = specification.monitoring();
    return new VersionTree()
        .put(
            "version_control",
            new VersionTree()
                .put("version_id", control.versionId())
                .put("prompt_hash", control.promptHash())
                .put("created_at", specTime(control.createdAt()))
                .put("exploration_path", control.explorationPath())
                .put("rollback_reference", control.rollbackReference()))
        .put(
            "performance_baseline",
            new VersionTree()
                .put("expected_accuracy", baseline.expectedAccuracy())
                .put("expected_latency_p50", baseline.expectedLatencyP50())
                .put("expected_latency_p95", baseline.expectedLatencyP95())
                .put("token_budget_average", baseline.tokenBudgetAverage())
                .put("token_budget_max", baseline.tokenBudgetMax())
                .put("consistency_target", baseline.consistencyTarget()))
        .put("alert_thresholds", thresholds(specification.alertThresholds()))
        .put(
            "rollback_triggers",
            new VersionTree()
                .put("automatic", triggers.automatic())
                .put("manual_review", triggers.manualReview()))
        .put(
            "monitoring",
            new VersionTree()
                .put("metrics_to_track", monitoring.metricsToTrack())
                .put("alerting_channels", monitoring.alertingChannels())
                .put("report_schedule", monitoring.reportSchedule()));
  }

  private static VersionTree thresholds(List<AlertThreshold> thresholds) {
    VersionTree tree = new VersionTree();
    for (AlertThreshold threshold : thresholds) {
      tree.put(
          threshold.metric().column(),
          new VersionTree()
              .put("warning", threshold.warning())
              .put("critical", threshold.critical()));
    }
    return tree;
  }

  private static @Nullable VersionTree analysis(Exploration exploration) {
    if (exploration.decisions().isEmpty()) {
      return null; // The path alone is in the block exploration.
    }
    VersionTree tree = new VersionTree().put("exploration_path", exploration.path());
    int depth = 0;
    for (ExplorationDecision decision : exploration.decisions()) {
      tree.put(
          "depth_" + depth++ + "_decision",
          new VersionTree()
              .put("selected", decision.selected())
              .put("alternatives", decision.alternatives().stream().map(Alternative::text).toList())
              .put("rationale", decision.rationale())
              .put("potential_issue", decision.potentialIssue()));
    }
    return tree;
  }

  /** The spec's form, unless that would lose part of a second. */
  private static @Nullable String specTime(@Nullable Instant time) {
    if (time == null) {
      return null;
    }
    return time.equals(time.truncatedTo(ChronoUnit.SECONDS))
        ? VersionValues.SPEC_TIME.format(time.atOffset(ZoneOffset.UTC))
        : time.toString();
  }

  private VersionTree put(String key, @Nullable Object value) {
    if (value == null) {
      return this;
    }
    Object plain = plain(value);
    boolean empty =
        (plain instanceof Collection<?> list && list.isEmpty())
            || (plain instanceof Map<?, ?> map && map.isEmpty());
    if (!empty) {
      entries.put(key, plain);
    }
    return this;
  }

  private static Object plain(Object value) {
    if (value instanceof VersionTree tree) {
      return tree.entries;
    }
    if (value instanceof List<?> list) {
      return list.stream().map(VersionTree::plain).toList();
    }
    if (value instanceof Double number) {
      return decimal(number);
    }
    return value instanceof Boolean ? value : value.toString();
  }

  /** The number with as few digits as identify it: 800, not 800.0. */
  private static BigDecimal decimal(double number) {
    BigDecimal decimal = BigDecimal.valueOf(number).stripTrailingZeros();
    return decimal.scale() < 0 ? decimal.setScale(0) : decimal;
  }
}
