package io.promptmonitor.common.backtest;

import io.promptmonitor.common.replay.Replay;

/**
 * Something that history holds of one prompt's executions. Times are milliseconds of event time.
 */
public interface Arrival {

  /** The version whose executions it is about. */
  String version();

  /** When the first of the executions may have been. */
  long start();

  /** When all of it is known, and judged. */
  long end();

  /** How many executions it is. */
  long executions();

  /** Hands it to a replay. */
  void addTo(Replay replay);
}
