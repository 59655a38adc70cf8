package io.promptmonitor.common.alerts;

import io.promptmonitor.common.conditions.Verdict;

/** Whether enough is known to decide a rule. The order is kept in state: add at the end. */
public enum DataStatus {
  /** It was decided. */
  SUFFICIENT,
  /** There are executions, but too little is known. */
  INSUFFICIENT_DATA,
  /** There are no executions. */
  NO_DATA;

  static DataStatus of(Verdict verdict) {
    return switch (verdict) {
      case HOLDS, DOES_NOT_HOLD -> SUFFICIENT;
      case INSUFFICIENT_DATA -> INSUFFICIENT_DATA;
      case NO_DATA -> NO_DATA;
    };
  }
}
