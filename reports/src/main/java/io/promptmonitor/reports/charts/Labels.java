package io.promptmonitor.reports.charts;

import io.promptmonitor.reports.text.Names;

/** Names within charts. */
final class Labels {

  private Labels() {}

  /** The name on one line, and its begin and … if it is longer than {@code most} characters. */
  static String cut(String name, int most) {
    String line = Names.oneLine(name);
    if (line.codePointCount(0, line.length()) <= most) {
      return line;
    }
    return line.substring(0, line.offsetByCodePoints(0, most - 1)) + "…";
  }
}
