package io.promptmonitor.jobs.sink;

import io.promptmonitor.common.alerts.AlertExemplar;

/** Executions as evidence into the table {@code alert_exemplar}. */
public final class AlertExemplarSink extends JdbcSink<AlertExemplar> {

  /** The sink into that database. */
  public AlertExemplarSink(SinkOptions options) {
    super(new AlertExemplarTable(), options);
  }
}
