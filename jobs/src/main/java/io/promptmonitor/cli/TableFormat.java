package io.promptmonitor.cli;

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

  /** A printer of tables. */
  public ResultPrinter printer() {
    return new TablePrinter(Ansi.AUTO.enabled());
  }
}
