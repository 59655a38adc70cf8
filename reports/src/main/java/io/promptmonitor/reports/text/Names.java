package io.promptmonitor.reports.text;

/** Names and sentences that come from outside, made fit to be shown. */
public final class Names {

  private static final int REPLACEMENT = 0xFFFD;

  private Names() {}

  /**
   * The text on one line: line breaks and tabs are spaces; control characters, characters that turn
   * the direction of what follows, and halves of characters are U+FFFD.
   */
  public static String oneLine(String text) {
    return text.codePoints()
        .map(Names::shown)
        .collect(StringBuilder::new, StringBuilder::appendCodePoint, StringBuilder::append)
        .toString();
  }

  private static int shown(int codePoint) {
    return switch (Character.getType(codePoint)) {
      case Character.LINE_SEPARATOR, Character.PARAGRAPH_SEPARATOR -> ' ';
      case Character.CONTROL ->
          codePoint == '\n' || codePoint == '\r' || codePoint == '\t' ? ' ' : REPLACEMENT;
      case Character.SURROGATE -> REPLACEMENT;
      case Character.FORMAT -> turnsDirection(codePoint) ? REPLACEMENT : codePoint;
      default -> isNoCharacter(codePoint) ? REPLACEMENT : codePoint;
    };
  }

  private static boolean turnsDirection(int codePoint) {
    return (codePoint >= 0x202A && codePoint <= 0x202E)
        || (codePoint >= 0x2066 && codePoint <= 0x2069);
  }

  private static boolean isNoCharacter(int codePoint) {
    return (codePoint & 0xFFFE) == 0xFFFE || (codePoint >= 0xFDD0 && codePoint <= 0xFDEF);
  }
}
