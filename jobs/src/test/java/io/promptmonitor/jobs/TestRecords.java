package io.promptmonitor.jobs;

import io.promptmonitor.common.execution.Execution;
import io.promptmonitor.common.execution.Feedback;
import io.promptmonitor.common.execution.PromptVersionId;
import io.promptmonitor.common.ingest.Ingested;

/** Records for tests of operators. */
public final class TestRecords {

  /** A prompt version. */
  public static final PromptVersionId PROMPT = new PromptVersionId("greeting", "1.0.0");

  private TestRecords() {}

  /** A successful execution, with {@code id} as the hash of its id. */
  public static Execution execution(
      long id, PromptVersionId promptVersion, long timestamp, int latency) {
    return new Execution(
        id,
        promptVersion,
        timestamp,
        latency,
        10,
        20,
        true,
        null,
        Execution.NO_FEEDBACK,
        Execution.NO_SCORE,
        Execution.NO_HASH,
        Execution.NO_HASH,
        Execution.NO_HASH,
        null,
        null);
  }

  /** An execution as a source emits it. */
  public static Ingested ingested(String source, Execution execution) {
    return new Ingested(
        source, execution.executionIdHash(), execution, null, null, false, 0, new byte[0], 0);
  }

  /** A rating as a source emits it. */
  public static Ingested rating(long id, long executionTimestamp, long timestamp, int rating) {
    Feedback feedback =
        new Feedback(id, PROMPT, executionTimestamp, timestamp, (byte) rating, Execution.NO_SCORE);
    return new Ingested("feedback-0", timestamp, null, feedback, null, false, 0, null, 0);
  }
}
