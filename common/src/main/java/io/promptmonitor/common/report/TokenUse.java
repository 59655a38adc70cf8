package io.promptmonitor.common.report;

import com.fasterxml.jackson.databind.PropertyNamingStrategies.SnakeCaseStrategy;
import com.fasterxml.jackson.databind.annotation.JsonNaming;
import io.promptmonitor.common.comparison.MetricReading;
import org.jspecify.annotations.Nullable;

/**
 * Tokens against the active version's budget.
 *
 * @param total input and output tokens of all executions
 * @param avgInput mean input tokens of an execution; null without executions
 * @param avgOutput mean output tokens of an execution; null without executions
 * @param avgTotal mean tokens of an execution
 * @param p95 95th percentile of the tokens of an execution; null without executions
 * @param largest tokens of the largest execution; null without executions
 * @param budgetAverage what an execution may take on average; null if not stated
 * @param budgetMax what an execution may take at most; null if not stated
 * @param overMax share of the executions above {@code budgetMax}, 0 to 1; null if either is unknown
 */
@JsonNaming(SnakeCaseStrategy.class)
public record TokenUse(
    long total,
    @Nullable Double avgInput,
    @Nullable Double avgOutput,
    MetricReading avgTotal,
    @Nullable Double p95,
    @Nullable Double largest,
    @Nullable Double budgetAverage,
    @Nullable Double budgetMax,
    @Nullable Double overMax) {}
