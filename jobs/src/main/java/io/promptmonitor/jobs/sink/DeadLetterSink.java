package io.promptmonitor.jobs.sink;

import io.promptmonitor.common.ingest.DeadLetter;

/** Records that were not counted into the table {@code dead_letter}. */
public final class DeadLetterSink extends JdbcSink<DeadLetter> {

  public DeadLetterSink(SinkOptions options) {
    super(new DeadLetterTable(), options);
  }
}
