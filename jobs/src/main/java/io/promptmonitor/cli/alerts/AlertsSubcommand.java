package io.promptmonitor.cli.alerts;

import io.promptmonitor.cli.DatabaseSubcommand;
import io.promptmonitor.cli.ResultPrinter.Column;
import io.promptmonitor.cli.TableFormat;
import io.promptmonitor.database.Database;
import io.promptmonitor.registry.OperatorCommands;
import java.util.List;

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
    return TableFormat.columns(names);
  }

  /** Prints a table for people. */
  final void printTable(TableFormat format, List<Column> columns, List<List<String>> rows) {
    format.print(columns, rows, out());
  }
}
