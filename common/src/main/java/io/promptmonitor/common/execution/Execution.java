package io.promptmonitor.common.execution;

import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * One validated call of a prompt version, reduced to what metrics need: identifiers and hashes are
 * 64-bit hashes, no text of the call is kept.
 *
 * @param executionIdHash 64-bit hash of {@code execution_id}; recognises a record that a producer
 *     sent twice
 * @param promptVersion the prompt version that ran
 * @param timestamp event time, milliseconds since the epoch (UTC)
 * @param latencyMs latency in milliseconds, 0 or more
 * @param inputTokens tokens of the input, 0 or more
 * @param outputTokens tokens of the output, 0 or more
 * @param success whether the call succeeded
 * @param errorType kind of the failure, or null
 * @param userFeedback rating 1 to 5, or {@link #NO_FEEDBACK}
 * @param automatedScore score on the quality scale 0 to 10, in millionths, or {@link #NO_SCORE}
 * @param inputHash 64-bit hash of {@code context.input_hash}, or {@link #NO_HASH}
 * @param outputHash 64-bit hash of {@code context.output_hash}, or {@link #NO_HASH}
 * @param userHash 64-bit keyed hash of {@code context.user_id}, or {@link #NO_HASH}
 * @param model name of the model, or null
 * @param branch the conditional path taken, or null
 */
public record Execution(
    long executionIdHash,
    PromptVersionId promptVersion,
    long timestamp,
    int latencyMs,
    int inputTokens,
    int outputTokens,
    boolean success,
    @Nullable String errorType,
    byte userFeedback,
    int automatedScore,
    long inputHash,
    long outputHash,
    long userHash,
    @Nullable String model,
    @Nullable String branch) {

  /** {@link #userFeedback} of an execution that nobody rated. */
  public static final byte NO_FEEDBACK = 0;

  /** {@link #automatedScore} of an execution without an automated score. */
  public static final int NO_SCORE = -1;

  /** A hash that is absent. A real hash that happens to be 0 is stored as 1. */
  public static final long NO_HASH = 0;

  /** Millionths in one unit of the quality scale. */
  public static final int SCORE_UNIT = 1_000_000;

  public Execution {
    Objects.requireNonNull(promptVersion, "promptVersion");
  }
}
