package io.promptmonitor.common.alerts;

import java.util.Locale;

/** Where a rule comes from. */
public enum RuleKind {
  /** The block {@code alert_rules}, or a version's {@code alert_thresholds}. */
  ALERT_RULE,
  /** {@code auto_rollback.triggers}, or a version's {@code rollback_triggers.automatic}. */
  ROLLBACK_TRIGGER,
  /** A version's {@code rollback_triggers.manual_review}. */
  MANUAL_REVIEW,
  /** The alert of its own that {@code no_data: alert} asks for. */
  NO_DATA_ALERT,
  /** No rule: the rollback protocol. */
  ROLLBACK;

  /** The name in tables and messages. */
  public String label() {
    return name().toLowerCase(Locale.ROOT);
  }
}
