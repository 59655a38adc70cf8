package io.promptmonitor.jobs.sink;

import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;

/** Event times as the JDBC driver takes a {@code timestamptz}. */
final class Timestamps {

  private Timestamps() {}

  /** {@code millis} since the epoch. */
  static OffsetDateTime ofMillis(long millis) {
    return Instant.ofEpochMilli(millis).atOffset(ZoneOffset.UTC);
  }
}
