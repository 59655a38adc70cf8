package io.promptmonitor.common.report;

import io.promptmonitor.common.registry.RegisteredVersion;
import io.promptmonitor.common.windows.WindowUpdate;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What is stored of a prompt that its daily report is made from.
 *
 * @param promptId the prompt
 * @param date the day (UTC)
 * @param asOf when the report is made: what ends after it is provisional
 * @param revision the number of this edition, from 1
 * @param days rows of {@code 24h} windows: of the day, of the day before, and of the same weekday a
 *     week before, of all versions, in any order
 * @param consistency the {@code consistency_rate} of the day, by version; that of several windows
 *     cannot be merged, so it is not in {@code days}
 * @param hours rows of {@code 1h} windows of the day, of all versions, in any order
 * @param versions the prompt's versions in the registry, by their number
 * @param activePeriods when which version was active, in the order of time
 * @param alerts the alerts that began to fire on the day, in any order
 * @param rollbacks the rollbacks that happened or were demanded on the day, in any order
 * @param allowance whether it may be rolled back automatically
 * @param deadLetters records of all prompts of the day that were not counted, by reason
 * @param previousFeedback how many ratings and scores the previous edition counted; null if there
 *     is none
 * @param feedbackUntil until when feedback on the day's executions is counted
 */
public record PromptDay(
    String promptId,
    LocalDate date,
    Instant asOf,
    int revision,
    List<WindowUpdate> days,
    Map<String, Double> consistency,
    List<WindowUpdate> hours,
    Map<String, RegisteredVersion> versions,
    List<ActivePeriod> activePeriods,
    List<AlertsOfDay.Episode> alerts,
    List<RollbacksOfDay.Event> rollbacks,
    RollbacksOfDay.Allowance allowance,
    Map<String, Long> deadLetters,
    @Nullable Long previousFeedback,
    Instant feedbackUntil) {

  public PromptDay {
    days = List.copyOf(days);
    consistency = Map.copyOf(consistency);
    hours = List.copyOf(hours);
    versions = Map.copyOf(versions);
    activePeriods = List.copyOf(activePeriods);
    alerts = List.copyOf(alerts);
    rollbacks = List.copyOf(rollbacks);
    deadLetters = Map.copyOf(deadLetters);
  }

  /** When the day begins. */
  public Instant start() {
    return date.atStartOfDay(ZoneOffset.UTC).toInstant();
  }

  /** When the day ends, exclusive. */
  public Instant end() {
    return date.plusDays(1).atStartOfDay(ZoneOffset.UTC).toInstant();
  }

  /**
   * A time in which a version was active.
   *
   * @param version the version
   * @param from since when, inclusive
   * @param until until when, exclusive; null if it still is
   */
  public record ActivePeriod(String version, Instant from, @Nullable Instant until) {}
}
