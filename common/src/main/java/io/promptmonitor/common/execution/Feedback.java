package io.promptmonitor.common.execution;

import java.util.Objects;

/**
 * A rating or an automated score that arrived after its execution and belongs to the execution's
 * windows.
 *
 * @param executionIdHash 64-bit hash of {@code execution_id}
 * @param promptVersion the prompt version of the execution
 * @param executionTimestamp event time of the execution, milliseconds since the epoch (UTC):
 *     decides the windows
 * @param timestamp when the feedback was given, milliseconds since the epoch (UTC)
 * @param userFeedback rating 1 to 5, or {@link Execution#NO_FEEDBACK}
 * @param automatedScore score on the quality scale 0 to 10, in millionths, or {@link
 *     Execution#NO_SCORE}
 */
public record Feedback(
    long executionIdHash,
    PromptVersionId promptVersion,
    long executionTimestamp,
    long timestamp,
    byte userFeedback,
    int automatedScore) {

  public Feedback {
    Objects.requireNonNull(promptVersion, "promptVersion");
  }
}
