package io.promptmonitor.reports.charts;

import java.util.List;
import java.util.Map;
import java.util.function.DoubleFunction;

/** Bars by hour, of parts on top of each other. An hour without a value has no bar. */
public final class HourBars {

  private static final double GAP = 0.12;

  private HourBars() {}

  /**
   * A part of each bar.
   *
   * @param mark the class of its marks
   * @param name what it is, for hints
   * @param values its value by hour, 0 to 23
   */
  public record Part(String mark, String name, Map<Integer, Long> values) {
    public Part {
      values = Map.copyOf(values);
    }

    long in(int hour) {
      return values.getOrDefault(hour, 0L);
    }
  }

  /**
   * Something that happened at a time of the day.
   *
   * @param mark the class of its line
   * @param hour 0 to 24, with fractions
   * @param label what it was, in few words
   */
  public record Marker(String mark, double hour, String label) {}

  /**
   * The chart.
   *
   * @param parts from the bottom up
   * @param markers in the order of time
   */
  public static String svg(
      String id,
      String title,
      String description,
      List<Part> parts,
      List<Marker> markers,
      DoubleFunction<String> label) {
    long max = 0;
    for (int hour = 0; hour < Plot.HOURS; hour++) {
      max = Math.max(max, total(parts, hour));
    }
    // Counts have no halves: an axis of one or two would be labelled twice with the same.
    Plot plot =
        new Plot(markers.isEmpty() ? 12 : 44, Scale.Linear.upTo(Math.max(5.0, (double) max)));
    Svg svg = new Svg(id, plot.height(), title, description);
    plot.drawAxes(svg, label);
    for (int hour = 0; hour < Plot.HOURS; hour++) {
      if (total(parts, hour) > 0) {
        drawBar(svg, plot, parts, hour, label);
      }
    }
    for (int i = 0; i < markers.size(); i++) {
      draw(svg, plot, markers.get(i), i % 2 == 0 ? 14 : 32);
    }
    return svg.end();
  }

  private static long total(List<Part> parts, int hour) {
    return parts.stream().mapToLong(part -> part.in(hour)).sum();
  }

  private static void drawBar(
      Svg svg, Plot plot, List<Part> parts, int hour, DoubleFunction<String> label) {
    double left = plot.x(hour + GAP);
    double width = plot.x(hour + 1 - GAP) - left;
    long below = 0;
    for (Part part : parts) {
      long value = part.in(hour);
      if (value > 0) {
        double upper = plot.y((double) (below + value));
        svg.openWithHint(Plot.hour(hour) + ": " + label.apply((double) value) + " " + part.name());
        svg.empty(
            "rect",
            "class",
            part.mark(),
            "x",
            Svg.at(left),
            "y",
            Svg.at(upper),
            "width",
            Svg.at(width),
            "height",
            Svg.at(plot.y((double) below) - upper));
        svg.close();
        below += value;
      }
    }
  }

  private static void draw(Svg svg, Plot plot, Marker marker, int y) {
    double x = plot.x(marker.hour());
    boolean toTheLeft = marker.hour() > Plot.HOURS / 2.0;
    svg.line("marker " + marker.mark(), x, y - 8, x, plot.bottom());
    svg.text(
        "text",
        Labels.cut(marker.label(), 28),
        "class",
        toTheLeft ? "label end" : "label",
        "x",
        Svg.at(toTheLeft ? x - 5 : x + 5),
        "y",
        Svg.at(y));
  }
}
