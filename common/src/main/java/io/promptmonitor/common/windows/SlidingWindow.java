package io.promptmonitor.common.windows;

import io.promptmonitor.common.execution.PromptVersionId;
import io.promptmonitor.common.metrics.WindowAggregate;
import java.util.Objects;

/**
 * What happened in the time before an evaluation: the input of rules.
 *
 * <p>A window of less than an hour begins exactly its length before the evaluation. The start of a
 * longer one is aligned down to a whole minute, from 5 hours on to 5 minutes, so that it is at most
 * 1/60 longer than its length.
 *
 * @param promptVersion whose executions the window holds
 * @param length the configured length in milliseconds
 * @param start start of the window, milliseconds since the epoch (UTC), inclusive
 * @param end end of the window and time of the evaluation, exclusive
 * @param predictedQuality the quality that was predicted for the prompt version, as far as it was
 *     known at the evaluation: 0 to 10, or NaN
 * @param counters counters, and those other parts that were asked for; without latency and tokens
 *     distributions
 * @param latencyP50 median latency in milliseconds, NaN without executions or if latencies were not
 *     asked for
 * @param latencyP95 95th percentile of the latency
 * @param latencyP99 99th percentile of the latency
 */
public record SlidingWindow(
    PromptVersionId promptVersion,
    long length,
    long start,
    long end,
    double predictedQuality,
    WindowAggregate counters,
    double latencyP50,
    double latencyP95,
    double latencyP99) {

  public SlidingWindow {
    Objects.requireNonNull(promptVersion, "promptVersion");
    Objects.requireNonNull(counters, "counters");
  }
}
