package io.promptmonitor.common.rollback;

import io.promptmonitor.common.alerts.RollbackTrigger;
import io.promptmonitor.common.rollback.RollbackRecord.Kind;
import io.promptmonitor.common.rollback.RollbackRecord.Status;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** An automatic rollback while its first steps are taken. */
final class RollbackDraft {

  private final RollbackTrigger trigger;
  private final RollbackDecision decision;
  private final RollbackCause cause;
  private final List<StepResult> steps = new ArrayList<>();
  private @Nullable RollbackSnapshot snapshot;

  RollbackDraft(RollbackTrigger trigger, RollbackDecision decision) {
    this.trigger = trigger;
    this.decision = decision;
    this.cause = RollbackCause.of(trigger);
  }

  RollbackTrigger trigger() {
    return trigger;
  }

  void detected(long detectedSince, long now) {
    String since = now - detectedSince < 1_000 ? "" : "; demanded since " + time(detectedSince);
    done(RollbackStep.DETECT, now, RollbackText.reason(cause) + "; " + decision.reason() + since);
  }

  void verified(String target, long now) {
    done(RollbackStep.VERIFY, now, target + " was deployed before and is what was registered");
  }

  void taken(RollbackSnapshot taken, long now) {
    snapshot = taken;
    done(RollbackStep.SNAPSHOT, now, taken.windows().size() + " windows");
  }

  private void done(RollbackStep step, long now, String detail) {
    steps.add(new StepResult(step, time(now), StepResult.Status.DONE, detail));
  }

  private static Instant time(long millis) {
    return Instant.ofEpochMilli(millis);
  }

  /** The rollback as the registry is asked to carry it out. */
  RollbackRecord toSwitch(String target) {
    return record(target, Status.SWITCHED, null, null);
  }

  /** The rollback that does not happen, or not now. */
  RollbackRecord refused(Refusal refusal, String why, @Nullable String target, long now) {
    boolean mayYet = refusal.status() == Status.HELD_BACK;
    steps.add(
        new StepResult(
            refusal.step(),
            time(now),
            mayYet ? StepResult.Status.WAITING : StepResult.Status.FAILED,
            why));
    return record(target, refusal.status(), refusal, why);
  }

  private RollbackRecord record(
      @Nullable String target, Status status, @Nullable Refusal refusal, @Nullable String why) {
    return RollbackRecord.builder(
            trigger.triggerId(),
            Kind.AUTOMATIC,
            trigger.promptVersion().promptId(),
            trigger.promptVersion().version(),
            status,
            RollbackText.reason(cause))
        .toVersion(target)
        .refusal(refusal)
        .refusalReason(why)
        .triggeredAt(cause.evaluatedAt())
        .cause(cause)
        .evidence(decision.evidence())
        .steps(steps)
        .snapshot(snapshot)
        .build();
  }
}
