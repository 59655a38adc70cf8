package io.promptmonitor.common.rollback.analysis;

import com.fasterxml.jackson.databind.PropertyNamingStrategies.SnakeCaseStrategy;
import com.fasterxml.jackson.databind.annotation.JsonNaming;
import io.promptmonitor.common.conditions.Baselines;
import io.promptmonitor.common.metrics.Metric;
import io.promptmonitor.common.registry.Exploration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * All that is said of a failing version after its rollback, as it is kept with the event.
 *
 * @param whatChanged metric by metric
 * @param failureCorrelation in what the failures concentrate
 * @param performanceToExplorationMapping the block of that name
 * @param depthEvidence what speaks for each decision of the exploration
 * @param recommendations those of the mapping, each with its evidence
 */
@JsonNaming(SnakeCaseStrategy.class)
public record PostRollbackAnalysis(
    List<MetricChange> whatChanged,
    FailureCorrelation failureCorrelation,
    ExplorationMapping performanceToExplorationMapping,
    List<DepthEvidence> depthEvidence,
    List<Recommendation> recommendations) {

  public PostRollbackAnalysis {
    whatChanged = List.copyOf(whatChanged);
    depthEvidence = List.copyOf(depthEvidence);
    recommendations = List.copyOf(recommendations);
  }

  /**
   * Analyses a rollback.
   *
   * @param trigger the metric that led to it
   * @param exploration how the failing prompt was arrived at; null if that is not known
   * @param expected what was expected of the failing version
   */
  public static PostRollbackAnalysis of(
      Metric trigger,
      @Nullable Exploration exploration,
      Baselines expected,
      Spans spans,
      VersionFailures failing,
      VersionFailures healthy) {
    List<MetricChange> changes = WhatChanged.of(spans.before, spans.failing, spans.after);
    FailureCorrelation correlation = FailureCorrelation.of(failing, healthy);
    Degradation degradation =
        changes.stream()
            .filter(change -> change.metric().equals(trigger.column()))
            .findFirst()
            .map(Degradation::of)
            .map(d -> d.orExpected(expected.of(trigger)))
            .orElse(new Degradation(trigger.column(), null, expected.of(trigger)));
    ExplorationTracing tracing =
        ExplorationTracing.of(degradation, exploration, expected, changes, correlation);
    return new PostRollbackAnalysis(
        changes, correlation, tracing.mapping(), tracing.evidence(), tracing.recommendations());
  }

  /**
   * What is compared.
   *
   * @param before the version before, until the failing one was deployed
   * @param failing the failing version
   * @param after what is active since the rollback, until the end of the recovery watch
   */
  public record Spans(ObservedSpan before, ObservedSpan failing, ObservedSpan after) {}
}
