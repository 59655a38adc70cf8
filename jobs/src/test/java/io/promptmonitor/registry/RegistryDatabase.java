package io.promptmonitor.registry;

import io.promptmonitor.database.Database;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;

/** What tests do to the registry's database that nobody else may. */
final class RegistryDatabase {

  private RegistryDatabase() {}

  /** Empties the registry, past the triggers that forbid it. */
  static void clear(Database database) {
    execute(
        database,
        "SET session_replication_role = replica;"
            + " TRUNCATE promptmon.registry_event, promptmon.prompt_version, promptmon.prompt,"
            + " promptmon.rollback_event, promptmon.operator_command");
  }

  /** Dates back all that is in the registry, as if that much time had gone by since. */
  static void letTimePass(Database database, Duration time) {
    String back = " - interval '" + time.toMillis() + " milliseconds'";
    execute(
        database,
        "SET session_replication_role = replica;"
            + ("UPDATE promptmon.registry_event SET at = at" + back + ";")
            + ("UPDATE promptmon.operator_command SET at = at" + back + ";")
            + ("UPDATE promptmon.rollback_event SET switched_at = switched_at" + back + ";")
            + ("UPDATE promptmon.prompt SET created_at = created_at" + back + ";")
            + ("UPDATE promptmon.prompt_version SET created_at = created_at" + back)
            + (", registered_at = registered_at" + back + ", deployed_at = deployed_at" + back));
  }

  /** Runs statements, separated by semicolons, as the server's superuser. */
  static void execute(Database database, String sql) {
    try (Connection connection = database.connect();
        Statement statement = connection.createStatement()) {
      statement.execute(sql);
    } catch (SQLException e) {
      throw new IllegalStateException(sql, e);
    }
  }

  /** The same database as another user, whose password is {@code sesame}. */
  static Database as(String user, Database database) {
    return Database.of(database.jdbcUrl() + "?user=" + user + "&password=sesame");
  }
}
