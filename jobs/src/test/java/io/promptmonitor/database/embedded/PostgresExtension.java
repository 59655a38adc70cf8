package io.promptmonitor.database.embedded;

import io.promptmonitor.database.Database;
import io.promptmonitor.database.migration.Migrations;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.extension.AfterAllCallback;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/**
 * Gives a test class a database of its own, empty and migrated, on a real PostgreSQL server that
 * all tests of the JVM share. The first use takes about three seconds, each further class a tenth.
 *
 * <pre>{@code
 * @RegisterExtension static final PostgresExtension postgres = new PostgresExtension();
 *
 * @BeforeEach void clear() { postgres.execute("TRUNCATE promptmon.window_metrics"); }
 *
 * @Test void writesRows() {
 *   runJob(postgres.database());
 *   assertThat(postgres.query("SELECT count(*) FROM window_metrics")).isEqualTo("3");
 * }
 * }</pre>
 *
 * <p>The field must be static. The search path is {@code promptmon}. The server does without fsync;
 * a test that stops or kills a server starts its own with {@link RestartablePostgres}.
 */
public final class PostgresExtension implements BeforeAllCallback, AfterAllCallback {

  private static final String TEMPLATE = "migrated";
  private static final AtomicInteger NUMBER = new AtomicInteger();
  private static @Nullable RestartablePostgres server;

  private @Nullable Database database;

  /** The class's database; the server's superuser may do everything in it. */
  public Database database() {
    if (database == null) {
      throw new IllegalStateException("the extension's field must be static, in the test class");
    }
    return database;
  }

  /** The URL with user and password, as {@code --db} takes it. */
  public String url() {
    return RestartablePostgres.url(database());
  }

  /** Runs statements, separated by semicolons. */
  public void execute(String sql) {
    execute(database(), sql);
  }

  /**
   * The rows of a query, a line each, columns separated by {@code |}, {@code NULL} for null, as
   * PostgreSQL writes values.
   */
  public String query(String sql) {
    try (Connection connection = database().connect();
        Statement statement = connection.createStatement();
        ResultSet rows = statement.executeQuery(sql)) {
      StringBuilder text = new StringBuilder();
      while (rows.next()) {
        text.append(text.isEmpty() ? "" : "\n");
        for (int i = 1; i <= rows.getMetaData().getColumnCount(); i++) {
          String value = rows.getString(i);
          text.append(i == 1 ? "" : "|").append(value == null ? "NULL" : value);
        }
      }
      return text.toString();
    } catch (SQLException e) {
      throw new IllegalStateException(sql, e);
    }
  }

  @Override
  public void beforeAll(ExtensionContext context) {
    String name = "test_" + NUMBER.incrementAndGet();
    RestartablePostgres shared = server();
    execute(shared.database(), "CREATE DATABASE " + name + " TEMPLATE " + TEMPLATE);
    database = shared.database().withName(name);
  }

  @Override
  public void afterAll(ExtensionContext context) {
    if (database != null) {
      execute(server().database(), "DROP DATABASE " + name(database) + " WITH (FORCE)");
      database = null;
    }
  }

  /** An empty database without our schema, on the shared server. */
  public static Database emptyDatabase() {
    String name = "empty_" + NUMBER.incrementAndGet();
    execute(server().database(), "CREATE DATABASE " + name);
    return server().database().withName(name);
  }

  static void execute(Database database, String sql) {
    try (Connection connection = database.connect();
        Statement statement = connection.createStatement()) {
      statement.execute(sql);
    } catch (SQLException e) {
      throw new IllegalStateException(sql, e);
    }
  }

  private static String name(Database database) {
    return database.jdbcUrl().replaceFirst(".*/", "");
  }

  private static synchronized RestartablePostgres server() {
    if (server == null) {
      try {
        Path directory = Files.createTempDirectory("promptmon-tests-");
        RestartablePostgres started = RestartablePostgres.start(directory, Map.of("fsync", "off"));
        Runtime.getRuntime().addShutdownHook(new Thread(() -> stop(started, directory)));
        execute(started.database(), "CREATE DATABASE " + TEMPLATE);
        Migrations.apply(started.database().withName(TEMPLATE));
        server = started;
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
    return server;
  }

  private static void stop(RestartablePostgres server, Path directory) {
    try {
      server.close();
      PostgresBinaries.deleteRecursively(directory);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
