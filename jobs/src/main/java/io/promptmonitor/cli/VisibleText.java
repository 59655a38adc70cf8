package io.promptmonitor.cli;

/** Texts that somebody else wrote, as they are shown on a terminal. */
public final class VisibleText {

  private VisibleText() {}

  /** An argument of a command as a shell takes it. */
  public static String argument(String value) {
    return value.matches("[A-Za-z0-9_./:@=-]+")
        ? value
        : "'" + of(value).replace("'", "'\\''") + "'";
  }

  /** Without control characters, which would break the table or command the terminal. */
  public static String of(String value) {
    StringBuilder text = new StringBuilder(value.length());
    for (int i = 0; i < value.length(); i++) {
      char c = value.charAt(i);
      switch (c) {
        case '\n' -> text.append("\\n");
        case '\r' -> text.append("\\r");
        case '\t' -> text.append("\\t");
        default -> {
          if (Character.isISOControl(c)) {
            text.append(String.format("\\u%04x", (int) c));
          } else {
            text.append(c);
          }
        }
      }
    }
    return text.toString();
  }
}
