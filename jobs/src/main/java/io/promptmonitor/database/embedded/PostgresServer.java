package io.promptmonitor.database.embedded;

import com.sun.security.auth.module.UnixSystem;
import io.promptmonitor.database.Database;
import io.promptmonitor.database.DatabaseException;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/**
 * A PostgreSQL server of our own: its data in {@code postgres/} and its log in {@code postgres.log}
 * of one directory, reachable from this machine only, by password. Not thread-safe, and does not
 * guard against another process doing the same: {@link EmbeddedDatabase} does.
 */
final class PostgresServer {

  private static final String DATA = "postgres";
  private static final String LOG = "postgres.log";
  private static final String SETTINGS = "promptmon.conf";
  private static final long LOG_LIMIT = 10L << 20;
  private static final int START_ATTEMPTS = 5;
  private static final int SECONDS_TO_START = 60;
  private static final int SECONDS_TO_STOP = 60;

  private final Path binaries;
  private final Path directory;
  private final Path data;
  private final Map<String, String> settings;

  /** A server that is running, as its {@code postmaster.pid} says. */
  record Running(long pid, int port, boolean ready) {}

  /**
   * The server in {@code directory}, whether it runs or not.
   *
   * @param settings more settings, as in {@code postgresql.conf}
   */
  PostgresServer(Path binaries, Path directory, Map<String, String> settings) {
    this.binaries = binaries;
    this.directory = directory;
    this.data = directory.resolve(DATA);
    this.settings = settings;
  }

  Path data() {
    return data;
  }

  Path log() {
    return directory.resolve(LOG);
  }

  boolean isInitialized() {
    return Files.exists(data.resolve("PG_VERSION"));
  }

  /** Makes an empty cluster whose superuser is {@code user}; takes about 2 seconds. */
  void initialize(String user, Path passwordFile) throws IOException {
    // Aside, then renamed: a data directory that is there is complete.
    Path aside = directory.resolve(DATA + ".new");
    PostgresBinaries.deleteRecursively(aside);
    List<String> arguments =
        List.of(
            "-D",
            aside.getFileName().toString(),
            "-U",
            user,
            "--pwfile=" + directory.relativize(passwordFile),
            "--auth=scram-sha-256",
            "--encoding=UTF8",
            "--locale-provider=builtin",
            "--builtin-locale=C.UTF-8",
            "--locale=C",
            "--no-instructions");
    Outcome outcome = run("initdb", arguments, SECONDS_TO_START);
    if (outcome.exitCode() != 0) {
      throw new DatabaseException(
          "cannot create the embedded PostgreSQL in " + directory + ": " + outcome.lastLine());
    }
    Files.writeString(
        aside.resolve("postgresql.conf"),
        Files.readString(aside.resolve("postgresql.conf")) + "\ninclude '" + SETTINGS + "'\n");
    Files.move(aside, data, StandardCopyOption.ATOMIC_MOVE);
  }

  /** Starts the server and waits until it accepts connections, but for a long recovery. */
  Running start() throws IOException, InterruptedException {
    checkVersion();
    shortenLog();
    Outcome outcome = new Outcome(0, "");
    for (int attempt = 1; attempt <= START_ATTEMPTS; attempt++) {
      removeForeignPidFile();
      writeSettings(freePort(attempt == 1 ? formerPort() : 0));
      outcome =
          run(
              "pg_ctl",
              List.of(
                  "-D",
                  DATA,
                  "-l",
                  LOG,
                  "-w",
                  "-t",
                  Integer.toString(SECONDS_TO_START),
                  "-s",
                  "start"),
              SECONDS_TO_START + 10);
      // Also if pg_ctl itself was interrupted or had no patience: the server is on its way then.
      Optional<Running> running = running();
      if (running.isPresent()) {
        return running.get();
      }
      // Children of a killed server are gone in a moment; a port that was taken is chosen anew.
      TimeUnit.MILLISECONDS.sleep(200L << attempt);
    }
    throw new DatabaseException(
        "cannot start the embedded PostgreSQL: "
            + lastComplaint().orElse(outcome.lastLine())
            + " (see "
            + log()
            + ")");
  }

