package io.promptmonitor.cli.alerts;

import io.promptmonitor.cli.DatabaseSubcommand;
import io.promptmonitor.cli.ResultPrinter;
import io.promptmonitor.cli.ResultPrinter.Column;
import io.promptmonitor.cli.ResultPrinter.Kind;
import io.promptmonitor.cli.TableFormat;
import io.promptmonitor.database.Database;
import io.promptmonitor.registry.OperatorCommands;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** What all subcommands of {@code promptmon alerts} share: what is stored of alerts. */
abstract class AlertsSubcommand extends DatabaseSubcommand {

  @Override
  protected final int run(Database database) throws Exception {
    try (StoredAlerts alerts = new StoredAlerts(database);
        OperatorCommands commands = new OperatorCommands(database)) {
      return run(alerts, commands);
    }
  }

  /** Does what the command is for; returns the exit code. */
  abstract int run(StoredAlerts alerts, OperatorCommands commands) throws Exception;

  /** Columns of texts. */
  static List<Column> columns(String... names) {
    return Stream.of(names).map(name -> new Column(name, Kind.TEXT)).toList();
  }

  /** Prints a table for people. */
  final void printTable(TableFormat format, List<Column> columns, List<List<String>> rows) {
    ResultPrinter printer = format.printer();
    printer.begin(columns, out());
    for (List<String> row : rows) {
      List<@Nullable String> values = new ArrayList<>(row);
      printer.row(values, out());
    }
    printer.end(out());
    out().flush();
  }
}
