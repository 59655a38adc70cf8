package io.promptmonitor.cli;

import io.promptmonitor.common.ruletests.RuleTestResult;
import io.promptmonitor.common.ruletests.RuleTestResult.Failure;
import io.promptmonitor.common.ruletests.RuleTestResult.Line;
import java.util.ArrayList;
import java.util.List;

/** The results of rule tests for people: a line for each test, and what is wrong with it. */
final class RuleTestText {

  private static final String GREEN = "\u001B[32m";
  private static final String RED = "\u001B[31m";
  private static final String RESET = "\u001B[0m";

  private final boolean coloured;

  /**
   * How results are written.
   *
   * @param coloured whether somebody watches
   */
  RuleTestText(boolean coloured) {
    this.coloured = coloured;
  }

  /** What came of a test. */
  List<String> lines(RuleTestResult result) {
    List<String> lines = new ArrayList<>();
    String name = VisibleText.of(result.name());
    if (result.passed()) {
      lines.add("  " + colour(GREEN, "ok  ") + "  " + name);
      return lines;
    }
    lines.add("  " + colour(RED, "FAIL") + "  " + name + "  (- expected, + got)");
    for (Failure failure : result.failures()) {
      lines.add(
          "        "
              + (failure.at() == null ? "" : "at " + failure.at() + ", ")
              + failure.what()
              + ":");
      failure.lines().forEach(line -> lines.add("          " + of(line)));
      failure.notes().forEach(note -> lines.add("          " + VisibleText.of(note)));
    }
    return lines;
  }

  private String of(Line line) {
    String text = VisibleText.of(line.text());
    return switch (line.mark()) {
      case SAME -> "  " + text;
      case MISSING -> colour(RED, "- " + text);
      case UNEXPECTED -> colour(GREEN, "+ " + text);
    };
  }

  /** The last line. */
  String summary(int tests, int failed, int files) {
    String text =
        count(tests, "test") + " in " + count(files, "file") + ": " + (tests - failed) + " passed";
    return failed == 0 ? colour(GREEN, text) : colour(RED, text + ", " + failed + " failed");
  }

  private static String count(int number, String noun) {
    return number + " " + noun + (number == 1 ? "" : "s");
  }

  private String colour(String code, String text) {
    return coloured ? code + text + RESET : text;
  }
}
