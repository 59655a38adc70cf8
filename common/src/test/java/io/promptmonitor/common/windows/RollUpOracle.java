package io.promptmonitor.common.windows;

import static io.promptmonitor.common.windows.WindowLevel.FIVE_MINUTES;
import static io.promptmonitor.common.windows.WindowLevel.MINUTE;

import io.promptmonitor.common.execution.Execution;
import io.promptmonitor.common.metrics.QualityCounts;
import io.promptmonitor.common.metrics.WindowAggregate;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.NavigableMap;
import java.util.Random;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** What a roll-up's windows must hold, computed from the list of all that was accepted. */
final class RollUpOracle {

  private record Change(long timestamp, QualityCounts quality) {}

  private final RollUpSettings settings;
  private final NavigableMap<Long, List<Execution>> executions = new TreeMap<>();
  private final NavigableMap<Long, List<Change>> feedback = new TreeMap<>();
  private final Random order;

  RollUpOracle(RollUpSettings settings, long seed) {
    this.settings = settings;
    this.order = new Random(seed);
  }

  void add(long paneStart, List<Execution> added) {
    executions.computeIfAbsent(paneStart, s -> new ArrayList<>()).addAll(added);
  }

  void addFeedback(long timestamp, QualityCounts change) {
    feedback
        .computeIfAbsent(minuteOf(timestamp), s -> new ArrayList<>())
        .add(new Change(timestamp, change));
  }

  static long minuteOf(long timestamp) {
    return Math.floorDiv(timestamp, 60_000) * 60_000;
  }

  long paneOf(long timestamp) {
    return Math.floorDiv(timestamp, settings.pane()) * settings.pane();
  }

  boolean hasExecutions(long start, long end) {
    return !executions.subMap(start, end).isEmpty();
  }

  List<Execution> executions(long start, long end) {
    List<Execution> all = new ArrayList<>();
    executions.subMap(start, end).values().forEach(all::addAll);
    return all;
  }

  /** Those with a timestamp within a span, which need not be whole panes. */
  List<Execution> executedIn(long start, long end) {
    return executions(paneOf(start), end).stream()
        .filter(execution -> execution.timestamp() >= start && execution.timestamp() < end)
        .toList();
  }

  /** Sum of the changes to executions within a span. */
  QualityCounts changes(long start, long end) {
    QualityCounts sum = new QualityCounts();
    feedback
        .subMap(minuteOf(start), true, end, false)
        .values()
        .forEach(
            list ->
                list.stream()
                    .filter(c -> c.timestamp >= start && c.timestamp < end)
                    .forEach(c -> sum.add(c.quality)));
    return sum;
  }

  /** Whether each change within a span goes to a pane that has executions. */
  boolean changesHaveExecutions(long start, long end) {
    return feedback.subMap(minuteOf(start), true, end, false).values().stream()
        .flatMap(List::stream)
        .allMatch(c -> executions.containsKey(paneOf(c.timestamp)));
  }

  /** Ratings and scores that were taken in minutes without executions. */
  long heldWithoutExecution() {
    long sum = 0;
    for (long minute : feedback.keySet()) {
      if (!hasExecutions(minute, minute + 60_000)) {
        QualityCounts held = changes(minute, minute + 60_000);
        sum += Math.max(0, held.ratingCount() + held.scoreCount());
      }
    }
    return sum;
  }

  /** Starts of the windows of a level that have executions. */
  List<Long> starts(int level) {
    return executions.keySet().stream()
        .map(s -> WindowLevel.size(level).startOf(s))
        .distinct()
        .toList();
  }

  /** When the last executions of those that ended by {@code now} ended; whole minutes or panes. */
  @Nullable Long lastEnd(long now, boolean panes) {
    for (long pane : executions.descendingKeySet()) {
      long end = panes ? pane + settings.pane() : minuteOf(pane) + 60_000;
      if (end <= now) {
        return end;
      }
    }
    return null;
  }

  /** An ended window: a minute from its executions, a longer one from its parts in time order. */
  @Nullable WindowAggregate closed(int level, long start) {
    WindowAggregate result = new WindowAggregate();
    long end = start + WindowLevel.size(level).millis();
    if (!hasExecutions(start, end)) {
      return null;
    }
    if (level == MINUTE) {
      List<Execution> shuffled = executions(start, end);
      Collections.shuffle(shuffled, order);
      shuffled.forEach(result::add);
      result.quality().add(changes(start, end));
    } else {
      mergeClosedParts(level, start, end, result);
    }
    result.close();
    return result;
  }

  private void mergeClosedParts(int level, long start, long until, WindowAggregate into) {
    long step = WindowLevel.size(level - 1).millis();
    List<Long> parts =
        executions.subMap(start, until).keySet().stream()
            .map(s -> WindowLevel.size(level - 1).startOf(s))
            .distinct()
            .toList();
    for (long part : parts) {
      WindowAggregate content = part + step <= until ? closed(level - 1, part) : null;
      if (content != null) {
        into.merge(content);
        into.close();
      }
    }
  }

  /** An open window: its ended days, then the ended hours of the open day, and so on. */
  WindowAggregate soFar(int level, long start, long now) {
    WindowAggregate result = new WindowAggregate();
    long windowStart = start;
    for (int l = level; l >= FIVE_MINUTES; l--) {
      WindowAggregate part = new WindowAggregate();
      mergeClosedParts(l, windowStart, now, part);
      result.merge(part);
      windowStart = WindowLevel.size(l - 1).startOf(now);
    }
    result.close();
    return result;
  }

  /** Where a sliding window begins, by the rule in {@link SlidingWindow}'s documentation. */
  static long slidingStart(long length, long end) {
    long step = length >= 5 * 3_600_000 ? 300_000 : length >= 3_600_000 ? 60_000 : 1;
    return Math.floorDiv(end - length, step) * step;
  }
}
