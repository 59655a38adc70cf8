package io.promptmonitor.common.report;

import io.promptmonitor.common.comparison.MetricComparison;
import io.promptmonitor.common.comparison.MetricEstimate;
import io.promptmonitor.common.metrics.Metric;
import io.promptmonitor.common.registry.RegisteredVersion;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The key metrics of a day beside what they were and what they should be. */
final class KeyMetrics {

  /** Those that a report shows, in its order, with their titles. */
  private static final List<Map.Entry<Metric, String>> SHOWN =
      List.of(
          Map.entry(Metric.SUCCESS_RATE, "Success Rate"),
          Map.entry(Metric.LATENCY_P50, "Latency P50"),
          Map.entry(Metric.LATENCY_P95, "Latency P95"),
          Map.entry(Metric.LATENCY_P99, "Latency P99"),
          Map.entry(Metric.AVG_TOTAL_TOKENS, "Avg Tokens"));

  private KeyMetrics() {}

  /**
   * The key metrics of a day.
   *
   * @param activeVersion the version whose baselines are meant; null if none is active
   * @param registered what the registry knows of it; null if nothing
   */
  static List<KeyMetric> of(
      TrafficOfDay today,
      TrafficOfDay yesterday,
      TrafficOfDay lastWeek,
      @Nullable String activeVersion,
      @Nullable RegisteredVersion registered) {
    return SHOWN.stream()
        .map(
            shown -> {
              Metric metric = shown.getKey();
              return new KeyMetric(
                  metric.column(),
                  shown.getValue(),
                  today.reading(metric),
                  difference(metric, today, yesterday, "yesterday"),
                  difference(metric, today, lastWeek, "on the same weekday last week"),
                  fromBaseline(metric, today.estimate(metric), activeVersion, registered));
            })
        .toList();
  }

  private static Difference difference(
      Metric metric, TrafficOfDay today, TrafficOfDay before, String when) {
    return difference(metric, today.estimate(metric), before.estimate(metric), when);
  }

  /** A metric of the day minus the same metric of another time, as {@code when} calls it. */
  static Difference difference(
      Metric metric, MetricEstimate today, MetricEstimate before, String when) {
    String tooFew = SampleSize.tooFew(metric, today.n(), "today");
    if (tooFew == null) {
      tooFew = SampleSize.tooFew(metric, before.n(), when);
    }
    if (tooFew != null) {
      return Difference.none(tooFew);
    }
    MetricComparison comparison = MetricComparison.of(metric, today, before);
    Double difference = comparison.difference();
    if (difference == null) {
      return Difference.none("unknown " + when);
    }
    return new Difference(
        before.value(),
        before.n(),
        difference,
        comparison.lower(),
        comparison.upper(),
        comparison.verdict(),
        null);
  }

  private static Difference fromBaseline(
      Metric metric,
      MetricEstimate today,
      @Nullable String activeVersion,
      @Nullable RegisteredVersion registered) {
    if (metric.baseline() == null) {
      return Difference.none("specifications state no baseline for it");
    }
    if (activeVersion == null) {
      return Difference.none("no version was active");
    }
    Double baseline = registered == null ? null : registered.baseline(metric);
    if (baseline == null) {
      return Difference.none("version " + activeVersion + " states no baseline");
    }
    String tooFew = SampleSize.tooFew(metric, today.n(), "today");
    if (tooFew != null) {
      return Difference.none(tooFew);
    }
    MetricComparison comparison = MetricComparison.of(metric, today, baseline);
    Double difference = comparison.difference();
    return difference == null
        ? Difference.none("unknown today")
        : new Difference(
            baseline,
            null,
            difference,
            comparison.lower(),
            comparison.upper(),
            comparison.verdict(),
            null);
  }
}
