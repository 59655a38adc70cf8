package io.promptmonitor.common.simulation;

import io.promptmonitor.common.execution.PromptVersionId;

/**
 * One record as it arrives.
 *
 * @param kind what it is
 * @param arrival when it arrives, milliseconds since the epoch (UTC); never less than that of the
 *     record before
 * @param promptVersion whose execution it is about, also if it is broken: a good key for Kafka
 * @param json the record's bytes, without a line end; must not be changed
 */
@SuppressWarnings("ArrayRecordComponent") // never compared
public record SimulatedRecord(Kind kind, long arrival, PromptVersionId promptVersion, byte[] json) {

  /** What a record is. */
  public enum Kind {
    /** An execution record. */
    EXECUTION,
    /** An execution record that a producer sent again. */
    DUPLICATE,
    /** A rating or an automated score that comes after its execution. */
    FEEDBACK,
    /** A record that must be rejected. */
    BROKEN
  }
}
