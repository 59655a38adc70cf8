package io.promptmonitor.common.ingest;

import java.math.BigDecimal;

/** Dead letters for records that were valid but came too late to be counted. */
public final class DeadLetters {

  private DeadLetters() {}

  /**
   * The dead letter of a record that came after its window had closed for good.
   *
   * @param ingested an execution or a feedback event
   * @param lateByMillis how long after the last moment at which it would have been counted, in
   *     milliseconds of event time
   */
  public static DeadLetter late(Ingested ingested, long lateByMillis) {
    if (ingested.deadLetter() != null) {
      throw new IllegalArgumentException("a rejected record cannot be late");
    }
    byte[] payload = ingested.payload();
    return new DeadLetter(
        ingested.source(),
        ingested.position(),
        RejectionReason.LATE,
        "came "
            + BigDecimal.valueOf(lateByMillis, 3).stripTrailingZeros().toPlainString()
            + " s after its window had closed for good",
        ingested.length(),
        payload == null ? null : Sha256.hex(payload, ingested.payloadOffset(), ingested.length()),
        ingested.timestamp());
  }
}
