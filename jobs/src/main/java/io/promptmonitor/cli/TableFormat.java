package io.promptmonitor.cli;

import io.promptmonitor.cli.ResultPrinter.Column;
import io.promptmonitor.cli.ResultPrinter.Kind;
import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Help.Ansi;
import picocli.CommandLine.Option;

/** How a list is printed: a table, or JSON; a mixin. */
public final class TableFormat {

  @Option(names = "--json", description = "Print as JSON.")
  private boolean json;

  /** Whether to print JSON. */
  public boolean isJson() {
    return json;
  }

  /** Columns of texts. */
  public static List<Column> columns(String... names) {
    return Stream.of(names).map(name -> new Column(name, Kind.TEXT)).toList();
  }

  /** Prints a table for people. */
  public void print(List<Column> columns, List<List<String>> rows, PrintWriter out) {
    ResultPrinter printer = printer();
    printer.begin(columns, out);
    for (List<String> row : rows) {
      List<@Nullable String> values = new ArrayList<>(row);
      printer.row(values, out);
    }
    printer.end(out);
    out.flush();
  }

  /** A printer of tables. */
  public ResultPrinter printer() {
    return new TablePrinter(Ansi.AUTO.enabled());
  }
}
