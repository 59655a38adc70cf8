package io.promptmonitor.common.alerts;

import java.util.Locale;

/** How sure a rollback trigger is that the version is to blame. */
public enum Confidence {
  /** It may be something else. */
  LOW,
  /** It probably is. */
  MEDIUM,
  /** It is. */
  HIGH;

  /** The name in files, tables and messages. */
  public String label() {
    return name().toLowerCase(Locale.ROOT);
  }
}
