package io.promptmonitor.reports.sections;

import io.promptmonitor.common.comparison.Interval;
import io.promptmonitor.common.comparison.RateIntervals;
import io.promptmonitor.common.report.DailyReport;
import io.promptmonitor.common.report.Difference;
import io.promptmonitor.common.report.ErrorAnalysis.ErrorType;
import io.promptmonitor.common.report.HourOfDay;
import io.promptmonitor.common.report.KeyMetric;
import io.promptmonitor.common.report.RollbacksOfDay;
import io.promptmonitor.common.report.VersionOfDay;
import io.promptmonitor.reports.charts.Differences;
import io.promptmonitor.reports.charts.HourBars;
import io.promptmonitor.reports.charts.HourLines;
import io.promptmonitor.reports.charts.NamedBars;
import io.promptmonitor.reports.page.Block;
import io.promptmonitor.reports.page.Block.Figure;
import io.promptmonitor.reports.page.Block.LegendEntry;
import io.promptmonitor.reports.page.Cell;
import io.promptmonitor.reports.text.MetricFormat;
import io.promptmonitor.reports.text.Names;
import io.promptmonitor.reports.text.Numbers;
import io.promptmonitor.reports.text.Readings;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.ToDoubleFunction;
import java.util.function.ToLongFunction;
import java.util.stream.Collectors;

/** The charts of a report: none where there is nothing to draw. */
final class ReportCharts {

  /** So many versions and error types are drawn; the rest is one more. */
  private static final int MOST_NAMES = 5;

  private final LocalDate date;
  private final List<HourOfDay> hours;

  private ReportCharts(DailyReport report) {
    date = report.date();
    hours = report.hours();
  }

  /** Executions by hour, those that failed on top. */
  static List<Block> executions(DailyReport report) {
    ReportCharts charts = new ReportCharts(report);
    if (charts.hours.isEmpty()) {
      return List.of();
    }
    HourOfDay busiest =
        charts.hours.stream().max(Comparator.comparingLong(HourOfDay::executions)).orElseThrow();
    String title = "Executions by hour (UTC)";
    return List.of(
        new Figure(
            "chart-executions",
            title,
            List.of(new LegendEntry("success", "succeeded"), new LegendEntry("failure", "failed")),
            HourBars.svg(
                "chart-executions",
                title,
                "Most at "
                    + charts.clock(busiest)
                    + ": "
                    + Numbers.count(busiest.executions(), "executions")
                    + ", "
                    + Numbers.count(busiest.failures())
                    + " of them failed. "
                    + charts.gaps(),
                List.of(
                    new HourBars.Part(
                        "success",
                        "succeeded",
                        charts.counts(hour -> hour.executions() - hour.failures())),
                    new HourBars.Part("failure", "failed", charts.counts(HourOfDay::failures))),
                List.of(),
                Numbers::compact)));
  }

  /** Error rate by hour with intervals. */
  static List<Block> errorRate(DailyReport report) {
    ReportCharts charts = new ReportCharts(report);
    if (charts.hours.isEmpty()) {
      return List.of();
    }
    HourOfDay worst =
        charts.hours.stream()
            .max(Comparator.comparingDouble(ReportCharts::errorRate))
            .orElseThrow();
    Map<Integer, Interval> intervals = new HashMap<>();
    charts.hours.forEach(
        hour ->
            intervals.put(
                charts.index(hour), RateIntervals.wilson(errorRate(hour), hour.executions())));
    String title = "Error rate by hour (UTC) with 95% intervals";
    return List.of(
        new Figure(
            "chart-error-rate",
            title,
            List.of(),
            HourLines.svg(
                "chart-error-rate",
                title,
                "Highest at "
                    + charts.clock(worst)
                    + ": "
                    + Numbers.percent(errorRate(worst))
                    + " of "
                    + Numbers.count(worst.executions(), "executions")
                    + ". "
                    + charts.gaps(),
                List.of(
                    new HourLines.Line(
                        "failure",
                        "error rate",
                        charts.values(ReportCharts::errorRate),
                        intervals)),
                false,
                share -> Numbers.shortest(share * 100, 2) + "%")));
  }

