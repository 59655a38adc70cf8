package io.promptmonitor.common.registry;

import io.promptmonitor.common.conditions.Condition;
import io.promptmonitor.common.metrics.Metric;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * The block {@code deployment_specification} of a version: what is expected of it in production and
 * what happens if it does not live up to that. A part that the file leaves out is empty.
 *
 * @param versionControl what version it is for
 * @param performanceBaseline what is expected
 * @param alertThresholds when to alert; each metric once, in the order of {@link Metric}, because
 *     what is a mapping in a file has no order in a database
 * @param rollbackTriggers when to roll back
 * @param monitoring what to show and whom to tell
 */
public record DeploymentSpecification(
    VersionControl versionControl,
    PerformanceBaseline performanceBaseline,
    List<AlertThreshold> alertThresholds,
    RollbackTriggers rollbackTriggers,
    Monitoring monitoring) {

  public DeploymentSpecification {
    Objects.requireNonNull(versionControl, "versionControl");
    Objects.requireNonNull(performanceBaseline, "performanceBaseline");
    alertThresholds =
        alertThresholds.stream().sorted(Comparator.comparing(AlertThreshold::metric)).toList();
    Objects.requireNonNull(rollbackTriggers, "rollbackTriggers");
    Objects.requireNonNull(monitoring, "monitoring");
  }

  /**
   * What version the specification is for; it repeats the version's own fields.
   *
   * @param versionId the version's number
   * @param promptHash the {@link PromptHash} of its text
   * @param createdAt when it was made, to the second; null if not said
   * @param explorationPath how it was arrived at; null if not said
   * @param rollbackReference where a rollback goes; null for the version that it replaces
   */
  public record VersionControl(
      SemanticVersion versionId,
      String promptHash,
      @Nullable Instant createdAt,
      @Nullable String explorationPath,
      @Nullable SemanticVersion rollbackReference) {

    public VersionControl {
      Objects.requireNonNull(versionId, "versionId");
      Objects.requireNonNull(promptHash, "promptHash");
    }
  }

  /**
   * What is expected in production; null where nothing is.
   *
   * @param expectedAccuracy share of executions that succeed, 0 to 1
   * @param expectedLatencyP50 median latency in milliseconds
   * @param expectedLatencyP95 95th percentile of the latency in milliseconds
   * @param tokenBudgetAverage mean tokens of an execution
   * @param tokenBudgetMax most tokens of an execution
   * @param consistencyTarget share of repeated inputs that get the same output, 0 to 1
   */
  public record PerformanceBaseline(
      @Nullable Double expectedAccuracy,
      @Nullable Double expectedLatencyP50,
      @Nullable Double expectedLatencyP95,
      @Nullable Double tokenBudgetAverage,
      @Nullable Double tokenBudgetMax,
      @Nullable Double consistencyTarget) {

    /** Nothing is expected. */
    public static PerformanceBaseline none() {
      return new PerformanceBaseline(null, null, null, null, null, null);
    }
  }

  /**
   * From where on a metric is alarming, in the metric's unit and in the direction that is worse for
   * it; at least one of the two is there.
   *
   * @param metric the metric
   * @param warning from where on somebody should know; null for never
   * @param critical from where on somebody should act; null for never
   */
  public record AlertThreshold(Metric metric, @Nullable Double warning, @Nullable Double critical) {

    public AlertThreshold {
      Objects.requireNonNull(metric, "metric");
    }
  }

  /**
   * When to roll back; general triggers do not hold for a version that has its own.
   *
   * @param automatic conditions on which it is rolled back
   * @param manualReview conditions on which a person is asked to look
   */
  public record RollbackTriggers(List<Condition> automatic, List<Condition> manualReview) {

    public RollbackTriggers {
      automatic = List.copyOf(automatic);
      manualReview = List.copyOf(manualReview);
    }

    /** None of its own. */
    public static RollbackTriggers none() {
      return new RollbackTriggers(List.of(), List.of());
    }
  }

  /**
   * What to show and whom to tell.
   *
   * @param metricsToTrack names of what reports show, in the file's order
   * @param alertingChannels names of notification channels, in the file's order
   * @param reportSchedule how often a report is made; null if not said
   */
  public record Monitoring(
      List<String> metricsToTrack, List<String> alertingChannels, @Nullable String reportSchedule) {

    public Monitoring {
      metricsToTrack = List.copyOf(metricsToTrack);
      alertingChannels = List.copyOf(alertingChannels);
    }

    /** Nothing is said. */
    public static Monitoring none() {
      return new Monitoring(List.of(), List.of(), null);
    }
  }
}
