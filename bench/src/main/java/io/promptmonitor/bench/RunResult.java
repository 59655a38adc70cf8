package io.promptmonitor.bench;

/**
 * One run of a contender.
 *
 * @param records read, each of them counted in one window of each size
 * @param seconds from the first record parsed to the last output
 * @param rows rows of tumbling windows that came out, rewrites included
 * @param evaluations of sliding windows that came out
 * @param meanMinuteP99 mean of the 99th latency percentile over all windows of one minute: tells
 *     whether contenders computed the same
 */
public record RunResult(
    long records, double seconds, long rows, long evaluations, double meanMinuteP99) {

  /** Records a second. */
  public double throughput() {
    return records / seconds;
  }
}
