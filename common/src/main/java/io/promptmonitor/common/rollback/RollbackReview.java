package io.promptmonitor.common.rollback;

import com.fasterxml.jackson.databind.JsonNode;
import io.promptmonitor.common.comparison.ObservedSpan;
import io.promptmonitor.common.conditions.Baselines;
import io.promptmonitor.common.conditions.Condition;
import io.promptmonitor.common.conditions.ConditionException;
import io.promptmonitor.common.execution.PromptVersionId;
import io.promptmonitor.common.metrics.Metric;
import io.promptmonitor.common.metrics.WindowAggregate;
import io.promptmonitor.common.registry.RegisteredVersion;
import io.promptmonitor.common.rollback.analysis.PostRollbackAnalysis;
import io.promptmonitor.common.rollback.recovery.RecoveryAssessment;
import io.promptmonitor.common.rollback.recovery.RecoverySpans;
import io.promptmonitor.common.rollback.recovery.RollbackOutcome;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * What is found when the watch over a rollback is over.
 *
 * @param outcome what came of it
 * @param reason the same in a sentence
 * @param at when that was decided: milliseconds of event time
 * @param recovery the readings that the outcome follows from
 * @param stragglers the rollback lag
 * @param analysis what the failing version did wrong
 * @param snapshot what was measured before, for a rollback that came without
 */
record RollbackReview(
    RollbackOutcome outcome,
    String reason,
    long at,
    JsonNode recovery,
    Stragglers stragglers,
    JsonNode analysis,
    RollbackSnapshot snapshot) {

  /**
   * Reviews a rollback.
   *
   * @param replaced whether another version was made active before the watch was over
   */
  static RollbackReview of(RollbackWatch watch, boolean replaced, RollbackContext context) {
    RollbackRecord record = watch.record();
    String to = Objects.requireNonNull(record.toVersion());
    PromptTraffic traffic = context.traffic();
    long begin = watch.from();
    long until = watch.until();
    RegisteredVersion failing = version(record.promptId(), record.fromVersion(), context);
    RegisteredVersion target = version(record.promptId(), to, context);
    WindowAggregate bad = traffic.merged(record.fromVersion(), watch.failingFrom(), begin);
    WindowAggregate before = traffic.lastDay(to, watch.failingFrom());
    WindowAggregate after = traffic.merged(to, begin, until);
    RollbackCause cause = record.cause();
    RecoveryAssessment recovery =
        recovery(
            cause,
            target,
            new RecoverySpans(span(after, target), span(bad, failing), baselines(target)));
    PostRollbackAnalysis analysis =
        PostRollbackAnalysis.of(
            metric(cause),
            failing == null ? null : failing.definition().exploration(),
            baselines(failing),
            new PostRollbackAnalysis.Spans(
                span(before, target), span(bad, failing), span(after, target)));
    return new RollbackReview(
        recovery.outcome(),
        recovery.reason()
            + (replaced ? "; another version was made active before the watch was over" : ""),
        Math.min(until, Math.max(context.eventTime(), begin)),
        RollbackJson.tree(recovery),
        stragglers(watch, context),
        RollbackJson.tree(analysis),
        RollbackSnapshot.of(traffic, record.fromVersion(), to, begin));
  }

  private static RecoveryAssessment recovery(
      @Nullable RollbackCause cause, @Nullable RegisteredVersion target, RecoverySpans spans) {
    int least = RecoveryAssessment.LEAST_EXECUTIONS;
    if (cause != null) {
      try {
        return RecoveryAssessment.afterTrigger(
            Condition.parse(cause.condition()).expression(), spans, least);
      } catch (ConditionException e) {
        // Of a release that knew other metrics: what is vital tells as well.
      }
    }
    return RecoveryAssessment.withoutTrigger(
        target == null ? List.of() : target.alertThresholds(), spans, least);
  }

  private static @Nullable Metric metric(@Nullable RollbackCause cause) {
    String name = cause == null ? null : cause.metric();
    return name == null ? null : Metric.named(name);
  }

  private static @Nullable RegisteredVersion version(
      String promptId, String version, RollbackContext context) {
    return context.versions().version(new PromptVersionId(promptId, version));
  }

  private static Baselines baselines(@Nullable RegisteredVersion version) {
    return version == null ? Baselines.unknown() : version::baseline;
  }

  private static ObservedSpan span(WindowAggregate aggregate, @Nullable RegisteredVersion version) {
    return new ObservedSpan(aggregate, version == null ? Double.NaN : version.predictedQuality());
  }

  private static Stragglers stragglers(RollbackWatch watch, RollbackContext context) {
    WindowAggregate late =
        context.traffic().merged(watch.record().fromVersion(), watch.from(), watch.until());
    long all = context.traffic().executions(watch.from(), watch.until());
    long executions = late.executionCount();
    long last = late.lastExecution();
    // Also not known of windows that an earlier release wrote.
    boolean known = last != WindowAggregate.NO_TIME;
    return new Stragglers(
        executions,
        all == 0 ? null : (double) executions / all,
        known ? Instant.ofEpochMilli(last) : null,
        known ? (last - watch.switchedAt()) / 1_000 : null);
  }
}