  /** Stops the server; open transactions are rolled back. Nothing happens if it is not running. */
  void stop() throws IOException {
    if (running().isEmpty()) {
      return;
    }
    Outcome outcome =
        run(
            "pg_ctl",
            List.of(
                "-D",
                DATA,
                "-m",
                "fast",
                "-w",
                "-t",
                Integer.toString(SECONDS_TO_STOP),
                "-s",
                "stop"),
            SECONDS_TO_STOP + 10);
    if (outcome.exitCode() != 0 && running().isPresent()) {
      throw new DatabaseException(
          "cannot stop the embedded PostgreSQL: " + outcome.lastLine() + " (see " + log() + ")");
    }
  }

  /**
   * The running server, by its pid file, or empty if there is none; a pid file that was left behind
   * by a killed server counts as none.
   */
  Optional<Running> running() throws IOException {
    List<String> lines = pidFile();
    if (lines.size() < 4) {
      return Optional.empty();
    }
    try {
      long pid = Long.parseLong(lines.get(0).strip());
      int port = Integer.parseInt(lines.get(3).strip());
      if (!isOurs(pid)) {
        return Optional.empty();
      }
      boolean ready = lines.size() >= 8 && lines.get(7).strip().equals("ready");
      return Optional.of(new Running(pid, port, ready));
    } catch (NumberFormatException e) {
      return Optional.empty();
    }
  }

  private List<String> pidFile() throws IOException {
    Path file = data.resolve("postmaster.pid");
    return Files.exists(file) ? Files.readAllLines(file) : List.of();
  }

  /** After a crash of the machine the pid may be that of some other program by now. */
  private void removeForeignPidFile() throws IOException {
    if (!pidFile().isEmpty() && running().isEmpty()) {
      Files.deleteIfExists(data.resolve("postmaster.pid"));
    }
  }

  /** Where a process cannot be looked into it is somebody else's, and may be ours all the same. */
  private boolean isOurs(long pid) {
    Optional<ProcessHandle> process = ProcessHandle.of(pid).filter(ProcessHandle::isAlive);
    if (process.isEmpty()) {
      return false;
    }
    boolean postgres =
        process.get().info().command().map(command -> command.contains("postgres")).orElse(true);
    return postgres && worksInData(pid);
  }

  /** A server's working directory is its data directory; only Linux tells. */
  private boolean worksInData(long pid) {
    try {
      Path workingDirectory = Files.readSymbolicLink(Path.of("/proc", Long.toString(pid), "cwd"));
      return workingDirectory.equals(data.toRealPath());
    } catch (IOException | UnsupportedOperationException e) {
      return true;
    }
  }

  private void checkVersion() throws IOException {
    String version = Files.readString(data.resolve("PG_VERSION")).strip();
    Outcome outcome = run("postgres", List.of("--version"), 10);
    // "postgres (PostgreSQL) 18.6"
    String program = outcome.lastLine().replaceFirst("\\D*", "").replaceFirst("\\D.*", "");
    if (outcome.exitCode() == 0 && !program.equals(version)) {
      throw new DatabaseException(
          "the data in "
              + data
              + " is of PostgreSQL "
              + version
              + ", but this program has PostgreSQL "
              + program
              + ": delete the directory to begin anew");
    }
    if (outcome.exitCode() != 0) {
      throw new DatabaseException(
          "PostgreSQL's programs in " + binaries + " do not run here: " + outcome.lastLine());
    }
  }

  private void shortenLog() throws IOException {
    if (Files.exists(log()) && Files.size(log()) > LOG_LIMIT) {
      Files.move(log(), directory.resolve(LOG + ".1"), StandardCopyOption.REPLACE_EXISTING);
    }
  }

  private Optional<String> lastComplaint() throws IOException {
    if (!Files.exists(log())) {
      return Optional.empty();
    }
    List<String> lines = new ArrayList<>(Files.readAllLines(log(), StandardCharsets.UTF_8));
    Collections.reverse(lines);
    return lines.stream()
        .limit(20)
        .filter(line -> line.contains("FATAL:") || line.contains("PANIC:"))
        .map(line -> line.replaceFirst(".*(FATAL|PANIC):\\s*", ""))
        .findFirst();
  }

