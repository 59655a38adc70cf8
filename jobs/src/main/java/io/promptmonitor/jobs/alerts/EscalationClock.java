package io.promptmonitor.jobs.alerts;

/** Which time escalation goes by. */
public enum EscalationClock {
  /** That of the machine: people wait in it. */
  PROCESSING_TIME,
  /** That of the executions: a replay of a day shows what would have been sent on that day. */
  EVENT_TIME
}
