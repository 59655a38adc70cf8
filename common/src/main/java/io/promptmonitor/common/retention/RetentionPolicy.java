package io.promptmonitor.common.retention;

import io.promptmonitor.common.config.ConfigSection;
import io.promptmonitor.common.config.ConfigValue;
import io.promptmonitor.common.config.DurationText;
import io.promptmonitor.common.windows.WindowSize;
import java.io.Serializable;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/**
 * How long what was found out is kept: the block {@code retention} of the configuration.
 *
 * @param windows how long the rows of windows are kept after the end of the window, by their size
 * @param deadLetters how long records that were not counted are kept after they were received
 * @param notifications how long notifications are kept after they were sent or given up, and after
 *     the end of the last alert that they are about
 * @param alerts how long alerts are kept after their end, with their transitions; at least as long
 *     as notifications
 */
public record RetentionPolicy(
    Map<WindowSize, Duration> windows,
    Duration deadLetters,
    Duration notifications,
    Duration alerts)
    implements Serializable {

  /**
   * A report compares a day with the same one a week before, and may be a week late: what it is
   * made from is kept at least this long.
   */
  private static final Duration REPORTED = Duration.ofDays(15);

  private static final Duration MAX = Duration.ofDays(3_650);

  /** How far the job may be behind the time of day and still find the rows that it corrects. */
  private static final Duration JOB_LAG = Duration.ofMinutes(30);

  private static final RetentionPolicy DEFAULTS =
      new RetentionPolicy(Map.of(), Duration.ofDays(30), Duration.ofDays(90), Duration.ofDays(365));

  /**
   * Fills in the defaults of windows that are not named.
   *
   * @throws IllegalArgumentException if a value is out of its range
   */
  public RetentionPolicy {
    EnumMap<WindowSize, Duration> complete = new EnumMap<>(WindowSize.class);
    for (WindowSize size : WindowSize.values()) {
      complete.put(size, windows.getOrDefault(size, size.retention()));
    }
    complete.forEach((size, keep) -> check(keep, leastOf(size, Duration.ZERO), size.label()));
    windows = Collections.unmodifiableMap(complete);
    check(deadLetters, REPORTED, "dead_letters");
    check(notifications, REPORTED, "notifications");
    check(alerts, notifications, "alerts");
  }

  /** What holds where the configuration says nothing; of windows the table of the specification. */
  public static RetentionPolicy defaults() {
    return DEFAULTS;
  }

  /**
   * Reads the block {@code retention}.
   *
   * @param feedbackHorizon how long after an execution its feedback corrects windows; no window may
   *     be given less
   */
  public static RetentionPolicy read(ConfigSection section, Duration feedbackHorizon) {
    Map<WindowSize, Duration> windows =
        section.get("windows", v -> readWindows(v, feedbackHorizon), Map.of());
    Duration deadLetters =
        section.get("dead_letters", v -> v.duration(REPORTED, MAX), DEFAULTS.deadLetters);
    Duration notifications =
        section.get("notifications", v -> v.duration(REPORTED, MAX), DEFAULTS.notifications);
    Duration alerts = section.get("alerts", v -> v.duration(REPORTED, MAX), DEFAULTS.alerts);
    if (alerts.compareTo(notifications) < 0) {
      section.problem(
          section.has("alerts") ? "alerts" : "notifications",
          "alerts must be kept at least as long as notifications ("
              + DurationText.format(notifications)
              + "), found "
              + DurationText.format(alerts));
      alerts = notifications;
    }
    return new RetentionPolicy(windows, deadLetters, notifications, alerts);
  }

  private static Map<WindowSize, Duration> readWindows(
      ConfigValue value, Duration feedbackHorizon) {
    List<String> sizes = Stream.of(WindowSize.values()).map(WindowSize::label).toList();
    return value.map(
        key -> WindowSize.ofLabel(key.choice(sizes)),
        (size, v) -> v.duration(leastOf(size, feedbackHorizon), MAX));
  }

  private static Duration leastOf(WindowSize size, Duration feedbackHorizon) {
    boolean reported = size.compareTo(WindowSize.ONE_HOUR) >= 0;
    Duration least = reported ? REPORTED : Duration.ofMillis(size.millis());
    return least.compareTo(feedbackHorizon) < 0 ? feedbackHorizon : least;
  }

  private static void check(Duration keep, Duration least, String name) {
    if (keep.compareTo(least) < 0 || keep.compareTo(MAX) > 0) {
      throw new IllegalArgumentException(
          name
              + " must be from "
              + DurationText.format(least)
              + " to "
              + DurationText.format(MAX)
              + ", found "
              + keep);
    }
  }

  /**
   * What is old at a time, in the order in which it is to be removed.
   *
   * @param correctable how long after its end the job may correct a window; it is kept until the
   *     first whole hour from half an hour after that, whatever the policy says
   * @param now the time of day
   */
  public List<RetentionLimit> limits(Duration correctable, Instant now) {
    List<RetentionLimit> limits = new ArrayList<>();
    Duration needed = wholeHours(correctable.plus(JOB_LAG));
    windows.forEach(
        (size, wanted) -> {
          Duration keep = wanted.compareTo(needed) < 0 ? needed : wanted;
          limits.add(new RetentionLimit(size.label(), keep, now.minus(keep)));
        });
    limits.add(new RetentionLimit("alert_exemplar", null, now));
    limits.add(new RetentionLimit("dead_letter", deadLetters, now.minus(deadLetters)));
    // Before the alerts, which say how long notifications about them stay.
    limits.add(new RetentionLimit("notification", notifications, now.minus(notifications)));
    limits.add(new RetentionLimit("alert", alerts, now.minus(alerts)));
    return Collections.unmodifiableList(limits);
  }

  private static Duration wholeHours(Duration duration) {
    Duration whole = Duration.ofHours(duration.toHours());
    return whole.equals(duration) ? whole : whole.plusHours(1);
  }
}
