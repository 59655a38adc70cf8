package io.promptmonitor.common.rollback;

import java.util.List;
import java.util.Locale;

/** The steps of the specification's two protocols. */
public enum RollbackStep {
  /** A trigger demands a rollback, and there is enough evidence. */
  DETECT,
  /** There is a version to go back to, and it is what was registered. */
  VERIFY,
  /** What was measured is written down. */
  SNAPSHOT,
  /** The earlier version becomes active. */
  SWITCH,
  /** Operations are told. */
  NOTIFY,
  /** The event is complete in {@code rollback_event}. */
  LOG,
  /** The version that is active since is watched; also the fifth step of a manual rollback. */
  MONITOR,
  /** An operator requests a rollback and says why. */
  RECEIVE,
  /** The database lets the operator do so. */
  AUTHORIZE,
  /** The version to go back to is valid. */
  CONFIRM,
  /** The earlier version becomes active. */
  EXECUTE,
  /** Reason and outcome are written down. */
  DOCUMENT;

  /** Those of an automatic rollback, in their order. */
  public static final List<RollbackStep> AUTOMATIC =
      List.of(DETECT, VERIFY, SNAPSHOT, SWITCH, NOTIFY, LOG, MONITOR);

  /** Those of a manual rollback, in their order. */
  public static final List<RollbackStep> MANUAL =
      List.of(RECEIVE, AUTHORIZE, CONFIRM, EXECUTE, MONITOR, DOCUMENT);

  /** The name in tables and messages. */
  public String label() {
    return name().toLowerCase(Locale.ROOT);
  }
}
