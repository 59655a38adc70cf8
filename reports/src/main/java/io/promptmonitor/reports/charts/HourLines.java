package io.promptmonitor.reports.charts;

import io.promptmonitor.common.comparison.Interval;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.DoubleFunction;
import java.util.stream.DoubleStream;

/** Lines by hour. A line ends before an hour without a value, and begins again after it. */
public final class HourLines {

  private HourLines() {}

  /**
   * A line.
   *
   * @param mark the class of its marks
   * @param name what it is, for hints
   * @param values its value by hour, 0 to 23
   * @param intervals the value's interval by hour; empty if it has none
   */
  public record Line(
      String mark, String name, Map<Integer, Double> values, Map<Integer, Interval> intervals) {
    public Line {
      values = Map.copyOf(values);
      intervals = Map.copyOf(intervals);
    }
  }

  /** The chart, with a logarithmic axis if the values span more than a factor of ten. */
  public static String svg(
      String id,
      String title,
      String description,
      List<Line> lines,
      boolean mayBeLogarithmic,
      DoubleFunction<String> label) {
    double max = all(lines).max().orElse(0);
    double min = all(lines).filter(value -> value > 0).min().orElse(0);
    Plot plot = new Plot(12, mayBeLogarithmic ? Scale.forRange(min, max) : Scale.Linear.upTo(max));
    Svg svg = new Svg(id, plot.height(), title, description);
    plot.drawAxes(svg, label);
    lines.forEach(line -> draw(svg, plot, line, label));
    return svg.end();
  }

  private static DoubleStream all(List<Line> lines) {
    return lines.stream()
        .flatMapToDouble(
            line ->
                DoubleStream.concat(
                    line.values().values().stream().mapToDouble(Double::doubleValue),
                    line.intervals().values().stream().mapToDouble(Interval::upper)));
  }

  private static void draw(Svg svg, Plot plot, Line line, DoubleFunction<String> label) {
    StringBuilder path = new StringBuilder();
    for (int hour = 0; hour < Plot.HOURS; hour++) {
      Double value = line.values().get(hour);
      if (value != null) {
        path.append(line.values().containsKey(hour - 1) ? 'L' : 'M')
            .append(Svg.at(plot.x(hour + 0.5)))
            .append(' ')
            .append(Svg.at(plot.y(value)));
      }
    }
    svg.empty("path", "class", "line " + line.mark(), "d", path.toString());
    for (int hour = 0; hour < Plot.HOURS; hour++) {
      Double value = line.values().get(hour);
      if (value != null) {
        Interval interval =
            Objects.requireNonNullElse(line.intervals().get(hour), Interval.UNKNOWN);
        drawPoint(svg, plot, line, hour, value, interval, label);
      }
    }
  }

  private static void drawPoint(
      Svg svg,
      Plot plot,
      Line line,
      int hour,
      double value,
      Interval interval,
      DoubleFunction<String> label) {
    double x = plot.x(hour + 0.5);
    String hint = Plot.hour(hour) + ": " + line.name() + " " + label.apply(value);
    if (interval.isKnown()) {
      hint += " (" + label.apply(interval.lower()) + " to " + label.apply(interval.upper()) + ")";
    }
    svg.openWithHint(hint);
    if (interval.isKnown()) {
      svg.line("whisker " + line.mark(), x, plot.y(interval.lower()), x, plot.y(interval.upper()));
    }
    svg.empty(
        "circle",
        "class",
        "dot " + line.mark(),
        "cx",
        Svg.at(x),
        "cy",
        Svg.at(plot.y(value)),
        "r",
        "2.6");
    svg.close();
  }
}
