package io.promptmonitor.common.rollback;

import java.time.Instant;
import java.util.Objects;

/**
 * What became of a step.
 *
 * @param step the step
 * @param at when, by the clock of whoever took it; to the millisecond
 * @param status how it went
 * @param detail what there is to say, for people
 */
public record StepResult(RollbackStep step, Instant at, Status status, String detail) {

  /** How a step went. */
  public enum Status {
    /** It was taken. */
    DONE,
    /** It is being taken, or will be: {@code at} is when that was seen. */
    WAITING,
    /** It ended the protocol. */
    FAILED
  }

  public StepResult {
    Objects.requireNonNull(step, "step");
    Objects.requireNonNull(at, "at");
    Objects.requireNonNull(status, "status");
    Objects.requireNonNull(detail, "detail");
  }
}
