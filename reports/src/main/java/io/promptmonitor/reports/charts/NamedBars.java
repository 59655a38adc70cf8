package io.promptmonitor.reports.charts;

import java.util.List;

/** A bar by name, from the left to the right, with its name above and its value beside. */
public final class NamedBars {

  private static final int ROW = 34;
  private static final int LONGEST = 350;

  private NamedBars() {}

  /**
   * A bar.
   *
   * @param value 0 or more
   * @param text the value in words
   */
  public record Bar(String name, double value, String text) {}

  /** The chart. */
  public static String svg(String id, String title, String description, List<Bar> bars) {
    Svg svg = new Svg(id, 8 + ROW * bars.size(), title, description);
    double max = bars.stream().mapToDouble(Bar::value).max().orElse(0);
    int y = 0;
    for (Bar bar : bars) {
      double length = max > 0 ? Math.max(1, LONGEST * bar.value() / max) : 0;
      svg.openWithHint(Labels.cut(bar.name(), 200) + ": " + bar.text());
      svg.text("text", Labels.cut(bar.name(), 60), "class", "label", "x", "2", "y", Svg.at(y + 14));
      svg.empty(
          "rect",
          "class",
          "failure",
          "x",
          "2",
          "y",
          Svg.at(y + 19),
          "width",
          Svg.at(length),
          "height",
          "11");
      svg.text("text", bar.text(), "class", "tick", "x", Svg.at(length + 8), "y", Svg.at(y + 29));
      svg.close();
      y += ROW;
    }
    return svg.end();
  }
}
