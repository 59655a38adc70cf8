package io.promptmonitor.common.backtest;

import io.promptmonitor.common.execution.Execution;
import io.promptmonitor.common.replay.Replay;
import io.promptmonitor.common.windows.PaneUpdate;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * An execution of a file, or feedback on one.
 *
 * @param start when the execution was, milliseconds since the epoch
 * @param end end of the pane in which it, or the feedback, came
 * @param execution null if this is feedback
 * @param feedback what it changes; null if this is an execution
 */
record RecordedExecution(
    String version,
    long start,
    long end,
    @Nullable Execution execution,
    @Nullable PaneUpdate feedback)
    implements Arrival {

  static RecordedExecution of(Execution execution, long pane) {
    long end = Math.floorDiv(execution.timestamp(), pane) * pane + pane;
    return new RecordedExecution(
        execution.promptVersion().version(), execution.timestamp(), end, execution, null);
  }

  static RecordedExecution of(PaneUpdate feedback, long given, long pane) {
    long end = Math.floorDiv(given, pane) * pane + pane;
    return new RecordedExecution(
        feedback.promptVersion().version(), feedback.time(), end, null, feedback);
  }

  @Override
  public long executions() {
    return execution == null ? 0 : 1;
  }

  @Override
  public void addTo(Replay replay) {
    if (execution != null) {
      replay.add(execution);
    } else {
      replay.add(Objects.requireNonNull(feedback));
    }
  }
}
