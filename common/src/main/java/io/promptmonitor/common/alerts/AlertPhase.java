package io.promptmonitor.common.alerts;

/** Where an alert is in its life cycle. The order is kept in state: add at the end. */
public enum AlertPhase {
  /** Its condition does not hold. */
  INACTIVE,
  /** Its condition holds, but not yet for as long as it must. */
  PENDING,
  /** Its condition has held for as long as it must. */
  FIRING
}
