package io.promptmonitor.common.report;

import com.fasterxml.jackson.databind.PropertyNamingStrategies.SnakeCaseStrategy;
import com.fasterxml.jackson.databind.annotation.JsonNaming;
import io.promptmonitor.common.metrics.Metric;
import java.time.LocalDate;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * What is to be said about a prompt on a day (UTC), over the executions of all its versions.
 *
 * <p>It is a function of what is stored: as long as that does not change, each edition of a report
 * is equal to the one before but for its number.
 *
 * @param promptId the prompt
 * @param date the day, from 00:00 UTC to the next 00:00 UTC
 * @param revision 1 for the first edition of this day's report, one more with each further one
 * @param activeVersion the version that was active when the day ended, or is now; null if none was
 * @param completeness whether anything of it may still change, and why
 * @param summary the executive summary
 * @param versions the versions that were active or had executions, in the order of their switches
 * @param keyMetrics the key metrics, in the order in which they are shown
 * @param errors what failed
 * @param tokens tokens against the budget
 * @param calibration predicted quality against actual
 * @param feedback what users said, and when
 * @param compliance each threshold of the active version's specification, passed or not
 * @param alerts the alerts of the day
 * @param rollbacks the rollbacks of the day
 * @param coverage what the figures are taken from, and what they leave out
 * @param recommendations what to do, the most important first; never empty
 * @param hours the hours of the day, for charts; those without executions are left out
 */
@JsonNaming(SnakeCaseStrategy.class)
public record DailyReport(
    String promptId,
    LocalDate date,
    int revision,
    @Nullable String activeVersion,
    Completeness completeness,
    Summary summary,
    List<VersionOfDay> versions,
    List<KeyMetric> keyMetrics,
    ErrorAnalysis errors,
    TokenUse tokens,
    Calibration calibration,
    Feedback feedback,
    List<ComplianceCheck> compliance,
    AlertsOfDay alerts,
    RollbacksOfDay rollbacks,
    Coverage coverage,
    List<Recommendation> recommendations,
    List<HourOfDay> hours) {

  public DailyReport {
    Objects.requireNonNull(promptId, "promptId");
    Objects.requireNonNull(date, "date");
    if (revision < 1) {
      throw new IllegalArgumentException("revisions are counted from 1: " + revision);
    }
    versions = List.copyOf(versions);
    keyMetrics = List.copyOf(keyMetrics);
    compliance = List.copyOf(compliance);
    recommendations = List.copyOf(recommendations);
    hours = List.copyOf(hours);
  }

  /**
   * One of the key metrics.
   *
   * @throws java.util.NoSuchElementException if the metric is none
   */
  public KeyMetric keyMetric(Metric metric) {
    return keyMetrics.stream()
        .filter(key -> key.metric().equals(metric.column()))
        .findFirst()
        .orElseThrow();
  }
}
