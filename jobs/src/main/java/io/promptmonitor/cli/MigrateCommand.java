package io.promptmonitor.cli;

import io.promptmonitor.database.migration.Migrations;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** {@code promptmon migrate}: brings the database's schema up to date. */
@Command(
    name = "migrate",
    description = "Brings the schema of the database up to date; does nothing if it is.",
    mixinStandardHelpOptions = true)
final class MigrateCommand implements Callable<Integer> {

  @Spec private CommandSpec spec;

  @Mixin private DatabaseOption database;

  @Override
  public Integer call() {
    try (DatabaseOption.Opened opened = database.open()) {
      int applied = Migrations.apply(opened.database());
      spec.commandLine().getOut().println(applied + " migrations applied");
      spec.commandLine().getOut().flush();
      return PromptMon.EXIT_OK;
    }
  }
}
