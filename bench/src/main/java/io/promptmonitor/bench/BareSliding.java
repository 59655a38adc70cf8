package io.promptmonitor.bench;

import io.promptmonitor.common.metrics.WindowAggregate;
import io.promptmonitor.common.sketch.QuantileSketch;
import io.promptmonitor.common.sketch.QuantileUnion;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Evaluates the bare loop's sliding windows: counters and latency percentiles. */
final class BareSliding {

  private final List<Long> lengths;
  private final QuantileUnion latency = new QuantileUnion();

  /** Sliding windows in ascending order of their length. */
  BareSliding(List<Duration> lengths) {
    this.lengths = lengths.stream().map(Duration::toMillis).toList();
  }

  /**
   * Evaluates all windows that end at {@code end}; a longer one goes on where a shorter one began.
   */
  void evaluate(BareWindows windows, long end) {
    WindowAggregate counters = new WindowAggregate();
    latency.clear();
    long cursor = end;
    for (long length : lengths) {
      long start = end - length;
      while (cursor > start) {
        boolean five =
            cursor % BareWindows.FIVE_MINUTES == 0 && cursor - BareWindows.FIVE_MINUTES >= start;
        cursor -= five ? BareWindows.FIVE_MINUTES : BareWindows.MINUTE;
        add(five ? windows.fiveMinutes(cursor) : windows.minute(cursor), counters);
      }
      if (counters.executionCount() > 0 && !Double.isNaN(latency.quantile(0.50))) {
        latency.quantile(0.95);
        latency.quantile(0.99);
        RunProbe.evaluation();
      }
    }
  }

  private void add(@Nullable WindowAggregate part, WindowAggregate counters) {
    if (part != null) {
      counters.mergeParts(part, 0);
      QuantileSketch sketch = part.latencyQuantiles();
      if (sketch != null) {
        latency.add(sketch);
      }
    }
  }
}
