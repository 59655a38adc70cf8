package io.promptmonitor.common.rollback;

import io.promptmonitor.common.rollback.RollbackRecord.Kind;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

/** Adds to a rollback's record what became of the steps after the switch. */
final class RollbackSteps {

  private RollbackSteps() {}

  /** People were told, and the watch begins. */
  static RollbackRecord told(RollbackRecord record, RollbackWatch watch, Instant now) {
    List<StepResult> steps = new ArrayList<>(record.steps());
    if (record.kind() == Kind.AUTOMATIC) {
      set(
          steps,
          RollbackStep.NOTIFY,
          now,
          StepResult.Status.DONE,
          "handed to the escalation of critical alerts");
      set(steps, RollbackStep.LOG, now, StepResult.Status.DONE, "written to rollback_event");
    }
    set(
        steps,
        RollbackStep.MONITOR,
        now,
        StepResult.Status.WAITING,
        "watching " + record.toVersion() + " until " + Instant.ofEpochMilli(watch.until()));
    return with(record, steps, watch);
  }

  private static RollbackRecord with(
      RollbackRecord r, List<StepResult> steps, RollbackWatch watch) {
    return new RollbackRecord(
        r.rollbackId(),
        r.kind(),
        r.promptId(),
        r.fromVersion(),
        r.toVersion(),
        r.status(),
        r.refusal(),
        r.refusalReason(),
        r.requestedBy(),
        r.reason(),
        r.triggeredAt(),
        r.switchedAt(),
        r.registryEventId(),
        r.cause(),
        r.evidence(),
        steps,
        r.snapshot(),
        Instant.ofEpochMilli(watch.until()),
        r.outcome(),
        r.outcomeReason(),
        r.outcomeAt(),
        r.recovery(),
        r.stragglers(),
        r.analysis());
  }

  /** The watch is over. */
  static RollbackRecord concluded(RollbackRecord r, RollbackReview review, Instant now) {
    List<StepResult> steps = new ArrayList<>(r.steps());
    String said = review.outcome().label() + ": " + review.reason();
    set(steps, RollbackStep.MONITOR, now, StepResult.Status.DONE, said);
    if (r.kind() == Kind.MANUAL) {
      set(
          steps,
          RollbackStep.DOCUMENT,
          now,
          StepResult.Status.DONE,
          r.reason() + " → " + review.outcome().label());
    }
    return new RollbackRecord(
        r.rollbackId(),
        r.kind(),
        r.promptId(),
        r.fromVersion(),
        r.toVersion(),
        r.status(),
        r.refusal(),
        r.refusalReason(),
        r.requestedBy(),
        r.reason(),
        r.triggeredAt(),
        r.switchedAt(),
        r.registryEventId(),
        r.cause(),
        r.evidence(),
        steps,
        r.snapshot() == null ? review.snapshot() : r.snapshot(),
        r.watchUntil(),
        review.outcome(),
        review.reason(),
        Instant.ofEpochMilli(review.at()),
        review.recovery(),
        review.stragglers(),
        review.analysis());
  }

  /** What was held back will not be done any more. */
  static RollbackRecord over(RollbackRecord r, String why) {
    return new RollbackRecord(
        r.rollbackId(),
        r.kind(),
        r.promptId(),
        r.fromVersion(),
        r.toVersion(),
        RollbackRecord.Status.REFUSED,
        r.refusal(),
        r.refusalReason() + "; " + why,
        r.requestedBy(),
        r.reason(),
        r.triggeredAt(),
        r.switchedAt(),
        r.registryEventId(),
        r.cause(),
        r.evidence(),
        r.steps(),
        r.snapshot(),
        r.watchUntil(),
        r.outcome(),
        r.outcomeReason(),
        r.outcomeAt(),
        r.recovery(),
        r.stragglers(),
        r.analysis());
  }

  /** Sets the result of a step: a new one at the end, or in place of what is said of it. */
  private static void set(
      List<StepResult> steps,
      RollbackStep step,
      Instant now,
      StepResult.Status status,
      String detail) {
    StepResult result = new StepResult(step, now, status, detail);
    for (int i = 0; i < steps.size(); i++) {
      if (steps.get(i).step() == step) {
        steps.set(i, result);
        return;
      }
    }
    steps.add(result);
  }
}
