package io.promptmonitor.registry;

import io.promptmonitor.database.Database;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;

/** What tests do to the registry's database that nobody else may. */
final class RegistryDatabase {

  private RegistryDatabase() {}

  /** Empties the registry, past the triggers that forbid it. */
  static void clear(Database database) {
    execute(
        database,
        "SET session_replication_role = replica;"
            + " TRUNCATE promptmon.registry_event, promptmon.prompt_version, promptmon.prompt");
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
