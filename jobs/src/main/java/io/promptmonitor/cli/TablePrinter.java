package io.promptmonitor.cli;

import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A table for people: columns as wide as their widest value, numbers to the right. */
public final class TablePrinter implements ResultPrinter {

  private static final String NULL = "NULL";
  private static final String DIM = "\u001b[2m";
  private static final String PLAIN = "\u001b[0m";
  private static final int BYTES_SHOWN = 8;

  private final boolean terminal;
  private final List<List<@Nullable String>> rows = new ArrayList<>();
  private List<Column> columns = List.of();

  /**
   * A printer of tables.
   *
   * @param terminal whether the reader sees colours
   */
  public TablePrinter(boolean terminal) {
    this.terminal = terminal;
  }

  @Override
  public void begin(List<Column> resultColumns, PrintWriter out) {
    columns = resultColumns;
    rows.clear();
  }

  @Override
  public void row(List<@Nullable String> values, PrintWriter out) {
    List<@Nullable String> row = new ArrayList<>();
    for (int i = 0; i < values.size(); i++) {
      String value = values.get(i);
      row.add(value == null ? null : shown(value, columns.get(i).kind()));
    }
    rows.add(row);
  }

  private static String shown(String value, Kind kind) {
    return switch (kind) {
      case BYTES -> bytes(value);
      case BOOLEAN -> value.equals("t") ? "true" : "false";
      default -> VisibleText.of(value);
    };
  }

  /** {@code \x0102… (N bytes)}. */
  private static String bytes(String hex) {
    int length = (hex.length() - 2) / 2;
    String begin = length <= BYTES_SHOWN ? hex : hex.substring(0, 2 + 2 * BYTES_SHOWN) + "…";
    return begin + " (" + length + (length == 1 ? " byte)" : " bytes)");
  }

  @Override
  public void end(PrintWriter out) {
    int[] widths = new int[columns.size()];
    for (int i = 0; i < widths.length; i++) {
      widths[i] = width(columns.get(i).name());
      for (List<@Nullable String> row : rows) {
        widths[i] = Math.max(widths[i], width(text(row.get(i))));
      }
    }
    StringBuilder header = new StringBuilder();
    StringBuilder rule = new StringBuilder();
    for (int i = 0; i < widths.length; i++) {
      header.append(i == 0 ? "" : "  ");
      append(header, VisibleText.of(columns.get(i).name()), widths[i], isRight(i));
      rule.append(i == 0 ? "" : "  ").append("-".repeat(widths[i]));
    }
    println(header, out);
    println(rule, out);
    for (List<@Nullable String> row : rows) {
      StringBuilder line = new StringBuilder();
      for (int i = 0; i < widths.length; i++) {
        line.append(i == 0 ? "" : "  ");
        append(line, row.get(i), widths[i], isRight(i));
      }
      println(line, out);
    }
  }

  private boolean isRight(int column) {
    return columns.get(column).kind() == Kind.NUMBER;
  }

  private void append(StringBuilder line, @Nullable String value, int width, boolean right) {
    String text = text(value);
    String padding = " ".repeat(width - width(text));
    String styled = value == null && terminal ? DIM + text + PLAIN : text;
    line.append(right ? padding + styled : styled + padding);
  }

  private static String text(@Nullable String value) {
    return value == null ? NULL : value;
  }

  private static int width(String text) {
    return text.codePointCount(0, text.length());
  }

  private static void println(StringBuilder line, PrintWriter out) {
    out.print(line.toString().stripTrailing());
    out.print('\n');
  }
}
