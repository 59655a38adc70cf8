package io.promptmonitor.common.rollback;

import com.fasterxml.jackson.databind.PropertyNamingStrategies.SnakeCaseStrategy;
import com.fasterxml.jackson.databind.annotation.JsonNaming;
import io.promptmonitor.common.metrics.Metric;
import io.promptmonitor.common.metrics.WindowAggregate;
import io.promptmonitor.common.sketch.CategoryCounts;
import io.promptmonitor.common.windows.WindowSize;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * What was measured of a prompt when it was rolled back, for the post-mortem; the executions that
 * were kept as evidence are those of the alert.
 *
 * @param windows the windows before the trigger: minutes of the failing version, and the last
 *     traffic of the version to go back to
 */
@JsonNaming(SnakeCaseStrategy.class)
public record RollbackSnapshot(List<Window> windows) {

  public RollbackSnapshot {
    windows = List.copyOf(windows);
  }

  /** How far back the minutes go. */
  private static final long LENGTH = 15 * 60_000;

  /**
   * What is known when a version is rolled back.
   *
   * @param failing the version that fails
   * @param target the version to go back to
   * @param time the evaluation, in milliseconds of event time
   */
  static RollbackSnapshot of(PromptTraffic traffic, String failing, String target, long time) {
    List<Window> windows = new ArrayList<>();
    for (PromptTraffic.Minute minute : traffic.minutes(failing, time - LENGTH, time)) {
      long end = Math.min(minute.start() + WindowSize.ONE_MINUTE.millis(), time);
      windows.add(Window.of(failing, minute.start(), end, minute.aggregate()));
    }
    WindowAggregate last = traffic.lastDay(target, time);
    if (last.executionCount() > 0) {
      windows.add(Window.of(target, traffic.lastDayBegins(target, time), time, last));
    }
    return new RollbackSnapshot(windows);
  }

  /**
   * One window of a version. What is not known is null.
   *
   * @param latencyP50 in milliseconds, as the other percentiles
   * @param errors how many failures of each of the most frequent types
   */
  @JsonNaming(SnakeCaseStrategy.class)
  public record Window(
      String version,
      Instant start,
      Instant end,
      long executions,
      long failures,
      @Nullable Double errorRate,
      @Nullable Double latencyP50,
      @Nullable Double latencyP95,
      @Nullable Double latencyP99,
      @Nullable Double avgTotalTokens,
      @Nullable Double avgUserFeedback,
      Map<String, Long> errors) {

    public Window {
      Objects.requireNonNull(version, "version");
      Objects.requireNonNull(start, "start");
      Objects.requireNonNull(end, "end");
      errors = Map.copyOf(errors);
    }

    static Window of(String version, long start, long end, WindowAggregate aggregate) {
      CategoryCounts errors = aggregate.errorsByType();
      return new Window(
          version,
          Instant.ofEpochMilli(start),
          Instant.ofEpochMilli(end),
          aggregate.executionCount(),
          aggregate.failureCount(),
          value(Metric.ERROR_RATE, aggregate),
          value(Metric.LATENCY_P50, aggregate),
          value(Metric.LATENCY_P95, aggregate),
          value(Metric.LATENCY_P99, aggregate),
          value(Metric.AVG_TOTAL_TOKENS, aggregate),
          value(Metric.AVG_USER_FEEDBACK, aggregate),
          errors == null ? Map.of() : errors.top(5));
    }

    private static @Nullable Double value(Metric metric, WindowAggregate aggregate) {
      double value = metric.number(aggregate, Double.NaN);
      return Double.isNaN(value) ? null : value;
    }
  }
}
