package io.promptmonitor.common.rollback.recovery;

import java.util.Locale;

/** What came of a rollback. */
public enum RollbackOutcome {
  /** The version that is active since is fine. */
  RECOVERED,
  /** It is not. */
  NOT_RECOVERED,
  /** There were too few executions to tell. */
  NO_DATA;

  /** The name in tables and messages. */
  public String label() {
    return name().toLowerCase(Locale.ROOT);
  }
}
