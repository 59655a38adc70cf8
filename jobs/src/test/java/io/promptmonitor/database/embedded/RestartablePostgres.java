package io.promptmonitor.database.embedded;

import io.promptmonitor.database.Database;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Properties;

/** A PostgreSQL server that a test may stop, kill, and start again at the same port. */
public final class RestartablePostgres implements AutoCloseable {

  private static final String USER = "tester";
  private static final String PASSWORD = "sesame";

  private final PostgresServer server;
  private final int port;

  private RestartablePostgres(PostgresServer server) {
    this.server = server;
    this.port = started();
  }

  /** A new server in {@code directory}, not migrated. */
  public static RestartablePostgres start(Path directory) {
    return start(directory, Map.of());
  }

  /** The same, with settings as in {@code postgresql.conf}. */
  public static RestartablePostgres start(Path directory, Map<String, String> settings) {
    try {
      PostgresServer server =
          new PostgresServer(PostgresBinaries.unpacked(directory, line -> {}), directory, settings);
      Path password = Files.writeString(directory.resolve("password"), PASSWORD + "\n");
      server.initialize(USER, password);
      return new RestartablePostgres(server);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** The database {@code postgres} of this server, whether it runs or not. */
  public Database database() {
    return Database.local(port, "postgres", USER, PASSWORD);
  }

  /** The URL of a database with user and password, as {@code --db} takes it. */
  static String url(Database database) {
    Properties properties = database.properties();
    return database.jdbcUrl()
        + "?user="
        + properties.getProperty("user")
        + "&password="
        + properties.getProperty("password");
  }

  /** Starts the server again, at the same port. */
  public void restart() {
    if (started() != port) {
      throw new IllegalStateException("somebody else has taken port " + port);
    }
  }

  /** Stops the server as an administrator would. */
  public void stop() {
    try {
      server.stop();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /**
   * Kills the server as {@code kill -9} does, and waits until it is gone, with its children: they
   * hold on to the port.
   */
  public void kill() {
    try {
      ProcessHandle process = ProcessHandle.of(server.running().orElseThrow().pid()).orElseThrow();
      List<ProcessHandle> children = process.descendants().toList();
      process.destroyForcibly();
      process.onExit().join();
      for (ProcessHandle child : children) {
        child.destroyForcibly();
        child.onExit().join();
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private int started() {
    try {
      return server.start().port();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }

  @Override
  public void close() {
    stop();
  }
}
