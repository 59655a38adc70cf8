package io.promptmonitor.jobs.sink;

import io.promptmonitor.common.alerts.AlertEvent;

/** Episodes of alerts into the table {@code alert}. */
public final class AlertSink extends JdbcSink<AlertEvent> {

  /** The sink into that database. */
  public AlertSink(SinkOptions options) {
    super(new AlertTable(), options);
  }
}
