package io.promptmonitor.common.report;

import com.fasterxml.jackson.databind.PropertyNamingStrategies.SnakeCaseStrategy;
import com.fasterxml.jackson.databind.annotation.JsonNaming;
import io.promptmonitor.common.alerts.Severity;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The alerts that fired on the day.
 *
 * @param warning how many of them are warnings
 * @param critical how many are critical
 * @param medianSecondsToResolve median time they fired, of those that were resolved, in seconds;
 *     null if none was
 * @param episodes each of them, in the order of time
 */
@JsonNaming(SnakeCaseStrategy.class)
public record AlertsOfDay(
    long warning, long critical, @Nullable Double medianSecondsToResolve, List<Episode> episodes) {

  public AlertsOfDay {
    episodes = List.copyOf(episodes);
  }

  /**
   * An episode of an alert that began to fire on the day.
   *
   * @param alertId the episode
   * @param rule name of the rule
   * @param version the version it is about
   * @param severity the rule's severity
   * @param firedAt when it began to fire
   * @param resolvedAt when it was resolved; null while it fires
   * @param metric the metric that tells most about why; null if nothing was seen
   * @param value its value, in its unit
   * @param operator how it was compared
   * @param threshold what it was compared with, in the same unit
   * @param acknowledgedBy who took it on; null if nobody did
   */
  @JsonNaming(SnakeCaseStrategy.class)
  public record Episode(
      String alertId,
      String rule,
      String version,
      Severity severity,
      Instant firedAt,
      @Nullable Instant resolvedAt,
      @Nullable String metric,
      @Nullable Double value,
      @Nullable String operator,
      @Nullable Double threshold,
      @Nullable String acknowledgedBy) {

    /** How long it fired, in seconds; null while it does. */
    public @Nullable Double secondsToResolve() {
      return resolvedAt == null ? null : Duration.between(firedAt, resolvedAt).toMillis() / 1e3;
    }
  }
}
