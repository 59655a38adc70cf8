package io.promptmonitor.jobs.sink;

import io.promptmonitor.common.notifications.EscalationRow;

/** Where escalations are into the table {@code alert_escalation}. */
public final class AlertEscalationSink extends JdbcSink<EscalationRow> {

  /** The sink into that database. */
  public AlertEscalationSink(SinkOptions options) {
    super(new AlertEscalationTable(), options);
  }
}
