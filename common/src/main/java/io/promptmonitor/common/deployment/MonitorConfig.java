package io.promptmonitor.common.deployment;

import io.promptmonitor.common.config.ConfigSection;
import io.promptmonitor.common.config.ConfigValue;
import io.promptmonitor.common.config.DurationText;
import io.promptmonitor.common.windows.RollUpSettings;
import io.promptmonitor.common.windows.WindowSize;
import java.io.Serializable;
import java.time.Duration;
import java.util.Collections;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.Stream;

/**
 * How the streaming job reads and aggregates executions: the block {@code monitor} of the
 * configuration. Every component is the key of the same name in snake case; {@code
 * docs/configuration.md} explains each.
 *
 * @param evaluationInterval length of a pane; divides one minute
 * @param maxOutOfOrderness how far a record's event time may lie behind the newest of its partition
 *     without being late
 * @param allowedLateness how much longer than that a pane can still be corrected
 * @param idleTimeout after how long without records a partition no longer holds back event time
 *     (processing time)
 * @param feedbackHorizon how long after an execution its feedback is still counted; at most 7 days
 * @param deduplication where a record that was sent twice is recognised
 * @param deduplicationMemory how many recent execution ids are remembered for each partition
 * @param automatedScoreScale the scale on which producers report automated scores
 * @param maxClockSkew how far in the future, by the clock of the machine that reads it, an event
 *     time may lie
 * @param slidingWindows lengths of the sliding windows that rules look at; each a multiple of the
 *     evaluation interval, at most 24 hours; ascending
 * @param slidingInterval how often sliding windows are evaluated; a multiple of the evaluation
 *     interval that divides one hour
 * @param refresh how often the rows of windows of a size are rewritten while they are open (event
 *     time); each a multiple of one minute
 */
