package io.promptmonitor.common.replay;

import io.promptmonitor.common.alerts.AlertEvent;
import io.promptmonitor.common.alerts.RollbackTrigger;
import io.promptmonitor.common.alerts.RulesOfVersion;
import io.promptmonitor.common.notifications.EscalationRow;
import io.promptmonitor.common.notifications.Notification;
import io.promptmonitor.common.rollback.RollbackRecord;
import io.promptmonitor.common.windows.SlidingWindows;
import io.promptmonitor.common.windows.WindowUpdate;

/** Takes what a {@link Replay} leads to; what is not overridden is dropped. */
public interface ReplayOutput {

  /** A row of a tumbling window. */
  default void window(WindowUpdate update) {}

  /**
   * An evaluation of all sliding windows of a version, before the alerts that come of it.
   *
   * @param rules the rules that are evaluated on them
   */
  default void evaluation(SlidingWindows evaluation, RulesOfVersion rules) {}

  /** Something happened to an alert, news of data included. */
  default void alert(AlertEvent event) {}

  /** A rule demands a rollback: at every evaluation while it does. */
  default void rollbackTrigger(RollbackTrigger trigger) {}

  /**
   * What became of the demands: a row of {@code rollback_event}, each time something is known more
   * of it. Only of a replay with rollbacks.
   */
  default void rollback(RollbackRecord record) {}

  /** Where an escalation is. */
  default void escalation(EscalationRow row) {}

  /** Something is to be sent. */
  default void notification(Notification notification) {}

  /** Feedback for {@code count} executions of a minute, in milliseconds, that never came. */
  default void feedbackWithoutExecution(long executionMinute, long count) {}
}