  /** Percentiles of the latency by hour. */
  static List<Block> latency(DailyReport report) {
    ReportCharts charts = new ReportCharts(report);
    if (charts.hours.isEmpty()) {
      return List.of();
    }
    HourOfDay slowest =
        charts.hours.stream().max(Comparator.comparingDouble(HourOfDay::latencyP99)).orElseThrow();
    String title = "Latency by hour (UTC)";
    return List.of(
        new Figure(
            "chart-latency",
            title,
            List.of(
                new LegendEntry("p99", "P99"),
                new LegendEntry("p95", "P95"),
                new LegendEntry("p50", "P50")),
            HourLines.svg(
                "chart-latency",
                title,
                "Slowest at "
                    + charts.clock(slowest)
                    + ": P99 "
                    + Numbers.milliseconds(slowest.latencyP99())
                    + ", P50 "
                    + Numbers.milliseconds(slowest.latencyP50())
                    + ". "
                    + charts.gaps(),
                List.of(
                    charts.line("p99", "P99", HourOfDay::latencyP99),
                    charts.line("p95", "P95", HourOfDay::latencyP95),
                    charts.line("p50", "P50", HourOfDay::latencyP50)),
                true,
                value ->
                    value < 1_000
                        ? Numbers.shortest(value, 1) + "ms"
                        : Numbers.shortest(value / 1_000, 2) + "s")));
  }

  /** Executions by version and hour, with the switches. */
  static List<Block> versions(DailyReport report) {
    ReportCharts charts = new ReportCharts(report);
    if (charts.hours.isEmpty()) {
      return List.of();
    }
    List<String> names = mostFrequent(charts.hours);
    List<HourBars.Part> parts = new ArrayList<>();
    List<LegendEntry> legend = new ArrayList<>();
    for (int i = 0; i < names.size(); i++) {
      String name = names.get(i);
      parts.add(
          new HourBars.Part(
              "version-" + i,
              "executions of " + Names.oneLine(name),
              charts.counts(hour -> hour.executionsByVersion().getOrDefault(name, 0L))));
      legend.add(new LegendEntry("version-" + i, name));
    }
    Map<Integer, Long> others =
        charts.counts(
            hour ->
                hour.executionsByVersion().entrySet().stream()
                    .filter(entry -> !names.contains(entry.getKey()))
                    .mapToLong(Map.Entry::getValue)
                    .sum());
    if (others.values().stream().anyMatch(count -> count > 0)) {
      parts.add(new HourBars.Part("version-others", "executions of other versions", others));
      legend.add(new LegendEntry("version-others", "other versions"));
    }
    List<HourBars.Marker> markers = charts.markers(report);
    String title = "Executions by version and hour (UTC)";
    return List.of(
        new Figure(
            "chart-versions",
            title,
            legend,
            HourBars.svg(
                "chart-versions",
                title,
                markers.isEmpty()
                    ? "No switch. " + charts.gaps()
                    : markers.stream().map(HourBars.Marker::label).collect(Collectors.joining("; "))
                        + ". "
                        + charts.gaps(),
                parts,
                markers,
                Numbers::compact)));
  }

  /** The most frequent error types. */
  static List<Block> errorTypes(DailyReport report) {
    List<ErrorType> types = report.errors().types();
    if (types.isEmpty()) {
      return List.of();
    }
    List<NamedBars.Bar> bars = new ArrayList<>();
    types.stream().limit(MOST_NAMES).forEach(type -> bars.add(bar(type.type(), type.count())));
    if (types.size() > MOST_NAMES) {
      bars.add(
          bar("other types", types.stream().skip(MOST_NAMES).mapToLong(ErrorType::count).sum()));
    }
    String title = "Failures by error type";
    return List.of(
        new Figure(
            "chart-error-types",
            title,
            List.of(),
            NamedBars.svg(
                "chart-error-types",
                title,
                bars.stream()
                    .map(bar -> Names.oneLine(bar.name()) + " " + bar.text())
                    .collect(Collectors.joining(", ")),
                bars)));
  }

  /** The key metrics' differences with their intervals. */
  static List<Block> differences(DailyReport report) {
    List<Differences.Row> rows = new ArrayList<>();
    for (KeyMetric metric : report.keyMetrics()) {
      List<Differences.Dot> dots = new ArrayList<>();
      MetricFormat format = MetricFormat.of(metric.metric());
      addDot(dots, "circle", "yesterday", format, metric.vsYesterday());
      addDot(dots, "square", "baseline", format, metric.vsBaseline());
      addDot(dots, "diamond", "last week", format, metric.vsLastWeek());
      if (!dots.isEmpty()) {
        rows.add(new Differences.Row(metric.title(), dots));
      }
    }
    if (rows.isEmpty()) {
      return List.of();
    }
    String title = "Differences with 95% intervals, each metric on its own scale";
    return List.of(
        new Figure(
            "chart-differences",
            title,
            List.of(
                new LegendEntry("circle", "vs yesterday"),
                new LegendEntry("square", "vs baseline"),
                new LegendEntry("diamond", "vs last week"),
                new LegendEntry("bad", "worse"),
                new LegendEntry("good", "better"),
                new LegendEntry("plain", "not distinguishable")),
            Differences.svg(
                "chart-differences",
                title,
                "The table above says the same in figures: dots to the right of the line are"
                    + " higher than what they are compared with.",
                rows)));
  }