  /** Settings for a laptop; what the server logs holds no statements and no rows. */
  private void writeSettings(int port) throws IOException {
    StringBuilder text = new StringBuilder("# Written at each start; changes are lost.\n");
    text.append("listen_addresses = '127.0.0.1'\n");
    text.append("port = ").append(port).append('\n');
    text.append("unix_socket_directories = ''\n");
    text.append("shared_buffers = 128MB\n");
    text.append("max_wal_size = 1GB\n");
    text.append("wal_compression = on\n");
    text.append("max_connections = 50\n");
    text.append("timezone = 'UTC'\n");
    text.append("log_timezone = 'UTC'\n");
    text.append("log_min_error_statement = panic\n");
    text.append("log_error_verbosity = terse\n");
    text.append("log_checkpoints = off\n");
    settings.forEach(
        (name, value) ->
            text.append(name).append(" = '").append(value.replace("'", "''")).append("'\n"));
    Files.writeString(data.resolve(SETTINGS), text);
  }

  private int formerPort() throws IOException {
    Path file = data.resolve(SETTINGS);
    if (!Files.exists(file)) {
      return 0;
    }
    return Files.readAllLines(file).stream()
        .filter(line -> line.startsWith("port = "))
        .map(line -> Integer.parseInt(line.substring("port = ".length())))
        .findFirst()
        .orElse(0);
  }

  /** {@code wanted} if it is free, else any free port. */
  private static int freePort(int wanted) throws IOException {
    InetAddress loopback = InetAddress.getByAddress(new byte[] {127, 0, 0, 1});
    try (ServerSocket socket = new ServerSocket()) {
      socket.setReuseAddress(true);
      socket.bind(new InetSocketAddress(loopback, wanted));
      return socket.getLocalPort();
    } catch (IOException e) {
      if (wanted == 0) {
        throw e;
      }
      return freePort(0);
    }
  }

  private record Outcome(int exitCode, String output) {
    String lastLine() {
      String[] lines = output.strip().split("\\R");
      return lines[lines.length - 1].replaceFirst("^\\w+: (error: )?", "");
    }
  }

  private Outcome run(String program, List<String> arguments, int seconds) throws IOException {
    List<String> command = new ArrayList<>();
    if (isRoot()) {
      // PostgreSQL refuses to run as root: as nobody in a user namespace, files stay root's.
      command.addAll(List.of("unshare", "--user"));
    }
    command.add(binaries.resolve("bin").resolve(program).toString());
    command.addAll(arguments);
    ProcessBuilder builder = new ProcessBuilder(command);
    // Relative paths below, so that the directory's name needs no quoting.
    builder.directory(directory.toFile());
    builder.environment().keySet().removeIf(name -> name.startsWith("PG"));
    builder.environment().put("LC_ALL", "C");
    builder.redirectErrorStream(true);
    Path output = Files.createTempFile(directory, program, ".out");
    try {
      builder.redirectOutput(output.toFile());
      Process process = startProcess(builder);
      process.getOutputStream().close();
      if (!process.waitFor(seconds, TimeUnit.SECONDS)) {
        process.destroyForcibly();
        return new Outcome(-1, program + " took more than " + seconds + " s");
      }
      String text = Files.readString(output, StandardCharsets.UTF_8);
      if (isRoot() && text.startsWith("unshare:")) {
        throw new DatabaseException(
            "PostgreSQL does not run as root, and user namespaces are not allowed here: run as"
                + " another user, or name a server with --db or "
                + Database.URL_VARIABLE);
      }
      return new Outcome(process.exitValue(), text);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new DatabaseException("interrupted while waiting for " + program, e);
    } finally {
      Files.deleteIfExists(output);
    }
  }

  private Process startProcess(ProcessBuilder builder) {
    try {
      return builder.start();
    } catch (IOException e) {
      throw new DatabaseException(
          "PostgreSQL's programs in " + binaries + " do not run here: " + e.getMessage(), e);
    }
  }

  private static boolean isRoot() {
    return new UnixSystem().getUid() == 0;
  }
}
