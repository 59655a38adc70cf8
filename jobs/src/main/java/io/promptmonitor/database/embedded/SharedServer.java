package io.promptmonitor.database.embedded;

import io.promptmonitor.database.Database;
import io.promptmonitor.database.DatabaseException;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/**
 * The server of one directory as this process uses it, together with other processes.
 *
 * <p>Rests on two locks of the operating system, which a killed process gives up: {@code
 * start.lock} is held while starting and stopping, {@code use.lock} is shared by all processes that
 * use the server. Not thread-safe.
 */
final class SharedServer {

  private static final String USER = "promptmon";
  private static final String NAME = "promptmon";
  private static final int SECONDS_TO_RECOVER = 120;

  private final Path directory;
  private final PostgresServer server;
  private final FileChannel useChannel;
  private final FileLock use;
  private final Database database;
  private final Thread shutdownHook;

  /** What is to be done before the server is stopped because the program is told to end. */
  final List<Runnable> exitActions = new CopyOnWriteArrayList<>();

  /** How many use it in this process. */
  int users;

  private SharedServer(
      Path directory,
      PostgresServer server,
      String password,
      FileChannel useChannel,
      FileLock use,
      Thread shutdownHook,
      Consumer<String> progress)
      throws IOException, InterruptedException {
    this.directory = directory;
    this.server = server;
    this.useChannel = useChannel;
    this.use = use;
    this.shutdownHook = shutdownHook;
    this.database = running(server, directory, password, progress);
  }

  /**
   * Starts the server in {@code directory}, or joins the one that runs there.
   *
   * @param shutdownHook the registered thread that will {@link #leave} if the program ends before
   *     somebody did; taken back when it is not needed any more
   */
  static SharedServer join(Path directory, Thread shutdownHook, Consumer<String> progress)
      throws IOException, InterruptedException {
    FileChannel useChannel = channel(directory.resolve("use.lock"));
    try (FileChannel startChannel = channel(directory.resolve("start.lock"));
        FileLock start = lock(startChannel, progress)) {
      FileLock use = useChannel.lock(0, Long.MAX_VALUE, true);
      PostgresServer server = initialized(directory, Map.of(), progress);
      String password = password(directory);
      return new SharedServer(directory, server, password, useChannel, use, shutdownHook, progress);
    } catch (IOException | RuntimeException | InterruptedException e) {
      useChannel.close();
      remove(shutdownHook);
      throw e;
    }
  }

  /**
   * The server in {@code directory}, with a user of ours and a password that nobody else may read.
   *
   * @param settings more settings, as in {@code postgresql.conf}
   */
  static PostgresServer initialized(
      Path directory, Map<String, String> settings, Consumer<String> progress) throws IOException {
    PostgresServer server =
        new PostgresServer(PostgresBinaries.unpacked(directory, progress), directory, settings);
    Path passwordFile = passwordFile(directory);
    if (!server.isInitialized()) {
      progress.accept("creating a PostgreSQL database in " + directory + " (once)");
      Files.deleteIfExists(passwordFile);
      Files.createFile(passwordFile, only("rw-------"));
      Files.writeString(passwordFile, newPassword() + "\n");
      server.initialize(USER, passwordFile);
    }
    return server;
  }

  static String password(Path directory) throws IOException {
    return Files.readString(passwordFile(directory)).strip();
  }

  private static Path passwordFile(Path directory) {
    return directory.resolve("password");
  }

  Database database() {
    return database;
  }

  /** Stops the server, unless another process uses it. */
  void leave() {
    try (FileChannel startChannel = channel(directory.resolve("start.lock"));
        FileLock start = startChannel.lock();
        useChannel) {
      use.release();
      try (FileLock alone = useChannel.tryLock()) {
        if (alone != null) {
          server.stop();
        }
      }
    } catch (IOException e) {
      throw new DatabaseException(
          "cannot stop the embedded PostgreSQL in " + directory + ": " + reason(e), e);
    }
    remove(shutdownHook);
  }

  private static void remove(Thread shutdownHook) {
    try {
      Runtime.getRuntime().removeShutdownHook(shutdownHook);
    } catch (IllegalStateException e) {
      // The program is ending: the hook runs this, or will find nothing left to do.
      return;
    }
  }

  private static FileLock lock(FileChannel channel, Consumer<String> progress) throws IOException {
    FileLock lock = channel.tryLock();
    if (lock == null) {
      progress.accept("waiting for another promptmon that starts or stops PostgreSQL here");
      lock = channel.lock();
    }
    return lock;
  }

  /**
   * The database on the server of a directory, which is started if it does not run, and the
   * database created if it is not there.
   */
  static Database running(
      PostgresServer server, Path directory, String password, Consumer<String> progress)
      throws IOException, InterruptedException {
    Optional<PostgresServer.Running> running = server.running();
    if (running.isEmpty()) {
      progress.accept("starting PostgreSQL in " + directory);
    }
    int port = running.isPresent() ? running.get().port() : server.start().port();
    long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(SECONDS_TO_RECOVER);
    while (true) {
      try {
        return created(server, port, password);
      } catch (SQLException e) {
        // It may still be recovering from a crash; it may also have gone since.
        if (server.running().isEmpty() || System.nanoTime() > deadline) {
          throw new DatabaseException(
              "the embedded PostgreSQL in "
                  + directory
                  + " does not answer: "
                  + Database.reason(e)
                  + " (see "
                  + server.log()
                  + ")",
              e);
        }
        TimeUnit.MILLISECONDS.sleep(100);
      }
    }
  }

  /** Our database on the server at {@code port}, created if need be. */
  private static Database created(PostgresServer server, int port, String password)
      throws SQLException, IOException {
    Database maintenance = Database.local(port, "postgres", USER, password);
    try (Connection connection = maintenance.connect();
        Statement statement = connection.createStatement()) {
      if (!Path.of(single(statement, "SHOW data_directory")).equals(server.data())) {
        throw new SQLException("another server answers at port " + port);
      }
      String exists = "SELECT count(*) FROM pg_catalog.pg_database WHERE datname = '" + NAME + "'";
      if (single(statement, exists).equals("0")) {
        statement.execute("CREATE DATABASE " + NAME);
      }
    }
    return maintenance.withName(NAME);
  }

  private static String single(Statement statement, String query) throws SQLException {
    try (ResultSet rows = statement.executeQuery(query)) {
      rows.next();
      return rows.getString(1);
    }
  }

  static Path created(Path directory) throws IOException {
    if (!Files.isDirectory(directory)) {
      Path parent = directory.toAbsolutePath().getParent();
      if (parent != null) {
        Files.createDirectories(parent);
      }
      Files.createDirectories(directory, only("rwx------"));
    }
    return directory;
  }

  private static FileAttribute<?> only(String permissions) {
    return PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString(permissions));
  }

  private static FileChannel channel(Path file) throws IOException {
    return FileChannel.open(
        file, StandardOpenOption.CREATE, StandardOpenOption.READ, StandardOpenOption.WRITE);
  }

  private static String newPassword() {
    byte[] bytes = new byte[24];
    new SecureRandom().nextBytes(bytes);
    return HexFormat.of().formatHex(bytes);
  }

  static String reason(IOException e) {
    return e.getClass().getSimpleName() + (e.getMessage() == null ? "" : " " + e.getMessage());
  }
}
