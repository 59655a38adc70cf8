package io.promptmonitor.common.alerts;

import io.promptmonitor.common.metrics.Exemplar;
import io.promptmonitor.common.metrics.Metric;
import io.promptmonitor.common.metrics.Quantity;
import io.promptmonitor.common.windows.SlidingWindows;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Executions from which the evidence for an alert is chosen.
 *
 * @param failures executions that failed, the best evidence first
 * @param slowest executions that took long, the slowest first
 */
public record ExemplarChoice(List<Exemplar> failures, List<Exemplar> slowest) {

  private static final ExemplarChoice NONE = new ExemplarChoice(List.of(), List.of());

  public ExemplarChoice {
    failures = List.copyOf(failures);
    slowest = List.copyOf(slowest);
  }

  /** No executions are known. */
  public static ExemplarChoice none() {
    return NONE;
  }

  /** Those of an evaluation. */
  public static ExemplarChoice of(SlidingWindows evaluation) {
    return new ExemplarChoice(evaluation.failures(), evaluation.slowest());
  }

  /**
   * Those of the window that was looked at: for a metric of failures those that failed, for one of
   * latencies the slowest, for any other none: nothing can be seen of it in single executions.
   *
   * @param reading what was seen; null if nothing was
   * @param end end of the window
   */
  List<Exemplar> about(@Nullable AlertReading reading, long end) {
    return reading == null
        ? List.of()
        : about(reading.metric()).stream()
            .filter(exemplar -> exemplar.timestamp() >= end - reading.window())
            .toList();
  }

  private List<Exemplar> about(Metric metric) {
    return switch (metric) {
      case ERROR_RATE, SUCCESS_RATE, FAILURE_COUNT, SUCCESS_COUNT -> failures;
      default -> metric.quantity() == Quantity.LATENCY ? slowest : List.of();
    };
  }
}
