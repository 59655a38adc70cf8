package io.promptmonitor.common.report;

import io.promptmonitor.common.comparison.MetricEstimate;
import io.promptmonitor.common.comparison.MetricReading;
import io.promptmonitor.common.comparison.ObservedSpan;
import io.promptmonitor.common.metrics.Metric;
import io.promptmonitor.common.metrics.WindowAggregate;
import io.promptmonitor.common.windows.WindowUpdate;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * The executions of a prompt on one day: of each version, and of all together.
 *
 * <p>Percentiles of all versions come from their merged distributions. Versions are merged in the
 * order of their names, so that a report does not depend on the order in which rows are read.
 */
final class TrafficOfDay {

  private final WindowAggregate all = new WindowAggregate();
  private final SortedMap<String, ObservedSpan> byVersion = new TreeMap<>();

  private TrafficOfDay() {}

  /** What {@code rows} hold of a day: those of other days are passed over. */
  static TrafficOfDay of(LocalDate date, List<WindowUpdate> rows) {
    long start = startOf(date).toEpochMilli();
    TrafficOfDay traffic = new TrafficOfDay();
    List<WindowUpdate> ofDay = new ArrayList<>(rows);
    ofDay.removeIf(row -> row.start() != start);
    ofDay.sort(Comparator.comparing(row -> row.promptVersion().version()));
    for (WindowUpdate row : ofDay) {
      traffic.all.merge(row.aggregate());
      traffic.byVersion.put(
          row.promptVersion().version(), new ObservedSpan(row.aggregate(), row.predictedQuality()));
    }
    return traffic;
  }

  private static Instant startOf(LocalDate date) {
    return date.atStartOfDay(ZoneOffset.UTC).toInstant();
  }

  /** All versions together. */
  WindowAggregate all() {
    return all;
  }

  /** Each version that had executions, in the order of their names. */
  SortedMap<String, ObservedSpan> byVersion() {
    return byVersion;
  }

  /** The executions of a version; empty if it had none. */
  ObservedSpan of(String version) {
    return byVersion.getOrDefault(version, new ObservedSpan(new WindowAggregate(), Double.NaN));
  }

  /** A metric of all versions together. */
  MetricEstimate estimate(Metric metric) {
    return MetricEstimate.of(metric, new ObservedSpan(all, Double.NaN));
  }

  /** A metric of a span, with its interval. */
  static MetricReading reading(Metric metric, ObservedSpan span) {
    return MetricEstimate.of(metric, span).reading();
  }

  /** A metric of all versions together, with its interval. */
  MetricReading reading(Metric metric) {
    return estimate(metric).reading();
  }
}
