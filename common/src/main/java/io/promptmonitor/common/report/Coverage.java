package io.promptmonitor.common.report;

import com.fasterxml.jackson.databind.PropertyNamingStrategies.SnakeCaseStrategy;
import com.fasterxml.jackson.databind.annotation.JsonNaming;
import java.util.Map;

/**
 * What the figures are taken from, and what they leave out. Records that were not counted do not
 * say for sure which prompt they are of, so those are of all prompts.
 *
 * @param executions executions of the prompt that were counted
 * @param hoursWithTraffic in how many of the day's 24 hours there were any
 * @param late records of all prompts that came after their window had closed for good
 * @param rejected records of all prompts that could not be used, by reason, the most frequent first
 */
@JsonNaming(SnakeCaseStrategy.class)
public record Coverage(
    long executions, int hoursWithTraffic, long late, Map<String, Long> rejected) {}
