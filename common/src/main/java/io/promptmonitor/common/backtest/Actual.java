package io.promptmonitor.common.backtest;

import java.util.List;

/**
 * What did happen.
 *
 * @param alerts the episodes that fired
 * @param rollbacks what became of demands, and rollbacks by operators
 * @param messages what channels were told
 */
public record Actual(
    List<PastAlert> alerts, List<PastRollback> rollbacks, List<PastMessage> messages) {

  public Actual {
    alerts = List.copyOf(alerts);
    rollbacks = List.copyOf(rollbacks);
    messages = List.copyOf(messages);
  }

  /** Nothing. */
  public static Actual nothing() {
    return new Actual(List.of(), List.of(), List.of());
  }
}
