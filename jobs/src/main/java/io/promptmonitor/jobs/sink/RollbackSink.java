package io.promptmonitor.jobs.sink;

import io.promptmonitor.common.rollback.RollbackRecord;

/** Rollbacks into the table {@code rollback_event}. */
public final class RollbackSink extends JdbcSink<RollbackRecord> {

  /** The sink into that database. */
  public RollbackSink(SinkOptions options) {
    super(new RollbackTable(), options);
  }
}
