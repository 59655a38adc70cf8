package io.promptmonitor.common.report;

import io.promptmonitor.common.alerts.Severity;
import io.promptmonitor.common.comparison.MetricReading;
import io.promptmonitor.common.comparison.Verdict;
import io.promptmonitor.common.metrics.Metric;
import io.promptmonitor.common.metrics.MetricText;
import io.promptmonitor.common.report.ComplianceCheck.Result;
import io.promptmonitor.common.report.ErrorAnalysis.ErrorType;
import io.promptmonitor.common.report.ErrorAnalysis.Trend;
import io.promptmonitor.common.text.PlainText;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What to do after a day: each recommendation by a rule that {@link Rule} names, in the order of
 * its constants, the most important first.
 */
final class Recommendations {

  /** The rules, in the order of importance. */
  enum Rule {
    /** Automatic rollbacks are locked until an operator clears them. */
    MANUAL_INTERVENTION,
    /** Going back did not help. */
    ROLLBACK_DID_NOT_HELP,
    /** A rollback was demanded and did not happen. */
    ROLLBACK_NOT_POSSIBLE,
    /** A version was rolled back: it needs a fix. */
    FIX_ROLLED_BACK_VERSION,
    /** No executions of a prompt that has an active version. */
    NO_EXECUTIONS,
    /** A critical threshold of the specification was not kept. */
    CRITICAL_THRESHOLD,
    /** Other limits of the specification were not kept. */
    SPECIFICATION,
    /** An error type makes up most failures, or became more frequent. */
    ERROR_TYPE,
    /** Key metrics are worse than the day before. */
    WORSE_THAN_YESTERDAY,
    /** More than a fifth of the ratings are negative, as the specification's manual review asks. */
    NEGATIVE_FEEDBACK,
    /** A prediction of quality is off. */
    CALIBRATION,
    /** A critical alert that nobody took on. */
    UNACKNOWLEDGED_ALERT,
    /** Versions with executions that the registry does not know. */
    UNREGISTERED_VERSION,
    /** None of the above. */
    NOTHING_TO_DO;

    String label() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  /** Ratings of which more than this share is negative ask for a look. */
  private static final double MUCH_NEGATIVE_FEEDBACK = 0.20;

  private final String promptId;
  private final Sections sections;
  private final List<Recommendation> all = new ArrayList<>();

  private Recommendations(String promptId, Sections sections) {
    this.promptId = promptId;
    this.sections = sections;
  }

  static List<Recommendation> of(
      String promptId, @Nullable String activeVersion, Sections sections) {
    Recommendations recommendations = new Recommendations(promptId, sections);
    recommendations.rollbacks();
    recommendations.executions(activeVersion);
    recommendations.specification();
    recommendations.errors();
    recommendations.yesterday();
    recommendations.quality();
    recommendations.alerts();
    recommendations.versions();
    if (recommendations.all.isEmpty()) {
      recommendations.add(Rule.NOTHING_TO_DO, "Nothing to do.", recommendations.allIsWell());
    }
    return List.copyOf(recommendations.all);
  }

  private void add(Rule rule, String text, String evidence) {
    all.add(new Recommendation(rule.label(), text, evidence));
  }

  private void rollbacks() {
    RollbacksOfDay rollbacks = sections.rollbacks();
    RollbacksOfDay.Allowance allowance = rollbacks.allowance();
    if (allowance.interventionSince() != null) {
      add(
          Rule.MANUAL_INTERVENTION,
          "Find out why the prompt was rolled back so often, then allow it again: promptmon rollbacks"
              + " clear "
              + promptId,
          "no automatic rollback since "
              + PlainText.time(allowance.interventionSince())
              + ", after "
              + allowance.maxPerDay()
              + " in 24 hours");
    }
    for (RollbacksOfDay.Event event : rollbacks.events()) {
      if ("not_recovered".equals(event.outcome())) {
        add(
            Rule.ROLLBACK_DID_NOT_HELP,
            "Look for a cause outside the prompt, such as the model or its provider: going back to "
                + event.toVersion()
                + " did not help.",
            "rollback at " + PlainText.time(event.happenedAt()) + ": " + event.reason());
      }
    }
    for (RollbacksOfDay.Event event : rollbacks.events()) {
      if (event.status().equals("refused") && !isLeftLater(event)) {
        add(
            Rule.ROLLBACK_NOT_POSSIBLE,
            "Decide by hand whether to replace version " + event.fromVersion() + ".",
            "a rollback was demanded at "
                + PlainText.time(event.happenedAt())
                + ": "
                + event.reason());
      }
    }
    for (RollbacksOfDay.Event event : rollbacks.events()) {
      if (event.status().equals("switched")) {
        add(
            Rule.FIX_ROLLED_BACK_VERSION,
            "Mend version "
                + event.fromVersion()
                + " before it is deployed again; what its failures have in common: promptmon rollbacks"
                + " show "
                + event.rollbackId(),
            "rolled back to "
                + event.toVersion()
                + " at "
                + PlainText.time(event.happenedAt())
                + ": "
                + event.reason());
      }
    }
  }

  /** Whether the version was rolled back after all, later on the day. */
  private boolean isLeftLater(RollbacksOfDay.Event refused) {
    return sections.rollbacks().events().stream()
        .anyMatch(
            event ->
                event.status().equals("switched")
                    && event.fromVersion().equals(refused.fromVersion())
                    && event.happenedAt().isAfter(refused.happenedAt()));
  }

