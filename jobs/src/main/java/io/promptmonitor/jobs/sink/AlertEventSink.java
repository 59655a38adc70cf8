package io.promptmonitor.jobs.sink;

import io.promptmonitor.common.alerts.AlertEvent;

/** Transitions of alerts into the table {@code alert_event}. */
public final class AlertEventSink extends JdbcSink<AlertEvent> {

  /** The sink into that database. */
  public AlertEventSink(SinkOptions options) {
    super(new AlertEventTable(), options);
  }
}
