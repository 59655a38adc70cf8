package io.promptmonitor.common.rollback;

import io.promptmonitor.common.rollback.RollbackRecord.Status;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** Why a version that fails was not rolled back automatically. */
public enum Refusal {
  /** It may still be chance. */
  TOO_LITTLE_EVIDENCE(Status.HELD_BACK, RollbackStep.DETECT, null),
  /** The trigger's condition says nothing of which there could be evidence. */
  NO_EVIDENCE_POSSIBLE(Status.REFUSED, RollbackStep.DETECT, null),
  /** The trigger is less sure than an automatic switch asks for. */
  LOW_CONFIDENCE(Status.REFUSED, RollbackStep.DETECT, null),
  /** What was seen is in part from before the version became active, or too long ago. */
  STALE(Status.HELD_BACK, RollbackStep.DETECT, null),
  /** The version has none to go back to. */
  NO_TARGET(Status.REFUSED, RollbackStep.VERIFY, RollbackAlert.NOT_POSSIBLE),
  /** The version to go back to is not what was registered. */
  TAMPERED_TARGET(Status.REFUSED, RollbackStep.VERIFY, RollbackAlert.NOT_POSSIBLE),
  /** The version to go back to was withdrawn, rolled back, or never deployed. */
  INVALID_TARGET(Status.REFUSED, RollbackStep.VERIFY, RollbackAlert.NOT_POSSIBLE),
  /** {@code auto_rollback_enabled: false}, of the version or of the deployment. */
  DISABLED(Status.REFUSED, RollbackStep.SWITCH, RollbackAlert.NOT_POSSIBLE),
  /** The prompt was rolled back too lately. */
  TOO_SOON(Status.HELD_BACK, RollbackStep.SWITCH, null),
  /** The prompt was rolled back too often: an operator has to look first. */
  MANUAL_INTERVENTION_REQUIRED(
      Status.HELD_BACK, RollbackStep.SWITCH, RollbackAlert.MANUAL_INTERVENTION),
  /** The database does not let the job do so. */
  NOT_AUTHORIZED(Status.REFUSED, RollbackStep.SWITCH, RollbackAlert.NOT_POSSIBLE);

  private final Status status;
  private final RollbackStep step;
  private final @Nullable RollbackAlert alert;

  Refusal(Status status, RollbackStep step, @Nullable RollbackAlert alert) {
    this.status = status;
    this.step = step;
    this.alert = alert;
  }

  /** Whether it may yet come to the rollback while the trigger goes on. */
  public Status status() {
    return status;
  }

  /** The step that cannot be taken. */
  public RollbackStep step() {
    return step;
  }

  /** What people are told; null if the alert that fires says enough. */
  @Nullable RollbackAlert alert() {
    return alert;
  }

  /** Whether there is no use in trying again at the next evaluation. */
  boolean settles() {
    return status == Status.REFUSED || this == MANUAL_INTERVENTION_REQUIRED;
  }

  /** The name in tables and messages. */
  public String label() {
    return name().toLowerCase(Locale.ROOT);
  }
}
