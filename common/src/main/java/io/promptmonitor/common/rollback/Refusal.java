package io.promptmonitor.common.rollback;

import java.util.Locale;

/** Why a version that fails was not rolled back automatically. */
public enum Refusal {
  /** It may still be chance. */
  TOO_LITTLE_EVIDENCE(true),
  /** The trigger's condition says nothing of which there could be evidence. */
  NO_EVIDENCE_POSSIBLE(false),
  /** The trigger is less sure than an automatic switch asks for. */
  LOW_CONFIDENCE(false),
  /** What was seen is from before the version became active, or too long ago. */
  STALE(true),
  /** {@code auto_rollback_enabled: false}, of the version or of the deployment. */
  DISABLED(false),
  /** The version has none to go back to. */
  NO_TARGET(false),
  /** The version to go back to is not what was registered. */
  TAMPERED_TARGET(false),
  /** The version to go back to was withdrawn, rolled back, or never deployed. */
  INVALID_TARGET(false),
  /** The prompt was rolled back too lately. */
  TOO_SOON(true),
  /** The prompt was rolled back too often: an operator has to look first. */
  MANUAL_INTERVENTION_REQUIRED(true),
  /** The version is not active any more, or never was. */
  NOT_ACTIVE(true);

  private final boolean passes;

  Refusal(boolean passes) {
    this.passes = passes;
  }

  /** Whether time alone, or an operator's word, may change it while the trigger goes on. */
  public boolean passes() {
    return passes;
  }

  /** The name in tables and messages. */
  public String label() {
    return name().toLowerCase(Locale.ROOT);
  }
}
