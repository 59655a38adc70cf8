package io.promptmonitor.common.windows;

import io.promptmonitor.common.metrics.MetricPart;
import io.promptmonitor.common.metrics.WindowAggregate;
import io.promptmonitor.common.sketch.QuantileSketch;
import io.promptmonitor.common.sketch.QuantileUnion;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Evaluates sliding windows from panes and the windows above them. All windows of one evaluation
 * end at the same time, so that a longer one continues where the next shorter one began, and each
 * takes the largest windows that fit: the number of merges grows with the logarithm of the length.
 * What lies after the last executions is passed over, and windows with the same executions share
 * what was computed of them. Working memory for one thread.
 */
public final class SlidingEvaluator {

  private final QuantileUnion latency = new QuantileUnion();

  /**
   * Evaluates the windows that end at {@code end}.
   *
   * @param dataEnd a time before which all executions happened
   */
  List<SlidingWindow> evaluate(RollUpPlan plan, WindowSeries[] levels, long end, long dataEnd) {
    RollUpSettings settings = plan.settings();
    boolean needsLatency = MetricPart.LATENCY.in(settings.slidingParts());
    int parts =
        settings.slidingParts()
            & ~MetricPart.mask(EnumSet.of(MetricPart.LATENCY, MetricPart.TOKENS));
    latency.clear();
    WindowAggregate counters = new WindowAggregate();
    long cursor = end;
    long newest = alignedUp(plan, dataEnd, end);
    List<Long> lengths = settings.slidingLengths();
    List<SlidingWindow> windows = new ArrayList<>(lengths.size());
    SlidingWindow previous = null;
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
        WindowAggregate content = closedContent(levels[level].find(cursor));
        if (content != null) {
          more = true;
          counters.mergeParts(content, parts);
          QuantileSketch sketch = content.latencyQuantiles();
          if (needsLatency && sketch != null) {
            latency.add(sketch);
          }
        }
      }
      SlidingWindow window =
          previous == null || more
              ? new SlidingWindow(
                  length,
                  start,
                  counters.copy(),
                  latency.quantile(0.50),
                  latency.quantile(0.95),
                  latency.quantile(0.99),
                  List.of())
              : new SlidingWindow(
                  length,
                  start,
                  previous.counters(),
                  previous.latencyP50(),
                  previous.latencyP95(),
                  previous.latencyP99(),
                  previous.latencyTails());
      windows.add(window);
      previous = window;
    }
    return windows;
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
