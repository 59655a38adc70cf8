package io.promptmonitor.common.alerts;

import io.promptmonitor.common.conditions.MetricValues;
import io.promptmonitor.common.windows.SlidingWindows;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The windows of one prompt version that end at one evaluation. */
@FunctionalInterface
public interface EvaluatedWindows {

  /**
   * The window of a length, or null if there is none, which is the same as one without executions.
   *
   * @param length in milliseconds
   */
  @Nullable MetricValues ofLength(long length);

  /** The windows of an evaluation. */
  static EvaluatedWindows of(SlidingWindows evaluation) {
    List<SlidingMetrics> windows =
        evaluation.windows().stream()
            .map(window -> new SlidingMetrics(window, evaluation.predictedQuality()))
            .toList();
    return length -> {
      for (SlidingMetrics metrics : windows) {
        if (metrics.window().length() == length) {
          return metrics;
        }
      }
      return null;
    };
  }

  /** No executions in any window: nothing has been seen of the version for long enough. */
  static EvaluatedWindows none() {
    return length -> null;
  }
}
