package io.promptmonitor.jobs.sink;

import io.promptmonitor.common.alerts.AlertEvent;

/** Where rules are into the table {@code rule_status}. */
public final class RuleStatusSink extends JdbcSink<AlertEvent> {

  /** The sink into that database. */
  public RuleStatusSink(SinkOptions options) {
    super(new RuleStatusTable(), options);
  }
}
