package io.promptmonitor.cli;

import io.promptmonitor.database.Database;
import io.promptmonitor.database.embedded.EmbeddedDatabase;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code promptmon demo}: the whole story with the very commands that a user would type. */
@Command(
    name = "demo",
    description = {
      "Shows it all in one go: simulates an hour of traffic in which a bad prompt version is"
          + " deployed for ten minutes, turns it into metrics and alerts, and queries them.",
      "Prints each command that it runs. What it writes is in .promptmon/ of the working directory"
          + " (the tables in PROMPTMON_DB_URL, if that is set)."
    },
    mixinStandardHelpOptions = true)
final class DemoCommand implements Callable<Integer> {

  private static final Path TRAFFIC = Path.of(".promptmon", "demo.jsonl.gz");

  private static final String INCIDENT_PROMPT = "billing/explain-invoice";

  private static final String VERSIONS =
      "SELECT prompt_id, prompt_version AS version, execution_count AS executions,"
          + " round(100 * error_rate::numeric, 1) AS error_pct, round(latency_p50::numeric) AS p50_ms,"
          + " round(latency_p95::numeric) AS p95_ms, round(avg_user_feedback::numeric, 2) AS feedback"
          + " FROM window_metrics WHERE window_size = '24h' ORDER BY executions DESC";

  private static final String INCIDENT =
      "SELECT window_start, prompt_version AS version, execution_count AS executions,"
          + " round(100 * error_rate::numeric, 1) AS error_pct, round(latency_p95::numeric) AS p95_ms,"
          + " top_errors -> 0 ->> 'error_type' AS top_error FROM window_metrics"
          + " WHERE prompt_id = '"
          + INCIDENT_PROMPT
          + "' AND window_size = '5m'"
          + " AND window_start BETWEEN '2026-01-05 10:10Z' AND '2026-01-05 10:35Z'"
          + " ORDER BY window_start, version";

  @Spec private CommandSpec spec;

  @Option(
      names = "--seed",
      paramLabel = "N",
      defaultValue = "1",
      description = "Another number gives other traffic. Default: ${DEFAULT-VALUE}.")
  private long seed;

  @Override
  public Integer call() throws IOException {
    Files.createDirectories(TRAFFIC.getParent());
    // Kept open, so that the commands below find the server running.
    try (EmbeddedDatabase kept = keptOpen()) {
      step("1. An hour of traffic, with a bad version of one prompt from 10:20 to 10:30:");
      int exit =
          run("simulate", "--scenario", "incident", "--seed", "" + seed, "--out", "" + TRAFFIC);
      if (exit == PromptMon.EXIT_OK) {
        step("2. Metrics of every window, and alerts of the default rules, by the streaming job:");
        exit = run("monitor", "--input", TRAFFIC.toString());
      }
      if (exit == PromptMon.EXIT_OK) {
        step("3. The day of each prompt version:");
        exit = run("sql", VERSIONS);
      }
      if (exit == PromptMon.EXIT_OK) {
        step("4. The incident by 5 minutes: 1.1.0 fails and is slow, then 1.0.0 is back and well:");
        exit = run("sql", INCIDENT);
      }
      if (exit == PromptMon.EXIT_OK) {
        step("5. What called for action on it; promptmon alerts show ALERT tells all of one:");
        exit =
            run(
                "alerts",
                "list",
                "--state",
                "all",
                "--severity",
                "critical",
                "--prompt",
                INCIDENT_PROMPT,
                "--version",
                "1.1.0");
      }
      if (exit == PromptMon.EXIT_OK) {
        step(
            "Look further with promptmon alerts list and promptmon sql; docs/alerts.md and"
                + " docs/tables.md describe what is there.");
      }
      return exit;
    }
  }

  private @Nullable EmbeddedDatabase keptOpen() {
    if (System.getenv(Database.URL_VARIABLE) != null) {
      return null;
    }
    return EmbeddedDatabase.open(
        EmbeddedDatabase.DEFAULT_DIRECTORY, line -> print(spec.commandLine().getErr(), line));
  }

  private void step(String text) {
    print(spec.commandLine().getOut(), System.lineSeparator() + text);
  }

  private static void print(PrintWriter writer, String line) {
    writer.println(line);
    writer.flush();
  }

  /** Shows a command as it would be typed, and runs it. */
  private int run(String... arguments) {
    print(
        spec.commandLine().getOut(),
        Arrays.stream(arguments)
            .map(argument -> argument.contains(" ") ? '"' + argument + '"' : argument)
            .collect(Collectors.joining(" ", "$ promptmon ", System.lineSeparator())));
    CommandLine root = PromptMon.commandLine();
    root.setOut(spec.commandLine().getOut());
    root.setErr(spec.commandLine().getErr());
    return root.execute(arguments);
  }
}
