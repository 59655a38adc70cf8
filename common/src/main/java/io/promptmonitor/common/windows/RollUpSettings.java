package io.promptmonitor.common.windows;

import java.io.Serializable;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/**
 * How panes become windows. All lengths are in milliseconds of event time.
 *
 * @param pane length of a pane: whole seconds, divides one minute
 * @param allowedLateness how long after a pane's end executions may still correct it
 * @param feedbackHorizon how long after the end of an execution's minute feedback may still correct
 *     its windows; at least as long as executions may
 * @param refresh how often rows of open windows longer than 5 minutes are rewritten: whole minutes;
 *     a window that is absent is written only when it ends
 * @param slidingLengths lengths of the sliding windows in ascending order, each a multiple of the
 *     pane, at most 24 h
 * @param slide how often sliding windows are evaluated: a multiple of the pane that divides an hour
 */
public record RollUpSettings(
    long pane,
    long allowedLateness,
    long feedbackHorizon,
    Map<WindowSize, Long> refresh,
    List<Long> slidingLengths,
    long slide)
    implements Serializable {

  private static final long SECOND = 1000;
  private static final long MINUTE = WindowSize.ONE_MINUTE.millis();
  private static final long HOUR = WindowSize.ONE_HOUR.millis();

  public RollUpSettings {
    Objects.requireNonNull(refresh, "refresh");
    require(
        pane > 0 && pane % SECOND == 0 && MINUTE % pane == 0,
        "the pane must be whole seconds and divide one minute");
    require(allowedLateness >= 0, "the allowed lateness must not be negative");
    require(feedbackHorizon >= 0, "the feedback horizon must not be negative");
    require(
        slide > 0 && slide % pane == 0 && HOUR % slide == 0,
        "the slide must be a multiple of the pane and divide one hour");
    for (long interval : refresh.values()) {
      require(interval > 0 && interval % MINUTE == 0, "a refresh interval must be whole minutes");
    }
    long previous = 0;
    for (long length : slidingLengths) {
      require(length > previous, "sliding windows must be in ascending order");
      require(length % pane == 0, "a sliding window must be a multiple of the pane");
      require(
          length <= WindowSize.ONE_DAY.millis(), "a sliding window must not be longer than 24 h");
      previous = length;
    }
    refresh = refresh.isEmpty() ? Map.of() : new EnumMap<>(refresh);
    slidingLengths = List.copyOf(slidingLengths);
  }

  private static void require(boolean condition, String message) {
    if (!condition) {
      throw new IllegalArgumentException(message);
    }
  }
}
