package io.promptmonitor.database.migration;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.promptmonitor.database.Database;
import io.promptmonitor.database.DatabaseException;
import io.promptmonitor.database.embedded.RestartablePostgres;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Roles belong to a server, whose databases may have different owners. */
class RolesMigrationTest {

  private static final List<String> ROLES =
      List.of(
          "promptmon_job",
          "promptmon_operator",
          "promptmon_analyst",
          "promptmon_investigator",
          "promptmon_runtime",
          "promptmon_maintenance");

  @TempDir private Path directory;

  private RestartablePostgres server;

  @BeforeEach
  void start() {
    server = RestartablePostgres.start(directory, Map.of("fsync", "off"));
  }

  @AfterEach
  void stop() {
    server.close();
  }

  private void execute(String sql) throws SQLException {
    try (Connection connection = server.database().connect();
        Statement statement = connection.createStatement()) {
      statement.execute(sql);
    }
  }

  /** A database of its own for a user with these attributes. */
  private Database databaseOf(String user, String attributes) throws SQLException {
    execute("CREATE ROLE " + user + " LOGIN PASSWORD 'sesame' " + attributes);
    execute("CREATE DATABASE " + user + " OWNER " + user);
    String url = server.database().withName(user).jdbcUrl();
    return Database.of(url + "?user=" + user + "&password=sesame");
  }

  @Test
  void whoMayNotCreateRolesIsToldWhatToDo() throws Exception {
    Database database = databaseOf("owner", "");
    assertThatThrownBy(() -> Migrations.apply(database))
        .isInstanceOf(DatabaseException.class)
        .hasMessageContaining("V004__roles.sql: the role promptmon_job is missing")
        .hasMessageContaining("owner may not create it; have an administrator run: CREATE ROLE")
        .message()
        .hasLineCount(1);
    for (String role : ROLES) {
      execute("CREATE ROLE " + role);
    }
    assertThat(Migrations.apply(database)).isPositive();
  }

  @Test
  void databasesMayBeMigratedAtOnce() throws Exception {
    List<Database> databases = new ArrayList<>();
    for (int i = 0; i < 4; i++) {
      databases.add(databaseOf("owner_" + i, "CREATEROLE"));
    }
    ExecutorService executor = Executors.newFixedThreadPool(databases.size());
    try {
      List<Future<Integer>> migrations = new ArrayList<>();
      for (Database database : databases) {
        migrations.add(executor.submit(() -> Migrations.apply(database)));
      }
      for (Future<Integer> migration : migrations) {
        assertThat(migration.get()).isGreaterThanOrEqualTo(4);
      }
    } finally {
      executor.shutdownNow();
    }
    execute("CREATE ROLE alice LOGIN PASSWORD 'sesame' IN ROLE " + String.join(", ", ROLES));
    for (Database database : databases) {
      String alice = database.jdbcUrl() + "?user=alice&password=sesame";
      try (Connection connection = Database.of(alice).connect();
          Statement statement = connection.createStatement()) {
        statement.execute("SELECT FROM promptmon.window_metrics, promptmon.active_prompt");
      }
    }
  }
}
