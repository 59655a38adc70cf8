package io.promptmonitor.common.windows;

/**
 * How many executions of a window were slower than a threshold.
 *
 * @param threshold in milliseconds
 * @param executions with a latency above the threshold; exact while the window's percentiles are
 */
public record LatencyTail(double threshold, long executions) {}
