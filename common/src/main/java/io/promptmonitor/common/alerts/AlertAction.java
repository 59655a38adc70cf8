package io.promptmonitor.common.alerts;

import java.util.Locale;

/** What is done when a rule fires. */
public enum AlertAction {
  /** People are told, as the escalation policy says. */
  ALERT,
  /** The rollback protocol is asked to go back to the version before. */
  AUTO_ROLLBACK,
  /** The version is marked for a person to look at. */
  FLAG_FOR_REVIEW;

  /** The name in files, tables and messages. */
  public String label() {
    return name().toLowerCase(Locale.ROOT);
  }
}
