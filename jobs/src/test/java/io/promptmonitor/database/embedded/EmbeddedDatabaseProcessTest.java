package io.promptmonitor.database.embedded;

import static org.assertj.core.api.Assertions.assertThat;

import io.promptmonitor.database.Database;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The embedded database among several commands, and after some were killed. */
@Timeout(value = 3, unit = TimeUnit.MINUTES)
class EmbeddedDatabaseProcessTest {

  @TempDir private static Path parent;

  private final List<String> progress = new ArrayList<>();
  private final List<Command> commands = new ArrayList<>();
  private Path directory;

  /** A command in a process of its own. */
  private static final class Command {
    private final Process process;
    private final BufferedReader output;

    Command(Path directory) throws IOException {
      process =
          new ProcessBuilder(
                  Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                  "-XX:TieredStopAtLevel=1",
                  "-cp",
                  System.getProperty("java.class.path"),
                  EmbeddedDatabaseProgram.class.getName(),
                  directory.toString())
              .redirectError(ProcessBuilder.Redirect.INHERIT)
              .start();
      output =
          new BufferedReader(
              new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8));
    }

    /** Waits until the database is open. */
    String url() throws IOException {
      return output.readLine();
    }

    void end() throws Exception {
      process.getOutputStream().close();
      assertThat(process.waitFor()).isZero();
    }

    void kill() throws Exception {
      process.destroyForcibly().waitFor();
    }

    int terminate() throws Exception {
      // Not destroy() of the process itself, which also closes its output.
      process.toHandle().destroy();
      return process.waitFor();
    }
  }

  @BeforeEach
  void name() {
    directory = parent.resolve(".promptmon");
  }

  @AfterEach
  void endAll() throws Exception {
    for (Command command : commands) {
      command.kill();
    }
    if (isRunning()) {
      // Takes over what a killed command left, and stops it.
      open().close();
    }
  }

  private Command start() throws IOException {
    Command command = new Command(directory);
    commands.add(command);
    return command;
  }

  private EmbeddedDatabase open() {
    return EmbeddedDatabase.open(directory, progress::add);
  }

  private boolean isRunning() throws IOException {
    return Files.exists(directory.resolve("postgres/postmaster.pid"));
  }

  private long serverPid() throws IOException {
    return Long.parseLong(
        Files.readAllLines(directory.resolve("postgres/postmaster.pid")).get(0).strip());
  }

  private static void insert(Database database, int row) {
    PostgresExtension.execute(
        database,
        "DROP TABLE IF EXISTS public.t; CREATE TABLE public.t (i int); INSERT INTO public.t VALUES ("
            + row
            + ")");
  }

  private static String rows(Database database) throws SQLException {
    try (Connection connection = database.connect();
        Statement statement = connection.createStatement();
        ResultSet rows =
            statement.executeQuery("SELECT string_agg(i::text, ',' ORDER BY i) FROM public.t")) {
      rows.next();
      return rows.getString(1);
    }
  }

  @Test
  void commandsAtOnceShareOneServerAndTheLastStopsIt() throws Exception {
    Command first = start();
    Command second = start();
    String url = first.url();
    assertThat(url).isNotNull().isEqualTo(second.url());
    try (EmbeddedDatabase third = open()) {
      assertThat(third.database().jdbcUrl()).isEqualTo(url);
      try (EmbeddedDatabase fourth = open()) {
        assertThat(fourth.database()).isSameAs(third.database());
      }
      first.end();
      insert(third.database(), 1);
    }
    assertThat(isRunning()).isTrue();
    second.end();
    assertThat(isRunning()).isFalse();
    assertThat(progress).isEmpty();
  }

  @Test
  void aTerminatedCommandStopsItsServerLast() throws Exception {
    Command command = start();
    assertThat(command.url()).isNotNull();
    assertThat(isRunning()).isTrue();
    assertThat(command.terminate()).isEqualTo(143);
    assertThat(command.output.readLine()).isEqualTo("still answers");
    assertThat(isRunning()).isFalse();
  }

  @Test
  void theServerOfAKilledCommandIsTakenOver() throws Exception {
    Command command = start();
    String url = command.url();
    command.kill();
    assertThat(isRunning()).isTrue();
    try (EmbeddedDatabase embedded = open()) {
      assertThat(embedded.database().jdbcUrl()).isEqualTo(url);
      assertThat(progress).isEmpty();
    }
    assertThat(isRunning()).isFalse();
  }

  @Test
  void aKilledServerRecovers() throws Exception {
    Command command = start();
    assertThat(command.url()).isNotNull();
    try (EmbeddedDatabase embedded = open()) {
      insert(embedded.database(), 1);
      ProcessHandle server = ProcessHandle.of(serverPid()).orElseThrow();
      command.kill();
      server.destroyForcibly();
      server.onExit().join();
    }
    assertThat(isRunning()).isTrue();
    try (EmbeddedDatabase embedded = open()) {
      assertThat(rows(embedded.database())).isEqualTo("1");
    }
    assertThat(isRunning()).isFalse();
  }

  @Test
  void aPidFileThatNamesAnotherProgramIsStale() throws Exception {
    try (EmbeddedDatabase embedded = open()) {
      insert(embedded.database(), 1);
      Path pidFile = directory.resolve("postgres/postmaster.pid");
      List<String> lines = new ArrayList<>(Files.readAllLines(pidFile));
      ProcessHandle server = ProcessHandle.of(serverPid()).orElseThrow();
      server.destroyForcibly();
      server.onExit().join();
      // As after a crash of the machine, when pids begin anew.
      lines.set(0, Long.toString(ProcessHandle.current().pid()));
      Files.write(pidFile, lines);
    }
    try (EmbeddedDatabase embedded = open()) {
      assertThat(rows(embedded.database())).isEqualTo("1");
    }
  }
}
