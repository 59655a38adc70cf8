package io.promptmonitor.common.report;

import com.fasterxml.jackson.databind.PropertyNamingStrategies.SnakeCaseStrategy;
import com.fasterxml.jackson.databind.annotation.JsonNaming;
import io.promptmonitor.common.comparison.MetricReading;
import java.util.Objects;

/**
 * A metric of the day beside what it was and what it should be.
 *
 * @param metric its column in {@code window_metrics}
 * @param title as the report calls it, such as {@code Latency P95}
 * @param today the day's value
 * @param vsYesterday against the day before
 * @param vsLastWeek against the same weekday a week before
 * @param vsBaseline against what is expected of the active version
 */
@JsonNaming(SnakeCaseStrategy.class)
public record KeyMetric(
    String metric,
    String title,
    MetricReading today,
    Difference vsYesterday,
    Difference vsLastWeek,
    Difference vsBaseline) {

  public KeyMetric {
    Objects.requireNonNull(metric, "metric");
    Objects.requireNonNull(title, "title");
  }
}
