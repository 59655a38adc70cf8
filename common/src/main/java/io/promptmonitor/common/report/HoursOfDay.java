package io.promptmonitor.common.report;

import io.promptmonitor.common.metrics.Metric;
import io.promptmonitor.common.metrics.WindowAggregate;
import io.promptmonitor.common.windows.WindowUpdate;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/** The hours of a day, all versions together. */
final class HoursOfDay {

  private HoursOfDay() {}

  /** Each hour that had executions, in the order of time. */
  static List<HourOfDay> of(List<WindowUpdate> rows) {
    SortedMap<Long, List<WindowUpdate>> byHour = new TreeMap<>();
    for (WindowUpdate row : rows) {
      byHour.computeIfAbsent(row.start(), start -> new ArrayList<>()).add(row);
    }
    return byHour.entrySet().stream()
        .map(hour -> hour(hour.getKey(), hour.getValue()))
        .filter(hour -> hour.executions() > 0)
        .toList();
  }

  private static HourOfDay hour(long start, List<WindowUpdate> rows) {
    rows.sort(Comparator.comparing(row -> row.promptVersion().version()));
    WindowAggregate all = new WindowAggregate();
    Map<String, Long> byVersion = new TreeMap<>();
    for (WindowUpdate row : rows) {
      all.merge(row.aggregate());
      byVersion.put(row.promptVersion().version(), row.aggregate().executionCount());
    }
    double rating = all.quality().averageRating();
    return new HourOfDay(
        Instant.ofEpochMilli(start),
        all.executionCount(),
        all.failureCount(),
        byVersion,
        value(Metric.LATENCY_P50, all),
        value(Metric.LATENCY_P95, all),
        value(Metric.LATENCY_P99, all),
        Double.isNaN(rating) ? null : rating);
  }

  private static double value(Metric metric, WindowAggregate window) {
    return metric.number(window, Double.NaN);
  }
}
