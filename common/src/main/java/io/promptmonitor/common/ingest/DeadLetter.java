package io.promptmonitor.common.ingest;

import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A record that was not counted: where it came from and why, never its text.
 *
 * @param source topic and partition ({@code executions-3}), or file path
 * @param position offset in the partition, or line number in the file (from 1)
 * @param reason why it was not counted
 * @param detail one line for a person: the field, what was wrong, what was expected; never a value
 *     from the record
 * @param length length of the record in bytes
 * @param sha256 lower-case hexadecimal SHA-256 of the record's bytes, or null where the bytes are
 *     no longer at hand
 * @param eventTime event time in milliseconds since the epoch where it is known, else {@link
 *     Long#MIN_VALUE}
 */
public record DeadLetter(
    String source,
    long position,
    RejectionReason reason,
    String detail,
    int length,
    @Nullable String sha256,
    long eventTime) {

  public DeadLetter {
    Objects.requireNonNull(source, "source");
    Objects.requireNonNull(reason, "reason");
    Objects.requireNonNull(detail, "detail");
  }
}
