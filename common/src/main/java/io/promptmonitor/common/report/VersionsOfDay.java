package io.promptmonitor.common.report;

import io.promptmonitor.common.comparison.ObservedSpan;
import io.promptmonitor.common.metrics.Metric;
import io.promptmonitor.common.report.PromptDay.ActivePeriod;
import io.promptmonitor.common.report.VersionOfDay.ActiveSpan;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Which versions a prompt had on a day. */
final class VersionsOfDay {

  private VersionsOfDay() {}

  /** The versions that were active, in the order of time, then others that had executions. */
  static List<VersionOfDay> of(PromptDay day, TrafficOfDay today) {
    Map<String, List<ActiveSpan>> spans = new LinkedHashMap<>();
    for (ActivePeriod period : day.activePeriods()) {
      if (isWithin(period, day)) {
        spans.computeIfAbsent(period.version(), v -> new ArrayList<>()).add(clip(period, day));
      }
    }
    today.byVersion().keySet().forEach(version -> spans.putIfAbsent(version, List.of()));
    return spans.entrySet().stream()
        .map(version -> version(day, version.getKey(), version.getValue(), today))
        .toList();
  }

  /** The version that was active when the day ended, or is at the time of the report. */
  static @Nullable String activeAtTheEnd(PromptDay day) {
    Instant end = day.end().isBefore(day.asOf()) ? day.end() : day.asOf();
    String active = null;
    for (ActivePeriod period : day.activePeriods()) {
      Instant until = period.until();
      if (period.from().isBefore(end) && (until == null || !until.isBefore(end))) {
        active = period.version();
      }
    }
    return active;
  }

  private static boolean isWithin(ActivePeriod period, PromptDay day) {
    Instant until = period.until();
    return period.from().isBefore(day.end()) && (until == null || until.isAfter(day.start()));
  }

  private static ActiveSpan clip(ActivePeriod period, PromptDay day) {
    Instant until = period.until();
    return new ActiveSpan(
        period.from().isAfter(day.start()) ? period.from() : null,
        until != null && until.isBefore(day.end()) ? until : null);
  }

  private static VersionOfDay version(
      PromptDay day, String version, List<ActiveSpan> active, TrafficOfDay today) {
    ObservedSpan span = today.of(version);
    return new VersionOfDay(
        version,
        day.versions().containsKey(version),
        active,
        span.aggregate().executionCount(),
        TrafficOfDay.reading(Metric.SUCCESS_RATE, span),
        TrafficOfDay.reading(Metric.LATENCY_P95, span),
        TrafficOfDay.reading(Metric.AVG_TOTAL_TOKENS, span));
  }
}
