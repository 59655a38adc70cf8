package io.promptmonitor.common.conditions;

/** What an evaluation found. Only {@link #HOLDS} is a breach; what is not known never is. */
public enum Verdict {
  /** The condition holds. */
  HOLDS,
  /** The condition does not hold. */
  DOES_NOT_HOLD,
  /** The window has executions, but too little is known to decide. */
  INSUFFICIENT_DATA,
  /** The window has no executions. */
  NO_DATA;

  /** Whether the condition could be decided. */
  public boolean isDecided() {
    return this == HOLDS || this == DOES_NOT_HOLD;
  }

  static Verdict of(boolean holds) {
    return holds ? HOLDS : DOES_NOT_HOLD;
  }
}
