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
    return record.toBuilder().steps(steps).watchUntil(Instant.ofEpochMilli(watch.until())).build();
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
    return r.toBuilder()
        .steps(steps)
        .snapshot(r.snapshot() == null ? review.snapshot() : r.snapshot())
        .outcome(review.outcome())
        .outcomeReason(review.reason())
        .outcomeAt(Instant.ofEpochMilli(review.at()))
        .recovery(review.recovery())
        .stragglers(review.stragglers())
        .analysis(review.analysis())
        .build();
  }

  /** What was held back will not be done any more. */
  static RollbackRecord over(RollbackRecord r, String why) {
    return r.toBuilder()
        .status(RollbackRecord.Status.REFUSED)
        .refusalReason(r.refusalReason() + "; " + why)
        .build();
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
