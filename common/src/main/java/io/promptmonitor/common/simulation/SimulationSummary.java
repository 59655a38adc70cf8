package io.promptmonitor.common.simulation;

import io.promptmonitor.common.execution.PromptVersionId;
import io.promptmonitor.common.ingest.RejectionReason;
import java.util.Map;

/**
 * The truth about simulated traffic, to compare a monitor's results with.
 *
 * @param executions different executions; each counts once
 * @param failures those of them that failed
 * @param duplicates execution records that came a second time, in addition
 * @param broken records that must be rejected, in addition, by reason
 * @param feedbackEvents ratings and scores that came in events of their own
 * @param stragglers execution records that were delayed further than the others
 * @param rawTexts execution records with the text of input or output, duplicates not counted
 * @param byVersion the executions by prompt version, in the scenario's order; versions without
 *     traffic are left out
 */
public record SimulationSummary(
    long executions,
    long failures,
    long duplicates,
    Map<RejectionReason, Long> broken,
    long feedbackEvents,
    long stragglers,
    long rawTexts,
    Map<PromptVersionId, OfVersion> byVersion) {

  /**
   * The truth about a prompt version.
   *
   * @param executions its executions
   * @param failures those of them that failed
   * @param latencyMs sum of their latencies in milliseconds
   * @param totalTokens sum of their tokens
   * @param ratings number of ratings, those in records and those in events of their own
   * @param ratingSum sum of the ratings
   * @param scores number of automated scores
   */
  public record OfVersion(
      long executions,
      long failures,
      long latencyMs,
      long totalTokens,
      long ratings,
      long ratingSum,
      long scores) {}

  /** Number of broken records. */
  public long brokenRecords() {
    return broken.values().stream().mapToLong(Long::longValue).sum();
  }

  /** Number of records of all kinds: the lines of the output. */
  public long records() {
    return executions + duplicates + brokenRecords() + feedbackEvents;
  }
}
