package io.promptmonitor.common.simulation;

import io.promptmonitor.common.execution.PromptVersionId;
import org.jspecify.annotations.Nullable;

/** An execution on its way from the random numbers to its record; one object is used again. */
final class DrawnExecution {

  static final int NONE = -1;

  PromptVersionId promptVersion = new PromptVersionId("", "");

  /** Two seeds from which the identifier is made. */
  long idHigh;

  long idLow;

  /** Event time, milliseconds since the epoch (UTC). */
  long timestamp;

  int latencyMs;
  int inputTokens;
  int outputTokens;
  @Nullable String errorType;
  @Nullable String errorMessage;

  /** 1 to 5, or {@link #NONE}. */
  int rating;

  /** In hundredths on the scale 0 to 10, or {@link #NONE}. */
  int scoreHundredths;

  /** Seeds from which the hashes are made; no output if the execution has none. */
  long inputSeed;

  long outputSeed;
  boolean hasOutput;

  /** Number of the user, or {@link #NONE}. */
  int user;

  String model = "";
  int temperatureHundredths;
  @Nullable String branch;

  /** Where the record carries the raw text of the call. */
  RawText rawText = RawText.NOWHERE;

  /** Where a record carries the raw text of the call. */
  enum RawText {
    NOWHERE,
    IN_CONTEXT,
    AT_TOP_LEVEL
  }
}
