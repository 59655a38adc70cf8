package io.promptmonitor.common.windows;

import io.promptmonitor.common.metrics.MetricPart;
import io.promptmonitor.common.metrics.WindowAggregate;
import io.promptmonitor.common.sketch.QuantileSketch;
import io.promptmonitor.common.sketch.QuantileUnion;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Evaluates sliding windows from panes and the windows above them. All windows of one evaluation
 * end at the same time, so that a longer one continues where the next shorter one began, and each
 * takes the largest windows that fit: the number of merges grows with the logarithm of the length.
 * What lies after the last executions is passed over, windows with the same executions share what
 * was computed of them, and of distributions only those are merged that somebody wants. Working
 * memory for one thread.
 */
public final class SlidingEvaluator {

  private static final int LATENCY = MetricPart.LATENCY.mask();

  private final QuantileUnion latency = new QuantileUnion();
  private int[] partsFrom = new int[16];

  /**
   * Evaluates the windows that end at {@code end}.
   *
   * @param dataEnd a time before which all executions happened
   */
  List<SlidingWindow> evaluate(
      RollUpPlan plan, WindowSeries[] levels, SlidingDemand demand, long end, long dataEnd) {
    List<Long> lengths = plan.settings().slidingLengths();
    setPartsFrom(lengths, demand);
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
      long start = plan.slidingStart(i, end);
      boolean more = false;
      if (cursor > newest) {
        cursor = Math.max(newest, start);
      }
      while (cursor > start) {
        int level = largestFitting(plan, cursor, start);
        cursor -= plan.millis(level);
        RolledWindow window = levels[level].find(cursor);
        WindowAggregate content = closedContent(window);
        if (window != null && content != null) {
          more = true;
          known &= window.parts;
          merged.mergeParts(content, partsFrom[i] & known & ~LATENCY);
          QuantileSketch sketch = content.latencyQuantiles();
          if (sketch != null && MetricPart.LATENCY.in(partsFrom[i])) {
            latency.add(sketch);
          }
        }
      }
      int parts = demand.parts(length) & known;
      WindowAggregate counters =
          previous != null && !more && (parts | LATENCY) == (previousParts | LATENCY)
              ? previous.counters()
              : merged.copyParts(parts & ~LATENCY);
      SlidingWindow window =
          MetricPart.LATENCY.in(parts)
              ? withLatency(length, start, counters, demand.latencyThresholds(length))
              : withoutLatency(length, start, counters);
      windows.add(window);
      previous = window;
      previousParts = parts;
    }
    return windows;
  }

  /** For each window the parts that it or a longer one needs. */
  private void setPartsFrom(List<Long> lengths, SlidingDemand demand) {
    if (partsFrom.length < lengths.size()) {
      partsFrom = new int[lengths.size()];
    }
    int parts = 0;
    for (int i = lengths.size() - 1; i >= 0; i--) {
      parts |= demand.parts(lengths.get(i));
      partsFrom[i] = parts;
    }
  }

  private SlidingWindow withLatency(
      long length, long start, WindowAggregate counters, double[] thresholds) {
    List<LatencyTail> tails = List.of();
    if (thresholds.length > 0) {
      tails = new ArrayList<>(thresholds.length);
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