  private void executions(@Nullable String activeVersion) {
    if (sections.summary().executions() == 0 && activeVersion != null) {
      add(
          Rule.NO_EXECUTIONS,
          "Check whether the applications that use the prompt run and log their executions.",
          "version " + activeVersion + " is active and had no executions");
    }
  }

  private void specification() {
    for (ComplianceCheck check : sections.compliance()) {
      if (check.result() == Result.FAILED && check.requirement().endsWith(".critical")) {
        add(
            Rule.CRITICAL_THRESHOLD,
            "Bring " + check.metric() + " of version " + check.version() + " back in bounds.",
            evidence(check));
      }
    }
    Map<String, List<String>> failed = new LinkedHashMap<>();
    for (ComplianceCheck check : sections.compliance()) {
      if (check.result() == Result.FAILED
          && !check.requirement().endsWith(".critical")
          && !isWorseToldOf(check)) {
        failed.computeIfAbsent(check.version(), version -> new ArrayList<>()).add(evidence(check));
      }
    }
    failed.forEach(
        (version, evidence) ->
            add(
                Rule.SPECIFICATION,
                "Bring version " + version + " back to what its specification asks, or correct it.",
                String.join("; ", evidence)));
  }

  /** Whether the metric's critical threshold was recommended to be looked at. */
  private boolean isWorseToldOf(ComplianceCheck check) {
    return sections.compliance().stream()
        .anyMatch(
            other ->
                other.result() == Result.FAILED
                    && other.requirement().endsWith(".critical")
                    && other.metric().equals(check.metric()));
  }

  private static String evidence(ComplianceCheck check) {
    Double value = check.value().value();
    return check.requirement()
        + " asks for "
        + check.operator()
        + " "
        + MetricText.value(check.metric(), check.limit())
        + ", it was "
        + (value == null ? "unknown" : MetricText.value(check.metric(), value))
        + " ("
        + check.value().n()
        + " executions)";
  }

  private void errors() {
    for (ErrorType type : sections.errors().types()) {
      Double atLeast = type.shareOfErrors().lower();
      boolean most =
          sections.errors().failures() >= SampleSize.LEAST && atLeast != null && atLeast > 0.5;
      if (most || type.trend() == Trend.UP) {
        add(
            Rule.ERROR_TYPE,
            "Look into failures of type " + type.type() + ".",
            type.count()
                + " of "
                + sections.errors().failures()
                + " failures"
                + (type.trend() == Trend.UP
                    ? ", significantly more often than yesterday (" + type.countYesterday() + ")"
                    : ""));
      }
    }
  }

  private void yesterday() {
    List<String> titles = new ArrayList<>();
    List<String> evidence = new ArrayList<>();
    for (KeyMetric metric : sections.keyMetrics()) {
      Difference change = metric.vsYesterday();
      if (change.verdict() == Verdict.WORSE && isTold(metric.today())) {
        titles.add(metric.title());
        evidence.add(
            metric.title()
                + " "
                + show(metric.metric(), metric.today().value())
                + " after "
                + show(metric.metric(), change.reference())
                + " yesterday ("
                + metric.today().n()
                + " and "
                + change.referenceN()
                + " executions)");
      }
    }
    if (!titles.isEmpty()) {
      add(
          Rule.WORSE_THAN_YESTERDAY,
          "Find out what changed since yesterday: "
              + String.join(", ", titles)
              + (titles.size() == 1 ? " is" : " are")
              + " worse.",
          String.join("; ", evidence));
    }
  }

  private static boolean isTold(MetricReading reading) {
    return reading.value() != null;
  }

  private static String show(String metric, @Nullable Double value) {
    return value == null ? "unknown" : MetricText.value(metric, value);
  }

  private void quality() {
    MetricReading negative = sections.feedback().negativeRate();
    Double atLeast = negative.lower();
    if (negative.n() >= SampleSize.LEAST && atLeast != null && atLeast > MUCH_NEGATIVE_FEEDBACK) {
      add(
          Rule.NEGATIVE_FEEDBACK,
          "Read what users are unhappy with.",
          show(Metric.USER_FEEDBACK_NEGATIVE_RATE.column(), negative.value())
              + " of "
              + negative.n()
              + " ratings are 1 or 2");
    }
    Calibration calibration = sections.calibration();
    if (calibration.adjustmentRecommended()) {
      add(
          Rule.CALIBRATION,
          "Adjust how quality is predicted: promptmon calibrate",
          calibration.why());
    }
  }

  private void alerts() {
    for (AlertsOfDay.Episode episode : sections.alerts().episodes()) {
      if (episode.severity() == Severity.CRITICAL
          && episode.resolvedAt() == null
          && episode.acknowledgedBy() == null) {
        add(
            Rule.UNACKNOWLEDGED_ALERT,
            "Take on the alert " + episode.rule() + ": promptmon alerts ack " + episode.alertId(),
            "it fires since "
                + PlainText.time(episode.firedAt())
                + " for version "
                + episode.version());
      }
    }
  }

  private void versions() {
    for (VersionOfDay version : sections.versions()) {
      if (!version.registered() && version.executions() > 0) {
        add(
            Rule.UNREGISTERED_VERSION,
            "Register version "
                + version.version()
                + ", so that it has baselines, thresholds and a way back.",
            version.executions() + " executions of a version that the registry does not know");
      }
    }
  }

  private String allIsWell() {
    long passed =
        sections.compliance().stream().filter(check -> check.result() == Result.PASSED).count();
    return sections.compliance().isEmpty()
        ? "no rule of this report found anything"
        : passed
            + " of "
            + sections.compliance().size()
            + " limits of the specification checked"
            + " and kept, and no other rule of this report found anything";
  }
}
