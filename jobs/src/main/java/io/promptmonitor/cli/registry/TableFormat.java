package io.promptmonitor.cli.registry;

import io.promptmonitor.cli.ResultPrinter;
import io.promptmonitor.cli.TablePrinter;
import picocli.CommandLine.Help.Ansi;
import picocli.CommandLine.Option;

/** How a list is printed: a table, or JSON; a mixin. */
final class TableFormat {

  @Option(names = "--json", description = "Print as JSON.")
  private boolean json;

  boolean isJson() {
    return json;
  }

  ResultPrinter printer() {
    return new TablePrinter(Ansi.AUTO.enabled());
  }
}
