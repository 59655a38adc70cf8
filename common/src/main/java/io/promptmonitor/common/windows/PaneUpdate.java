package io.promptmonitor.common.windows;

import io.promptmonitor.common.execution.PromptVersionId;
import io.promptmonitor.common.metrics.Exemplars;
import io.promptmonitor.common.metrics.WindowAggregate;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * What is added to the windows of a prompt version: executions of one pane, or a change by
 * feedback.
 *
 * @param promptVersion whose windows
 * @param time start of the pane; of feedback, the event time of its execution (milliseconds since
 *     the epoch)
 * @param aggregate the executions of the pane, all or some of them; of feedback, quality only and
 *     no executions
 * @param exemplars of the executions; none of feedback
 * @param feedbackSource where the feedback event came from, null for executions
 * @param feedbackPosition position of the feedback event in its source
 */
public record PaneUpdate(
    PromptVersionId promptVersion,
    long time,
    WindowAggregate aggregate,
    Exemplars exemplars,
    @Nullable String feedbackSource,
    long feedbackPosition) {

  public PaneUpdate {
    Objects.requireNonNull(promptVersion, "promptVersion");
    Objects.requireNonNull(aggregate, "aggregate");
    Objects.requireNonNull(exemplars, "exemplars");
  }

  /** Executions of the pane that starts at {@code paneStart}. */
  public static PaneUpdate executions(
      PromptVersionId promptVersion,
      long paneStart,
      WindowAggregate executions,
      Exemplars exemplars) {
    return new PaneUpdate(promptVersion, paneStart, executions, exemplars, null, 0);
  }

  /**
   * Ratings and scores, or what replaces them, of an execution at {@code time}.
   *
   * @param change holds nothing but quality
   */
  public static PaneUpdate feedback(
      PromptVersionId promptVersion,
      long time,
      WindowAggregate change,
      String source,
      long position) {
    return new PaneUpdate(promptVersion, time, change, new Exemplars(), source, position);
  }

  /** Whether this is a change by feedback. */
  public boolean isFeedback() {
    return feedbackSource != null;
  }
}
