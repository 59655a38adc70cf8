package io.promptmonitor.common.ingest;

import io.promptmonitor.common.execution.Execution;
import io.promptmonitor.common.execution.Feedback;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * What became of one record of a source: an execution, a feedback event, or a dead letter; exactly
 * one of the three is set.
 *
 * @param source topic and partition ({@code executions-3}), or file path
 * @param position offset in the partition, or line number in the file (from 1)
 * @param execution the execution, or null
 * @param feedback the feedback event, or null
 * @param deadLetter why the record is not counted, or null
 * @param rawTextStripped whether the record carried raw text of the call, which was dropped
 * @param length length of the record in bytes
 * @param payload the record's bytes, kept only to hash them if the record turns out to be late;
 *     null where they are not at hand
 * @param payloadOffset where the record begins in {@code payload}
 */
@SuppressWarnings(
    "ArrayRecordComponent") // a view of the source's buffer; records of this type are never
// compared
public record Ingested(
    String source,
    long position,
    @Nullable Execution execution,
    @Nullable Feedback feedback,
    @Nullable DeadLetter deadLetter,
    boolean rawTextStripped,
    int length,
    byte @Nullable [] payload,
    int payloadOffset) {

  public Ingested {
    Objects.requireNonNull(source, "source");
  }

  /** A record whose bytes are not at hand. */
  public static Ingested withoutPayload(
      String source,
      long position,
      @Nullable Execution execution,
      @Nullable Feedback feedback,
      @Nullable DeadLetter deadLetter,
      boolean rawTextStripped,
      int length) {
    return new Ingested(
        source, position, execution, feedback, deadLetter, rawTextStripped, length, null, 0);
  }

  /**
   * Event time in milliseconds since the epoch, or {@link Long#MIN_VALUE} for a dead letter, which
   * has none.
   */
  public long timestamp() {
    if (execution != null) {
      return execution.timestamp();
    }
    return feedback != null ? feedback.timestamp() : Long.MIN_VALUE;
  }
}
