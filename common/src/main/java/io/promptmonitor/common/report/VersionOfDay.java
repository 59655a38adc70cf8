package io.promptmonitor.common.report;

import com.fasterxml.jackson.databind.PropertyNamingStrategies.SnakeCaseStrategy;
import com.fasterxml.jackson.databind.annotation.JsonNaming;
import io.promptmonitor.common.comparison.MetricReading;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A version that was active on the day or had executions.
 *
 * @param version the version
 * @param registered whether the registry knows it
 * @param active when it was active within the day, in order; empty if it never was
 * @param executions number of its executions
 * @param successRate share that succeeded, 0 to 1
 * @param latencyP95 95th percentile of its latency, in milliseconds
 * @param avgTotalTokens mean tokens of an execution
 */
@JsonNaming(SnakeCaseStrategy.class)
public record VersionOfDay(
    String version,
    boolean registered,
    List<ActiveSpan> active,
    long executions,
    MetricReading successRate,
    MetricReading latencyP95,
    MetricReading avgTotalTokens) {

  public VersionOfDay {
    active = List.copyOf(active);
  }

  /**
   * A time in which a version was active.
   *
   * @param from since when, inclusive; null if it already was when the day began
   * @param until until when, exclusive; null if it still was when the day ended
   */
  @JsonNaming(SnakeCaseStrategy.class)
  public record ActiveSpan(@Nullable Instant from, @Nullable Instant until) {}
}
