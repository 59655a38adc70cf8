package io.promptmonitor.common.metrics;

/** Which values of a metric are worse; a threshold is breached on that side of it. */
public enum Worse {
  /** The higher, the worse: an error rate. */
  HIGHER,
  /** The lower, the worse: a success rate. */
  LOWER,
  /** Neither: the number of executions. */
  NEITHER
}
