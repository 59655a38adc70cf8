package io.promptmonitor.common.alerts;

import io.promptmonitor.common.metrics.Exemplar;
import io.promptmonitor.common.metrics.Metric;
import io.promptmonitor.common.metrics.Quantity;
import java.util.Comparator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Which executions of an evaluation are evidence for an alert. */
final class AlertExemplars {

  /** Most of one alert. */
  static final int MOST = 5;

  private static final Comparator<Exemplar> SLOWEST =
      Comparator.comparingInt(Exemplar::latencyMs)
          .reversed()
          .thenComparingLong(Exemplar::executionIdHash);

  private AlertExemplars() {}

  /**
   * For a metric of failures those that failed, for one of latencies the slowest, for any other
   * none: nothing can be seen of it in single executions.
   */
  static List<Exemplar> choose(@Nullable Metric metric, List<Exemplar> exemplars) {
    if (metric == null) {
      return List.of();
    }
    return switch (metric) {
      case ERROR_RATE, SUCCESS_RATE, FAILURE_COUNT, SUCCESS_COUNT ->
          exemplars.stream().filter(exemplar -> !exemplar.success()).limit(MOST).toList();
      default ->
          metric.quantity() == Quantity.LATENCY
              ? exemplars.stream().sorted(SLOWEST).limit(MOST).toList()
              : List.of();
    };
  }
}
