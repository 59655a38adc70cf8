package io.promptmonitor.common.report;

import com.fasterxml.jackson.databind.PropertyNamingStrategies.SnakeCaseStrategy;
import com.fasterxml.jackson.databind.annotation.JsonNaming;
import io.promptmonitor.common.calibration.CalibrationStatus;
import io.promptmonitor.common.comparison.MetricReading;
import io.promptmonitor.common.metrics.Metric;
import org.jspecify.annotations.Nullable;

/**
 * A prompt's line in the overview of a day.
 *
 * @param promptId the prompt
 * @param activeVersion the version that was active when the day ended; null if none was
 * @param isFinal whether its report is final
 * @param executions number of executions
 * @param successRate share that succeeded, 0 to 1
 * @param successVsYesterday against the day before
 * @param latencyP95 95th percentile of the latency in milliseconds
 * @param userSatisfaction mean rating, 1 to 5
 * @param calibration how far predictions are off; null if that is not known
 * @param warnings alerts of the day that are warnings
 * @param criticals alerts of the day that are critical
 * @param rollbacks rollbacks that happened
 * @param checksFailed limits of the specification that were not kept
 * @param checks limits of the specification
 * @param firstRecommendation the most important recommendation
 */
@JsonNaming(SnakeCaseStrategy.class)
public record PromptAtAGlance(
    String promptId,
    @Nullable String activeVersion,
    boolean isFinal,
    long executions,
    MetricReading successRate,
    Difference successVsYesterday,
    MetricReading latencyP95,
    MetricReading userSatisfaction,
    @Nullable CalibrationStatus calibration,
    long warnings,
    long criticals,
    long rollbacks,
    int checksFailed,
    int checks,
    Recommendation firstRecommendation) {

  /** The line of a report. */
  public static PromptAtAGlance of(DailyReport report) {
    return new PromptAtAGlance(
        report.promptId(),
        report.activeVersion(),
        report.completeness().isFinal(),
        report.summary().executions(),
        report.summary().successRate(),
        report.keyMetric(Metric.SUCCESS_RATE).vsYesterday(),
        report.keyMetric(Metric.LATENCY_P95).today(),
        report.summary().userSatisfaction(),
        report.calibration().status(),
        report.alerts().warning(),
        report.alerts().critical(),
        report.rollbacks().count(),
        (int)
            report.compliance().stream()
                .filter(check -> check.result() == ComplianceCheck.Result.FAILED)
                .count(),
        report.compliance().size(),
        report.recommendations().get(0));
  }
}
