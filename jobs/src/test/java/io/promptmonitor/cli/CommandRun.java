package io.promptmonitor.cli;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.promptmonitor.database.embedded.PostgresExtension;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.ArrayList;
import java.util.List;

/** Runs commands on a test's database as a user would, and keeps what the last one printed. */
public final class CommandRun {

  private static final ObjectMapper JSON = new ObjectMapper();

  /** The result of the last command. */
  public final StringWriter out = new StringWriter();

  /** What the last command told besides. */
  public final StringWriter err = new StringWriter();

  private final PostgresExtension postgres;
  private final List<String> command;

  /** Commands that begin with {@code command}. */
  public CommandRun(PostgresExtension postgres, String... command) {
    this.postgres = postgres;
    this.command = List.of(command);
  }

  /** Runs a command as the server's superuser; returns its exit code. */
  public int run(String... arguments) {
    return runAt(postgres.url(), arguments);
  }

  /** The same as another user. */
  public int runAs(String user, String password, String... arguments) {
    return runAt(
        postgres
            .url()
            .replaceFirst("user=[^&]*&password=[^&]*", "user=" + user + "&password=" + password),
        arguments);
  }

  /** The same on another database. */
  public int runAt(String url, String... arguments) {
    out.getBuffer().setLength(0);
    err.getBuffer().setLength(0);
    List<String> all = new ArrayList<>(command);
    all.addAll(List.of(arguments));
    all.addAll(List.of("--db", url));
    return PromptMon.commandLine()
        .setOut(new PrintWriter(out, true))
        .setErr(new PrintWriter(err, true))
        .execute(all.toArray(String[]::new));
  }

  /** The result of the last command as JSON. */
  public JsonNode json() throws JsonProcessingException {
    return JSON.readTree(out.toString());
  }
}
