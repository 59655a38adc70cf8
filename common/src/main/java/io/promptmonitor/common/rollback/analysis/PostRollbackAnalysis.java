package io.promptmonitor.common.rollback.analysis;

import com.fasterxml.jackson.databind.PropertyNamingStrategies.SnakeCaseStrategy;
import com.fasterxml.jackson.databind.annotation.JsonNaming;
import io.promptmonitor.common.comparison.ObservedSpan;
import io.promptmonitor.common.comparison.Verdict;
import io.promptmonitor.common.conditions.Baselines;
import io.promptmonitor.common.metrics.Metric;
import io.promptmonitor.common.metrics.WindowAggregate;
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
   * Analyses a rollback by what was counted in the spans. The version before is what is healthy;
   * without any executions of it, what is active after the rollback.
   *
   * @param trigger the metric that led to it; null if none did, as with a manual rollback
   * @param exploration how the failing prompt was arrived at; null if that is not known
   * @param expected what was expected of the failing version
   */
  public static PostRollbackAnalysis of(
      @Nullable Metric trigger,
      @Nullable Exploration exploration,
      Baselines expected,
      Spans spans) {
    WindowAggregate before = spans.before.aggregate();
    return of(
        trigger,
        exploration,
        expected,
        spans,
        VersionFailures.of(spans.failing.aggregate()),
        VersionFailures.of(before.executionCount() > 0 ? before : spans.after.aggregate()));
  }

  /**
   * Analyses a rollback.
   *
   * @param trigger the metric that led to it; null if none did, as with a manual rollback: then the
   *     first one that got worse stands for it
   * @param exploration how the failing prompt was arrived at; null if that is not known
   * @param expected what was expected of the failing version
   */
  public static PostRollbackAnalysis of(
      @Nullable Metric trigger,
      @Nullable Exploration exploration,
      Baselines expected,
      Spans spans,
      VersionFailures failing,
      VersionFailures healthy) {
    List<MetricChange> changes = WhatChanged.of(spans.before, spans.failing, spans.after);
    FailureCorrelation correlation = FailureCorrelation.of(failing, healthy);
    Metric degraded = trigger == null ? firstWorse(changes) : trigger;
    Degradation degradation =
        changes.stream()
            .filter(change -> change.metric().equals(degraded.column()))
            .findFirst()
            .map(Degradation::of)
            .map(d -> d.orExpected(expected.of(degraded)))
            .orElse(new Degradation(degraded.column(), null, expected.of(degraded)));
    ExplorationTracing tracing =
        ExplorationTracing.of(degradation, exploration, expected, changes, correlation);
    return new PostRollbackAnalysis(
        changes, correlation, tracing.mapping(), tracing.evidence(), tracing.recommendations());
  }

  private static Metric firstWorse(List<MetricChange> changes) {
    return changes.stream()
        .filter(change -> change.failingVersusBefore().verdict() == Verdict.WORSE)
        .map(change -> Metric.named(change.metric()))
        .findFirst()
        .orElse(Metric.SUCCESS_RATE);
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
