package io.promptmonitor.common.windows;

import io.promptmonitor.common.metrics.MetricPart;
import io.promptmonitor.common.metrics.WindowAggregate;
import io.promptmonitor.common.sketch.QuantileSketch;
import io.promptmonitor.common.sketch.QuantileUnion;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SortedSet;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * Evaluates sliding windows from panes and the windows above them. All windows of one evaluation
 * end at the same time, so that a longer one continues where the next shorter one began, and each
 * takes the largest windows that fit: the number of merges grows with the logarithm of the length.
 * Times without executions are passed over, windows with the same executions share what was
 * computed of them, and only what somebody wants is merged, distributions and windows. Working
 * memory for one thread.
 */
public final class SlidingEvaluator {

  private static final int LATENCY = MetricPart.LATENCY.mask();

  private final QuantileUnion latency = new QuantileUnion();
  private final SortedSet<Double> thresholds = new TreeSet<>();
  private boolean[] chosen = new boolean[16];

  /**
   * Evaluates the windows that end at {@code end}.
   *
   * @param dataEnd a time before which all executions happened
   */
  List<SlidingWindow> evaluate(
      RollUpPlan plan, WindowSeries[] levels, SlidingDemand demand, long end, long dataEnd) {
    List<Long> lengths = plan.settings().slidingLengths();
    begin(demand);
    latency.clear();
    WindowAggregate merged = new WindowAggregate();
    int known = MetricPart.ALL;
    long cursor = end;
    long newest = alignedUp(plan, dataEnd, end);
    List<SlidingWindow> windows = new ArrayList<>(lengths.size());
    SlidingWindow previous = null;
    int previousParts = 0;
    for (int i = 0; i < lengths.size(); i++) {
      long length = lengths.get(i);
      if (!isWanted(length, demand)) {
        continue;
      }
      long start = plan.slidingStart(i, end);
      int wanted = partsFrom(length, demand);
      boolean more = false;
      if (cursor > newest) {
        cursor = Math.max(newest, start);
      }
      while (cursor > start) {
        int level = largestFitting(plan, cursor, start);
        cursor -= plan.millis(level);
        RolledWindow window = levels[level].find(cursor);
        WindowAggregate content = closedContent(window);
        if (window == null) {
          cursor = passGap(plan, levels, cursor, start, end);
        } else if (content != null) {
          more = true;
          known &= window.parts;
          merged.mergeParts(content, wanted & known & ~LATENCY);
          QuantileSketch sketch = content.latencyQuantiles();
          if (sketch != null && MetricPart.LATENCY.in(wanted)) {
            latency.add(sketch);
          }
        }
      }
      int parts = choose(length, merged.executionCount(), demand) & known;
      WindowAggregate counters =
          previous != null && !more && (parts | LATENCY) == (previousParts | LATENCY)
              ? previous.counters()
              : merged.copyParts(parts & ~LATENCY);
      SlidingWindow window =
          MetricPart.LATENCY.in(parts)
              ? withLatency(length, start, counters)
              : withoutLatency(length, start, counters);
      windows.add(window);
      previous = window;
      previousParts = parts;
    }
    return windows;
  }

  private boolean isWanted(long length, SlidingDemand demand) {
    if (demand.everyLength()) {
      return true;
    }
    List<SlidingDemand.Choice> choices = demand.choices();
    for (int c = 0; c < choices.size(); c++) {
      if (!chosen[c] && choices.get(c).mayBe(length)) {
        return true;
      }
    }
    return false;
  }

  private void begin(SlidingDemand demand) {
    int choices = demand.choices().size();
    if (chosen.length < choices) {
      chosen = new boolean[choices];
    }
    Arrays.fill(chosen, 0, choices, false);
  }

  /** The parts that this window or a longer one may need. */
  private int partsFrom(long length, SlidingDemand demand) {
    int parts = demand.parts();
    List<SlidingDemand.Choice> choices = demand.choices();
    for (int c = 0; c < choices.size(); c++) {
      if (!chosen[c] && choices.get(c).longest() >= length) {
        parts |= choices.get(c).parts;
      }
    }
    return parts;
  }

  /** The parts that this window needs; collects the thresholds for which it does, too. */
  private int choose(long length, long executions, SlidingDemand demand) {
    thresholds.clear();
    int parts = demand.parts();
    List<SlidingDemand.Choice> choices = demand.choices();
    for (int c = 0; c < choices.size(); c++) {
      SlidingDemand.Choice choice = choices.get(c);
      if (!chosen[c] && choice.isOf(length, executions)) {
        chosen[c] = true;
        parts |= choice.parts;
        for (double threshold : choice.latencyThresholds) {
          thresholds.add(threshold);
        }
      }
    }
    return parts;
  }

  private SlidingWindow withLatency(long length, long start, WindowAggregate counters) {
    List<LatencyTail> tails = List.of();
    if (!thresholds.isEmpty()) {
      tails = new ArrayList<>(thresholds.size());
      for (double threshold : thresholds) {
        tails.add(new LatencyTail(threshold, latency.countAbove(threshold)));
      }
    }
    return new SlidingWindow(
        length,
        start,
        counters,
        latency.quantile(0.50),
        latency.quantile(0.95),
        latency.quantile(0.99),
        tails);
  }

  private static SlidingWindow withoutLatency(long length, long start, WindowAggregate counters) {
    return new SlidingWindow(
        length, start, counters, Double.NaN, Double.NaN, Double.NaN, List.of());
  }

  /**
   * The time not before {@code dataEnd} and not after {@code end} from which the longest windows
   * fit.
   */
  private static long alignedUp(RollUpPlan plan, long dataEnd, long end) {
    for (int level = WindowLevel.HOUR; level > WindowLevel.PANE; level--) {
      long millis = plan.millis(level);
      long aligned = -Math.floorDiv(-dataEnd, millis) * millis;
      if (aligned <= end) {
        return aligned;
      }
    }
    return Math.min(dataEnd, end);
  }

  /**
   * The time from which the longest windows fit that is not after {@code cursor}, nor before {@code
   * start} or the executions that come next on the way back.
   */
  private static long passGap(
      RollUpPlan plan, WindowSeries[] levels, long cursor, long start, long end) {
    int level = plan.keepsPanes() ? WindowLevel.PANE : WindowLevel.MINUTE;
    while (level < WindowLevel.HOUR && cursor <= end - plan.slidingReach(level)) {
      level++;
    }
    int before = levels[level].indexFrom(cursor) - 1;
    long dataEnd = Math.max(start, end - plan.slidingReach(level));
    if (before >= 0) {
      dataEnd = Math.max(dataEnd, levels[level].get(before).start + plan.millis(level));
    }
    return dataEnd < cursor ? alignedUp(plan, dataEnd, cursor) : cursor;
  }

  private static int largestFitting(RollUpPlan plan, long cursor, long start) {
    for (int level = WindowLevel.HOUR; level > WindowLevel.PANE; level--) {
      long millis = plan.millis(level);
      if (cursor - millis >= start && Math.floorMod(cursor, millis) == 0) {
        return level;
      }
    }
    return WindowLevel.PANE;
  }

  private static @Nullable WindowAggregate closedContent(@Nullable RolledWindow window) {
    return window == null || !window.closed || !window.hasExecutions() ? null : window.content();
  }
}
