package io.promptmonitor.cli;

import java.io.PrintWriter;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Comma-separated values with a header, as PostgreSQL's {@code COPY … CSV} writes them: null is
 * nothing, an empty text is {@code ""}.
 */
final class CsvPrinter implements ResultPrinter {

  @Override
  public void begin(List<Column> columns, PrintWriter out) {
    for (int i = 0; i < columns.size(); i++) {
      out.print(i == 0 ? "" : ",");
      out.print(quoted(columns.get(i).name()));
    }
    out.print('\n');
  }

  @Override
  public void row(List<@Nullable String> values, PrintWriter out) {
    for (int i = 0; i < values.size(); i++) {
      String value = values.get(i);
      out.print(i == 0 ? "" : ",");
      out.print(value == null ? "" : quoted(value));
    }
    out.print('\n');
  }

  private static String quoted(String value) {
    boolean plain = !value.isEmpty() && value.chars().noneMatch(c -> ",\"\r\n".indexOf(c) >= 0);
    return plain ? value : '"' + value.replace("\"", "\"\"") + '"';
  }

  @Override
  public void end(PrintWriter out) {}
}
