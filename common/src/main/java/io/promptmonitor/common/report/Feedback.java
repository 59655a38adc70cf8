package io.promptmonitor.common.report;

import com.fasterxml.jackson.databind.PropertyNamingStrategies.SnakeCaseStrategy;
import com.fasterxml.jackson.databind.annotation.JsonNaming;
import io.promptmonitor.common.comparison.MetricReading;
import org.jspecify.annotations.Nullable;

/**
 * What users and automated scores said of the day's executions.
 *
 * @param ratings number of ratings
 * @param negativeRate share of ratings of 1 or 2, 0 to 1
 * @param scores number of automated scores
 * @param avgScore mean automated score, 0 to 10
 * @param arrivedSince how many ratings and scores came since the report's previous edition; null in
 *     the first
 * @param tooLate how many feedback events of that day, of all prompts, came after the feedback
 *     horizon or for executions that were never counted
 */
@JsonNaming(SnakeCaseStrategy.class)
public record Feedback(
    long ratings,
    MetricReading negativeRate,
    long scores,
    MetricReading avgScore,
    @Nullable Long arrivedSince,
    long tooLate) {}
