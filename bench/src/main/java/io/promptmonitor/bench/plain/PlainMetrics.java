package io.promptmonitor.bench.plain;

/**
 * The metrics of a window of the plain job.
 *
 * @param executions number of executions
 * @param successRate 0 to 1
 * @param latencyP50 milliseconds
 * @param latencyP95 milliseconds
 * @param latencyP99 milliseconds
 * @param latencyAvg milliseconds
 * @param tokensAvg input and output tokens of an execution
 * @param users distinct users, estimated
 * @param ratingAvg 1 to 5, NaN without ratings
 * @param negativeRate share of negative ratings, NaN without ratings
 * @param scoreAvg 0 to 10, NaN without scores
 */
public record PlainMetrics(
    long executions,
    double successRate,
    double latencyP50,
    double latencyP95,
    double latencyP99,
    double latencyAvg,
    double tokensAvg,
    double users,
    double ratingAvg,
    double negativeRate,
    double scoreAvg) {}
