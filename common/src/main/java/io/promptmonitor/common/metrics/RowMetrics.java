package io.promptmonitor.common.metrics;

import io.promptmonitor.common.execution.Execution;
import io.promptmonitor.common.sketch.DistinctSketch;
import io.promptmonitor.common.sketch.QuantileSketch;
import org.jspecify.annotations.Nullable;

/**
 * What a stored row of {@code window_metrics} tells of its executions, as far as rules can look at
 * it. Means are those of the columns, NaN where a column is NULL or was not read.
 *
 * @param executions {@code execution_count}
 * @param successes {@code success_count}
 * @param latencyAvg {@code latency_avg}, milliseconds
 * @param avgInputTokens {@code avg_input_tokens}
 * @param avgOutputTokens {@code avg_output_tokens}
 * @param ratings {@code feedback_count}
 * @param avgRating {@code avg_user_feedback}, 1 to 5
 * @param negativeRate {@code user_feedback_negative_rate}, 0 to 1
 * @param scores {@code automated_score_count}
 * @param avgScore {@code avg_automated_score}, 0 to 10
 * @param latencies {@code latency_digest}; null if it was not read
 * @param users {@code users_sketch}; null if there is none, or it was not read
 */
public record RowMetrics(
    long executions,
    long successes,
    double latencyAvg,
    double avgInputTokens,
    double avgOutputTokens,
    long ratings,
    double avgRating,
    double negativeRate,
    long scores,
    double avgScore,
    @Nullable QuantileSketch latencies,
    @Nullable DistinctSketch users) {

  /**
   * Whether a metric can be computed from rows, and from rows that were merged. The consistency
   * rate cannot: a row has the rate, not the pairs of inputs and outputs that it is made from.
   */
  public static boolean tells(Metric metric) {
    return metric.part() != MetricPart.CONSISTENCY;
  }

  /**
   * The aggregate that the row was written from, without what rows do not keep: consistency,
   * tokens' distribution, names and the breakdown of failures. Sums are exact: a mean is the sum's
   * quotient rounded to 53 bits.
   */
  public WindowAggregate toAggregate() {
    return WindowAggregate.of(
        this,
        sum(latencyAvg, executions),
        sum(avgInputTokens, executions),
        sum(avgOutputTokens, executions),
        QualityCounts.of(
            ratings,
            sum(avgRating, ratings),
            sum(negativeRate, ratings),
            scores,
            sum(avgScore * Execution.SCORE_UNIT, scores)));
  }

  private static long sum(double mean, long count) {
    return Double.isNaN(mean) ? 0 : Math.round(mean * count);
  }
}
