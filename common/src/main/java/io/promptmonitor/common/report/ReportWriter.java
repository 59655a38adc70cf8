package io.promptmonitor.common.report;

import io.promptmonitor.common.alerts.Severity;
import io.promptmonitor.common.metrics.Metric;
import io.promptmonitor.common.metrics.QualityCounts;
import io.promptmonitor.common.metrics.WindowAggregate;
import io.promptmonitor.common.registry.RegisteredVersion;
import io.promptmonitor.common.sketch.DistinctSketch;
import io.promptmonitor.common.text.PlainText;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** Makes a prompt's daily report from what is stored of the day. */
public final class ReportWriter {

  /** The reason of dead letters that came after their window had closed for good. */
  private static final String LATE = "late";

  /** The reason of dead letters that are feedback nobody waits for any more. */
  private static final String FEEDBACK_TOO_LATE = "feedback_without_window";

  private final PromptDay day;
  private final TrafficOfDay today;
  private final TrafficOfDay yesterday;
  private final TrafficOfDay lastWeek;
  private final List<HourOfDay> hours;

  private ReportWriter(PromptDay day) {
    this.day = day;
    this.today = TrafficOfDay.of(day.date(), day.days());
    this.yesterday = TrafficOfDay.of(day.date().minusDays(1), day.days());
    this.lastWeek = TrafficOfDay.of(day.date().minusWeeks(1), day.days());
    this.hours = HoursOfDay.of(day.hours());
  }

  /** The report of a prompt's day. */
  public static DailyReport write(PromptDay day) {
    return new ReportWriter(day).report();
  }

  private DailyReport report() {
    String activeVersion = VersionsOfDay.activeAtTheEnd(day);
    RegisteredVersion active = activeVersion == null ? null : day.versions().get(activeVersion);
    Sections sections =
        new Sections(
            summary(),
            VersionsOfDay.of(day, today),
            KeyMetrics.of(today, yesterday, lastWeek, activeVersion, active),
            ErrorTypes.analysis(today.all(), yesterday.all()),
            Tokens.of(today, active),
            CalibrationOfDay.of(today),
            feedback(),
            compliance(activeVersion, active),
            alerts(),
            rollbacks());
    return new DailyReport(
        day.promptId(),
        day.date(),
        day.revision(),
        activeVersion,
        completeness(),
        sections.summary(),
        sections.versions(),
        sections.keyMetrics(),
        sections.errors(),
        sections.tokens(),
        sections.calibration(),
        sections.feedback(),
        sections.compliance(),
        sections.alerts(),
        sections.rollbacks(),
        coverage(),
        Recommendations.of(day.promptId(), activeVersion, sections),
        hours);
  }

  private Summary summary() {
    DistinctSketch users = today.all().usersSketch();
    return new Summary(
        today.all().executionCount(),
        users == null ? null : users.estimate(),
        today.reading(Metric.SUCCESS_RATE),
        today.reading(Metric.LATENCY_AVG),
        today.reading(Metric.AVG_USER_FEEDBACK));
  }

  private Completeness completeness() {
    List<String> reasons = new ArrayList<>();
    if (day.asOf().isBefore(day.end())) {
      reasons.add("The day ends at " + PlainText.time(day.end()) + ".");
    } else if (day.days().stream().anyMatch(row -> isOfToday(row.start()) && !row.isFinal())) {
      reasons.add("The monitoring job has not ended the day's windows yet.");
    }
    if (day.asOf().isBefore(day.feedbackUntil())) {
      reasons.add(
          "Feedback on the day's executions is counted until "
              + PlainText.time(day.feedbackUntil())
              + ".");
    }
    if (day.alerts().stream().anyMatch(episode -> episode.resolvedAt() == null)) {
      reasons.add("An alert of the day still fires.");
    }
    if (day.rollbacks().stream()
        .anyMatch(event -> event.status().equals(SWITCHED) && event.outcome() == null)) {
      reasons.add("Whether a rollback helped is not known yet.");
    }
    return new Completeness(reasons.isEmpty(), reasons);
  }

  private static final String SWITCHED = "switched";

  private boolean isOfToday(long windowStart) {
    return windowStart == day.start().toEpochMilli();
  }

  private Feedback feedback() {
    QualityCounts quality = today.all().quality();
    Long previous = day.previousFeedback();
    long counted = quality.ratingCount() + quality.scoreCount();
    return new Feedback(
        quality.ratingCount(),
        today.reading(Metric.USER_FEEDBACK_NEGATIVE_RATE),
        quality.scoreCount(),
        today.reading(Metric.AVG_AUTOMATED_SCORE),
        previous == null ? null : counted - previous,
        day.deadLetters().getOrDefault(FEEDBACK_TOO_LATE, 0L));
  }

  private List<ComplianceCheck> compliance(
      @Nullable String activeVersion, @Nullable RegisteredVersion active) {
    if (activeVersion == null || active == null) {
      return List.of();
    }
    return SpecificationCheck.of(
        active, today.of(activeVersion), day.consistency().get(activeVersion));
  }

  private AlertsOfDay alerts() {
    List<AlertsOfDay.Episode> episodes = new ArrayList<>(day.alerts());
    episodes.sort(
        Comparator.comparing(AlertsOfDay.Episode::firedAt)
            .thenComparing(AlertsOfDay.Episode::alertId));
    double[] seconds =
        episodes.stream()
            .map(AlertsOfDay.Episode::secondsToResolve)
            .filter(Objects::nonNull)
            .mapToDouble(Double::doubleValue)
            .sorted()
            .toArray();
    return new AlertsOfDay(
        count(episodes, Severity.WARNING),
        count(episodes, Severity.CRITICAL),
        seconds.length == 0 ? null : median(seconds),
        episodes);
  }

  private static long count(List<AlertsOfDay.Episode> episodes, Severity severity) {
    return episodes.stream().filter(episode -> episode.severity() == severity).count();
  }

  private static double median(double[] ascending) {
    int upper = ascending.length / 2;
    return Arrays.stream(ascending, (ascending.length - 1) / 2, upper + 1).average().orElseThrow();
  }

  private RollbacksOfDay rollbacks() {
    List<RollbacksOfDay.Event> events = new ArrayList<>(day.rollbacks());
    events.sort(
        Comparator.comparing(RollbacksOfDay.Event::happenedAt)
            .thenComparing(RollbacksOfDay.Event::rollbackId));
    long switched = events.stream().filter(event -> event.status().equals(SWITCHED)).count();
    return new RollbacksOfDay(switched, events, day.allowance());
  }

  private Coverage coverage() {
    Map<String, Long> rejected = new LinkedHashMap<>();
    day.deadLetters().entrySet().stream()
        .filter(letter -> !letter.getKey().equals(LATE))
        .filter(letter -> !letter.getKey().equals(FEEDBACK_TOO_LATE))
        .sorted(
            Map.Entry.<String, Long>comparingByValue()
                .reversed()
                .thenComparing(Map.Entry.comparingByKey()))
        .forEach(letter -> rejected.put(letter.getKey(), letter.getValue()));
    WindowAggregate all = today.all();
    return new Coverage(
        all.executionCount(), hours.size(), day.deadLetters().getOrDefault(LATE, 0L), rejected);
  }
}