  private static void addDot(
      List<Differences.Dot> dots,
      String shape,
      String reference,
      MetricFormat format,
      Difference difference) {
    Double value = difference.difference();
    if (value == null) {
      return;
    }
    Cell cell = Readings.cell(format, difference);
    dots.add(
        new Differences.Dot(
            shape,
            cell.tone().name().toLowerCase(Locale.ROOT),
            value,
            difference.lower(),
            difference.upper(),
            cell.text(),
            "vs "
                + reference
                + ": "
                + cell.text()
                + (cell.note() == null ? "" : ", " + cell.note())));
  }

  private static NamedBars.Bar bar(String name, long count) {
    return new NamedBars.Bar(name, (double) count, Numbers.count(count));
  }

  private static List<String> mostFrequent(List<HourOfDay> hours) {
    Map<String, Long> totals = new TreeMap<>();
    hours.forEach(
        hour ->
            hour.executionsByVersion()
                .forEach((version, count) -> totals.merge(version, count, Long::sum)));
    return totals.entrySet().stream()
        .sorted(
            Map.Entry.<String, Long>comparingByValue(Comparator.reverseOrder())
                .thenComparing(Map.Entry.comparingByKey()))
        .limit(MOST_NAMES)
        .map(Map.Entry::getKey)
        .toList();
  }

  private List<HourBars.Marker> markers(DailyReport report) {
    TreeMap<Instant, HourBars.Marker> markers = new TreeMap<>();
    for (VersionOfDay version : report.versions()) {
      for (VersionOfDay.ActiveSpan span : version.active()) {
        if (span.from() != null) {
          markers.put(
              span.from(),
              new HourBars.Marker("switch", hourOf(span.from()), version.version() + " active"));
        }
      }
    }
    for (RollbacksOfDay.Event event : report.rollbacks().events()) {
      if (event.status().equals("switched") && event.toVersion() != null) {
        // Switches are known to the second: the same one must not be drawn twice.
        markers
            .keySet()
            .removeIf(at -> Duration.between(at, event.happenedAt()).abs().toSeconds() < 5);
        markers.put(
            event.happenedAt(),
            new HourBars.Marker(
                "rollback", hourOf(event.happenedAt()), "rollback to " + event.toVersion()));
      }
    }
    return List.copyOf(markers.values());
  }

  private double hourOf(Instant time) {
    double hours = Duration.between(start(), time).toMillis() / 3_600_000.0;
    return Math.max(0, Math.min(24, hours));
  }

  private Instant start() {
    return date.atStartOfDay(ZoneOffset.UTC).toInstant();
  }

  private int index(HourOfDay hour) {
    return (int) Duration.between(start(), hour.start()).toHours();
  }

  private String clock(HourOfDay hour) {
    return String.format(Locale.ROOT, "%02d:00", index(hour));
  }

  private String gaps() {
    int gaps = 24 - hours.size();
    return gaps == 0
        ? "Every hour had executions."
        : gaps == 1 ? "1 hour had no executions." : gaps + " hours had no executions.";
  }

  private Map<Integer, Long> counts(ToLongFunction<HourOfDay> value) {
    return hours.stream().collect(Collectors.toMap(this::index, value::applyAsLong));
  }

  private Map<Integer, Double> values(ToDoubleFunction<HourOfDay> value) {
    return hours.stream()
        .filter(hour -> Double.isFinite(value.applyAsDouble(hour)))
        .collect(Collectors.toMap(this::index, value::applyAsDouble));
  }

  private HourLines.Line line(String mark, String name, ToDoubleFunction<HourOfDay> value) {
    return new HourLines.Line(mark, name, values(value), Map.of());
  }

  private static double errorRate(HourOfDay hour) {
    return hour.executions() == 0 ? Double.NaN : (double) hour.failures() / hour.executions();
  }
}