public record MonitorConfig(
    Duration evaluationInterval,
    Duration maxOutOfOrderness,
    Duration allowedLateness,
    Duration idleTimeout,
    Duration feedbackHorizon,
    Deduplication deduplication,
    int deduplicationMemory,
    ScoreScale automatedScoreScale,
    Duration maxClockSkew,
    List<Duration> slidingWindows,
    Duration slidingInterval,
    Map<WindowSize, Duration> refresh)
    implements Serializable {

  private static final Duration SECOND = Duration.ofSeconds(1);
  private static final Duration MINUTE = Duration.ofMinutes(1);
  private static final Duration HOUR = Duration.ofHours(1);
  private static final Duration DAY = Duration.ofDays(1);
  private static final Duration WEEK = Duration.ofDays(7);
  private static final int MAX_DEDUPLICATION_MEMORY = 10_000_000;

  private static final String DIVIDES_ONE_MINUTE =
      "must divide one minute and be at least 1s (1s, 2s, 3s, 4s, 5s, 6s, 10s, 12s, 15s, 20s, 30s"
          + " or 1m)";

  /** Shorter windows are written when they end. */
  private static final Set<WindowSize> REFRESHED =
      EnumSet.of(WindowSize.ONE_HOUR, WindowSize.ONE_DAY, WindowSize.SEVEN_DAYS);

  private static final MonitorConfig DEFAULTS =
      new MonitorConfig(
          Duration.ofSeconds(10),
          Duration.ofSeconds(30),
          MINUTE,
          MINUTE,
          DAY,
          Deduplication.PER_PARTITION,
          100_000,
          ScoreScale.quality(),
          Duration.ofMinutes(10),
          List.of(),
          Duration.ofSeconds(10),
          Map.of(
              WindowSize.ONE_HOUR, Duration.ofMinutes(5),
              WindowSize.ONE_DAY, Duration.ofMinutes(15),
              WindowSize.SEVEN_DAYS, HOUR));

  /**
   * Checks what {@link #read} checks.
   *
   * @throws IllegalArgumentException if a value is out of its range
   */
  public MonitorConfig {
    Objects.requireNonNull(deduplication, "deduplication");
    Objects.requireNonNull(automatedScoreScale, "automatedScoreScale");
    check(dividesOneMinute(evaluationInterval), "evaluation_interval", DIVIDES_ONE_MINUTE);
    checkRange(maxOutOfOrderness, Duration.ZERO, DAY, "max_out_of_orderness");
    checkRange(allowedLateness, Duration.ZERO, DAY, "allowed_lateness");
    checkRange(idleTimeout, SECOND, DAY, "idle_timeout");
    checkRange(feedbackHorizon, Duration.ZERO, WEEK, "feedback_horizon");
    check(
        deduplicationMemory >= 1 && deduplicationMemory <= MAX_DEDUPLICATION_MEMORY,
        "deduplication_memory",
        "must be from 1 to " + MAX_DEDUPLICATION_MEMORY);
    checkRange(maxClockSkew, Duration.ZERO, DAY, "max_clock_skew");
    Duration pane = evaluationInterval;
    slidingWindows = slidingWindows.stream().sorted().toList();
    for (Duration window : slidingWindows) {
      check(isSlidingWindow(window, pane), "sliding_windows", slidingWindowRule(pane));
    }
    check(
        new HashSet<>(slidingWindows).size() == slidingWindows.size(),
        "sliding_windows",
        "must not have a length twice");
    check(isSlidingInterval(slidingInterval, pane), "sliding_interval", slidingIntervalRule(pane));
    EnumMap<WindowSize, Duration> ordered = new EnumMap<>(WindowSize.class);
    ordered.putAll(refresh);
    check(
        REFRESHED.containsAll(ordered.keySet()),
        "refresh",
        "is for the windows 1h, 24h and 7d only");
    ordered.forEach((size, every) -> check(isRefresh(size, every), "refresh", refreshRule(size)));
    refresh = Collections.unmodifiableMap(ordered);
  }

  /** What holds where the configuration says nothing. */
  public static MonitorConfig defaults() {
    return DEFAULTS;
  }

  /**
   * How panes become windows.
   *
   * @param ruleWindows lengths of the sliding windows that rules look at, beside {@link
   *     #slidingWindows}
   */
  public RollUpSettings rollUpSettings(List<Duration> ruleWindows) {
    Map<WindowSize, Long> refreshMillis = new EnumMap<>(WindowSize.class);
    refresh.forEach((size, every) -> refreshMillis.put(size, every.toMillis()));
    List<Long> sliding =
        Stream.concat(slidingWindows.stream(), ruleWindows.stream())
            .map(Duration::toMillis)
            .distinct()
            .sorted()
            .toList();
    return new RollUpSettings(
        evaluationInterval.toMillis(),
        allowedLateness.toMillis(),
        feedbackHorizon.toMillis(),
        refreshMillis,
        sliding,
        slidingInterval.toMillis());
  }

  /** How long after its end a window can still be corrected, by the newest event time. */
  public Duration correctableFor() {
    Duration late = Collections.max(List.of(feedbackHorizon, allowedLateness));
    return late.plus(maxOutOfOrderness);
  }

  /** Reads the block {@code monitor}. */
  static MonitorConfig read(ConfigSection section) {
    Duration pane =
        section.get(
            "evaluation_interval",
            v -> checked(v, v.duration(), MonitorConfig::dividesOneMinute, DIVIDES_ONE_MINUTE),
            DEFAULTS.evaluationInterval);
    return new MonitorConfig(
        pane,
        section.get(
            "max_out_of_orderness",
            v -> v.duration(Duration.ZERO, DAY),
            DEFAULTS.maxOutOfOrderness),
        section.get(
            "allowed_lateness", v -> v.duration(Duration.ZERO, DAY), DEFAULTS.allowedLateness),
        section.get("idle_timeout", v -> v.duration(SECOND, DAY), DEFAULTS.idleTimeout),
        section.get(
            "feedback_horizon", v -> v.duration(Duration.ZERO, WEEK), DEFAULTS.feedbackHorizon),
        section.get("deduplication", v -> v.choice(Deduplication.class), DEFAULTS.deduplication),
        section.get(
            "deduplication_memory",
            v -> (int) v.integer(1, MAX_DEDUPLICATION_MEMORY),
            DEFAULTS.deduplicationMemory),
        section.get(
            "automated_score_scale",
            v -> v.section(ScoreScale::read),
            DEFAULTS.automatedScoreScale),
        section.get("max_clock_skew", v -> v.duration(Duration.ZERO, DAY), DEFAULTS.maxClockSkew),
        section.get("sliding_windows", v -> readSlidingWindows(v, pane), DEFAULTS.slidingWindows),
        section.get(
            "sliding_interval",
            v ->
                checked(
                    v, v.duration(), d -> isSlidingInterval(d, pane), slidingIntervalRule(pane)),
            pane),
        section.get("refresh", MonitorConfig::readRefresh, DEFAULTS.refresh));
  }

  private static List<Duration> readSlidingWindows(ConfigValue value, Duration pane) {
    Set<Duration> seen = new HashSet<>();
    return value.list(
        v -> {
          Duration window =
              checked(v, v.duration(), w -> isSlidingWindow(w, pane), slidingWindowRule(pane));
          return checked(v, window, seen::add, "must not be given twice");
        });
  }

  private static Map<WindowSize, Duration> readRefresh(ConfigValue value) {
    EnumMap<WindowSize, Duration> refresh = new EnumMap<>(DEFAULTS.refresh);
    List<String> sizes = REFRESHED.stream().map(WindowSize::label).toList();
    refresh.putAll(
        value.map(
            key -> WindowSize.ofLabel(key.choice(sizes)),
            (size, v) -> checked(v, v.duration(), d -> isRefresh(size, d), refreshRule(size))));
    return refresh;
  }

  private static boolean dividesOneMinute(Duration pane) {
    return pane.compareTo(SECOND) >= 0
        && pane.toMillis() % 1000 == 0
        && MINUTE.toMillis() % pane.toMillis() == 0;
  }

  private static boolean isSlidingWindow(Duration window, Duration pane) {
    return isMultiple(window, pane) && window.compareTo(DAY) <= 0;
  }

  private static String slidingWindowRule(Duration pane) {
    return "must be a multiple of evaluation_interval ("
        + DurationText.format(pane)
        + ") and at most 24h";
  }

  private static boolean isSlidingInterval(Duration interval, Duration pane) {
    return isMultiple(interval, pane) && HOUR.toMillis() % interval.toMillis() == 0;
  }

  private static String slidingIntervalRule(Duration pane) {
    return "must be a multiple of evaluation_interval ("
        + DurationText.format(pane)
        + ") and divide one hour";
  }

  private static boolean isRefresh(WindowSize size, Duration every) {
    return isMultiple(every, MINUTE) && every.toMillis() <= size.millis();
  }

  private static String refreshRule(WindowSize size) {
    return "must be a multiple of 1m and at most the window's " + size.label();
  }

  private static boolean isMultiple(Duration duration, Duration unit) {
    return !duration.isNegative()
        && !duration.isZero()
        && duration.toMillis() % unit.toMillis() == 0;
  }

  private static <T> T checked(ConfigValue value, T read, Predicate<T> valid, String rule) {
    if (!valid.test(read)) {
      throw value.invalid(rule);
    }
    return read;
  }

  private static void checkRange(Duration duration, Duration min, Duration max, String name) {
    check(
        duration.compareTo(min) >= 0 && duration.compareTo(max) <= 0,
        name,
        "must be from " + DurationText.format(min) + " to " + DurationText.format(max));
  }

  private static void check(boolean valid, String name, String rule) {
    if (!valid) {
      throw new IllegalArgumentException(name + " " + rule);
    }
  }
}
