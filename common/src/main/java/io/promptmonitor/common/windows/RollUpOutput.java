package io.promptmonitor.common.windows;

/** Takes what a {@link RollUp} produces. */
public interface RollUpOutput {

  /** A row of a tumbling window. */
  void window(WindowUpdate update);

  /** An evaluation of all sliding windows. */
  void sliding(SlidingWindows evaluation);

  /**
   * Feedback that was held for an execution which never came: {@code count} ratings and scores are
   * not counted.
   */
  void feedbackWithoutExecution(long executionMinute, long count);
}
