package io.promptmonitor.database.embedded;

import io.promptmonitor.database.Database;
import io.promptmonitor.database.DatabaseException;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;

/**
 * A program that starts or stops the embedded PostgreSQL of a directory and leaves it to itself,
 * for a database that outlives commands: {@code start DIRECTORY PORT} and {@code stop DIRECTORY}.
 * What is started that already runs, or stopped that does not, stays as it is.
 *
 * <p>Not for a directory in which {@link EmbeddedDatabase} looks after the server.
 */
public final class DetachedServer {

  private DetachedServer() {}

  /** Ends with 0 if the server is as wanted, else with 1 and a line on standard error. */
  public static void main(String[] arguments) throws InterruptedException {
    try {
      Path directory = SharedServer.created(Path.of(arguments[1])).toRealPath();
      if (arguments[0].equals("start")) {
        start(directory, Integer.parseInt(arguments[2]));
      } else {
        SharedServer.initialized(directory, Map.of(), System.err::println).stop();
      }
    } catch (IOException | DatabaseException e) {
      System.err.println(e.getMessage());
      System.exit(1);
    }
  }

  private static void start(Path directory, int port) throws IOException, InterruptedException {
    PostgresServer server =
        SharedServer.initialized(
            directory, Map.of("port", Integer.toString(port)), System.err::println);
    Database database =
        SharedServer.running(
            server, directory, SharedServer.password(directory), System.err::println);
    System.out.println(database.jdbcUrl());
  }
}
