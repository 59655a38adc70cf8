package io.promptmonitor.common.report;

import com.fasterxml.jackson.databind.PropertyNamingStrategies.SnakeCaseStrategy;
import com.fasterxml.jackson.databind.annotation.JsonNaming;
import java.time.Instant;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * An hour of the day, for charts.
 *
 * @param start when it begins
 * @param executions number of executions
 * @param failures number of those that failed
 * @param executionsByVersion executions by version
 * @param latencyP50 median latency in milliseconds
 * @param latencyP95 95th percentile of the latency in milliseconds
 * @param latencyP99 99th percentile of the latency in milliseconds
 * @param userFeedback mean rating, 1 to 5; null without ratings
 */
@JsonNaming(SnakeCaseStrategy.class)
public record HourOfDay(
    Instant start,
    long executions,
    long failures,
    Map<String, Long> executionsByVersion,
    double latencyP50,
    double latencyP95,
    double latencyP99,
    @Nullable Double userFeedback) {}
