package io.promptmonitor.common.windows;

import io.promptmonitor.common.metrics.WindowAggregate;
import java.util.List;
import java.util.Objects;

/**
 * What happened in the time before an evaluation.
 *
 * <p>A window of less than an hour begins exactly its length before the evaluation. The start of a
 * longer one is aligned down to a whole minute, from 5 hours on to 5 minutes, so that it is at most
 * 1/60 longer than its length.
 *
 * @param length the configured length in milliseconds
 * @param start start of the window, milliseconds since the epoch (UTC), inclusive
 * @param counters counters, and those other parts that were asked for; without latency and tokens
 *     distributions. Never changed: windows with the same executions may share them
 * @param latencyP50 median latency in milliseconds, NaN without executions or if latencies were not
 *     asked for
 * @param latencyP95 95th percentile of the latency
 * @param latencyP99 99th percentile of the latency
 * @param latencyTails how many executions were slower than the thresholds that rules ask about
 */
public record SlidingWindow(
    long length,
    long start,
    WindowAggregate counters,
    double latencyP50,
    double latencyP95,
    double latencyP99,
    List<LatencyTail> latencyTails) {

  public SlidingWindow {
    Objects.requireNonNull(counters, "counters");
    latencyTails = List.copyOf(latencyTails);
  }

  /**
   * How many executions were slower than a threshold; -1 if it was not asked for.
   *
   * @param threshold in milliseconds
   */
  public long slowerThan(double threshold) {
    for (LatencyTail tail : latencyTails) {
      if (tail.threshold() == threshold) {
        return tail.executions();
      }
    }
    return -1;
  }
}
