package io.promptmonitor.common.alerts;

import java.util.Locale;

/** How bad an alert is; in ascending order. */
public enum Severity {
  /** Somebody should know. */
  WARNING,
  /** Somebody should act. */
  CRITICAL;

  /** The name in files, tables and messages. */
  public String label() {
    return name().toLowerCase(Locale.ROOT);
  }
}
