package io.promptmonitor.reports.charts;

import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Differences with their intervals, as dots and whiskers around a line for none. Rows have units of
 * their own, so each has its own scale, with the same reach to both sides.
 */
public final class Differences {

  private static final int LINE = 20;
  private static final int ROW_GAP = 26;
  private static final double CENTER = 205;
  private static final double REACH = 165;
  private static final double TEXT_AT = Plot.WIDTH - 2.0;

  private Differences() {}

  /**
   * A metric.
   *
   * @param name as the table calls it
   * @param dots its differences; empty ones are left out
   */
  public record Row(String name, List<Dot> dots) {
    public Row {
      dots = List.copyOf(dots);
    }

    double reach() {
      return dots.stream()
          .flatMap(
              dot ->
                  Stream.of(
                      dot.value(),
                      dot.lower() == null ? dot.value() : dot.lower(),
                      dot.upper() == null ? dot.value() : dot.upper()))
          .mapToDouble(Math::abs)
          .max()
          .orElse(0);
    }
  }

  /**
   * A difference.
   *
   * @param shape what it is compared with: {@code circle}, {@code square} or {@code diamond}
   * @param tone {@code good}, {@code bad}, or {@code plain} if it cannot be said
   * @param lower the lower limit of its interval; null if it is not known
   * @param upper the upper limit; null if it is not known
   * @param text the difference in words
   * @param hint all of it in words
   */
  public record Dot(
      String shape,
      String tone,
      double value,
      @Nullable Double lower,
      @Nullable Double upper,
      String text,
      String hint) {}

  /** The chart. */
  public static String svg(String id, String title, String description, List<Row> rows) {
    int height = 6;
    for (Row row : rows) {
      height += ROW_GAP + LINE * row.dots().size();
    }
    Svg svg = new Svg(id, height, title, description);
    int y = 4;
    for (Row row : rows) {
      svg.text("text", Labels.cut(row.name(), 40), "class", "label", "x", "2", "y", Svg.at(y + 13));
      double reach = row.reach();
      double perUnit = reach > 0 ? REACH / reach : 0;
      int top = y + 18;
      svg.line("axis", CENTER, top, CENTER, top + LINE * (double) row.dots().size());
      for (int i = 0; i < row.dots().size(); i++) {
        draw(svg, row.dots().get(i), perUnit, top + LINE * i + LINE / 2.0);
      }
      y += ROW_GAP + LINE * row.dots().size();
    }
    return svg.end();
  }

  private static void draw(Svg svg, Dot dot, double perUnit, double y) {
    svg.openWithHint(dot.hint());
    double x = CENTER + dot.value() * perUnit;
    svg.line("grid", CENTER - REACH, y, CENTER + REACH, y);
    svg.line(
        "whisker " + dot.tone(),
        dot.lower() == null ? x : CENTER + dot.lower() * perUnit,
        y,
        dot.upper() == null ? x : CENTER + dot.upper() * perUnit,
        y);
    drawShape(svg, dot, x, y);
    svg.text("text", dot.text(), "class", "tick end", "x", Svg.at(TEXT_AT), "y", Svg.at(y + 4));
    svg.close();
  }

  private static void drawShape(Svg svg, Dot dot, double x, double y) {
    String mark = "shape " + dot.tone();
    switch (dot.shape()) {
      case "circle" ->
          svg.empty("circle", "class", mark, "cx", Svg.at(x), "cy", Svg.at(y), "r", "4.5");
      case "square" ->
          svg.empty(
              "rect",
              "class",
              mark,
              "x",
              Svg.at(x - 4),
              "y",
              Svg.at(y - 4),
              "width",
              "8",
              "height",
              "8");
      default ->
          svg.empty(
              "path",
              "class",
              mark,
              "d",
              "M" + Svg.at(x) + " " + Svg.at(y - 5.5) + "l5.5 5.5l-5.5 5.5l-5.5 -5.5z");
    }
  }
}
