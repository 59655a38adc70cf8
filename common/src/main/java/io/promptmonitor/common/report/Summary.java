package io.promptmonitor.common.report;

import com.fasterxml.jackson.databind.PropertyNamingStrategies.SnakeCaseStrategy;
import com.fasterxml.jackson.databind.annotation.JsonNaming;
import io.promptmonitor.common.comparison.MetricReading;
import org.jspecify.annotations.Nullable;

/**
 * The executive summary.
 *
 * @param executions number of executions
 * @param users number of distinct users; null if no execution named one
 * @param successRate share that succeeded, 0 to 1
 * @param latencyAvg mean latency in milliseconds
 * @param userSatisfaction mean rating, 1 to 5
 */
@JsonNaming(SnakeCaseStrategy.class)
public record Summary(
    long executions,
    @Nullable Long users,
    MetricReading successRate,
    MetricReading latencyAvg,
    MetricReading userSatisfaction) {}
