package io.promptmonitor.reports.markdown;

import io.promptmonitor.reports.text.Names;

/**
 * Text as Markdown that shows exactly it: what CommonMark and GitHub's tables would take for markup
 * is escaped, and nothing else, so that it also reads well as plain text.
 */
final class MarkdownText {

  /** What is markup wherever it stands. */
  private static final String ALWAYS = "\\`*[]|~$";

  private MarkdownText() {}

  /** For anywhere but the begin of a line. */
  static String inline(String text) {
    String line = Names.oneLine(text).strip();
    StringBuilder out = new StringBuilder(line.length() + 16);
    for (int i = 0; i < line.length(); i++) {
      char c = line.charAt(i);
      if (ALWAYS.indexOf(c) >= 0 || isMarkupHere(line, i, c)) {
        out.append('\\');
      }
      out.append(c);
    }
    return out.toString();
  }

  /** For the begin of a line or of a list's item. */
  static String atLineStart(String text) {
    String escaped = inline(text);
    int digits = 0;
    while (digits < escaped.length() && isDigit(escaped.charAt(digits))) {
      digits++;
    }
    if (digits == escaped.length()) {
      return escaped;
    }
    char first = escaped.charAt(digits);
    boolean isMarkup = digits > 0 ? ".)".indexOf(first) >= 0 : "#+-=>".indexOf(first) >= 0;
    return isMarkup ? escaped.substring(0, digits) + "\\" + escaped.substring(digits) : escaped;
  }

  private static boolean isMarkupHere(String line, int i, char c) {
    return switch (c) {
      // Within a word it is not: names keep their underscores.
      case '_' -> !(isWordAt(line, i - 1) && isWordAt(line, i + 1));
      case '<' -> i + 1 < line.length() && !isSpaceOrEquals(line.charAt(i + 1));
      case '&' -> i + 1 < line.length() && (line.charAt(i + 1) == '#' || isWordAt(line, i + 1));
      // A heading may end with them.
      case '#' -> true;
      default -> false;
    };
  }

  private static boolean isSpaceOrEquals(char c) {
    return c == ' ' || c == '=';
  }

  private static boolean isWordAt(String line, int i) {
    if (i < 0 || i >= line.length()) {
      return false;
    }
    char small = Character.toLowerCase(line.charAt(i));
    return isDigit(small) || (small >= 'a' && small <= 'z');
  }

  private static boolean isDigit(char c) {
    return c >= '0' && c <= '9';
  }
}
