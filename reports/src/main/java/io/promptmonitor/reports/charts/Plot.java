package io.promptmonitor.reports.charts;

import java.util.Locale;
import java.util.function.DoubleFunction;

/**
 * The area of a chart over the hours of a day, with its axes.
 *
 * @param top units left free above, for labels of marks
 * @param scale of the vertical axis
 */
record Plot(int top, Scale scale) {

  static final int WIDTH = 480;
  static final int HOURS = 24;
  private static final int LEFT = 54;
  private static final int RIGHT = WIDTH - 12;
  private static final int AREA = 160;
  private static final int BELOW = 26;

  int height() {
    return bottom() + BELOW;
  }

  int bottom() {
    return top + AREA;
  }

  /**
   * Where a time of the day is.
   *
   * @param hour 0 to 24, with fractions
   */
  double x(double hour) {
    return LEFT + (RIGHT - LEFT) * hour / HOURS;
  }

  double y(double value) {
    return bottom() - AREA * Math.max(0, Math.min(1, scale.position(value)));
  }

  /** Draws the axes, and a line across at each tick. */
  void drawAxes(Svg svg, DoubleFunction<String> label) {
    for (double tick : scale.ticks()) {
      svg.line("grid", LEFT, y(tick), RIGHT, y(tick));
      svg.text(
          "text",
          label.apply(tick),
          "class",
          "tick end",
          "x",
          Svg.at(LEFT - 6),
          "y",
          Svg.at(y(tick) + 4));
    }
    svg.line("axis", LEFT, bottom(), RIGHT, bottom());
    for (int hour = 0; hour <= HOURS; hour += 6) {
      svg.line("axis", x(hour), bottom(), x(hour), bottom() + 4);
      svg.text(
          "text",
          hour(hour),
          "class",
          hour == HOURS ? "tick end" : "tick middle",
          "x",
          Svg.at(hour == HOURS ? RIGHT + 8 : x(hour)),
          "y",
          Svg.at(bottom() + 19));
    }
  }

  /** An hour as axes and hints show it: {@code 09:00}. */
  static String hour(int hour) {
    return String.format(Locale.ROOT, "%02d:00", hour);
  }
}
