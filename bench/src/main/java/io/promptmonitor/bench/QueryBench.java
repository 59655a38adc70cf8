package io.promptmonitor.bench;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.promptmonitor.common.windows.WindowSize;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/**
 * Measures queries of analysts and dashboards over a month of many prompts: those of Grafana's
 * fleet dashboard, those below and every file of {@code sql/examples}, as an analyst, on rows in an
 * embedded PostgreSQL that it fills first. The time is that of the client, from the statement to
 * the last row, with the pages in memory.
 */
@Command(
    name = "queries",
    description = "Fills window_metrics and runs the queries of dashboards and examples on it.",
    mixinStandardHelpOptions = true)
public final class QueryBench implements Callable<Integer> {

  /** What is stored for each window, and what is computed from digests and sketches. */
  private static final Map<String, String> OTHERS = new LinkedHashMap<>();

  static {
    OTHERS.put(
        "executions and error rate by hour",
        """
        SELECT window_start, sum(execution_count), sum(failure_count)::float8 / sum(execution_count)
        FROM promptmon.window_metrics WHERE window_size = '1h' GROUP BY window_start ORDER BY 1
        """);
    OTHERS.put(
        "p95 of each prompt by day, as stored",
        """
        SELECT window_start, prompt_id, prompt_version, latency_p95 FROM promptmon.window_metrics
        WHERE window_size = '24h' ORDER BY 1, 2, 3
        """);
    OTHERS.put(
        "p95 of one prompt by hour, as stored",
        """
        SELECT window_start, prompt_version, latency_p95 FROM promptmon.window_metrics
        WHERE window_size = '1h' AND prompt_id = 'prompt-0007' ORDER BY 1, 2
        """);
    OTHERS.put(
        "p95 of one prompt over the month, from 720 digests",
        """
        SELECT promptmon.latency_p95(latency_digest) FROM promptmon.window_metrics
        WHERE window_size = '1h' AND prompt_id = 'prompt-0007'
        """);
    OTHERS.put(
        "p95 of one prompt over the month, from 30 digests",
        """
        SELECT promptmon.latency_p95(latency_digest) FROM promptmon.window_metrics
        WHERE window_size = '24h' AND prompt_id = 'prompt-0007'
        """);
    OTHERS.put(
        "p95 of every prompt over the month, from 30 digests each",
        """
        SELECT prompt_id, promptmon.latency_percentile(0.95, latency_digest)
        FROM promptmon.window_metrics WHERE window_size = '24h' GROUP BY prompt_id ORDER BY 1
        """);
    OTHERS.put(
        "p95 of every prompt, all days in one: 6,000 digests",
        """
        SELECT promptmon.latency_p95(latency_digest) FROM promptmon.window_metrics
        WHERE window_size = '24h'
        """);
    OTHERS.put(
        "users of one prompt over the month, from 30 sketches",
        """
        SELECT promptmon.distinct_users(users_sketch) FROM promptmon.window_metrics
        WHERE window_size = '24h' AND prompt_id = 'prompt-0007'
        """);
    OTHERS.put(
        "users of every prompt over the month, from 30 sketches each",
        """
        SELECT prompt_id, promptmon.distinct_users(users_sketch) FROM promptmon.window_metrics
        WHERE window_size = '24h' GROUP BY prompt_id ORDER BY 1
        """);
  }

  @Option(names = "--prompts", defaultValue = "200", description = "Default: ${DEFAULT-VALUE}.")
  private int prompts;

  @Option(names = "--days", defaultValue = "30", description = "Default: ${DEFAULT-VALUE}.")
  private int days;

  @Option(
      names = "--per-minute",
      defaultValue = "20",
      description = "Executions of a prompt in a minute. Default: ${DEFAULT-VALUE}.")
  private int perMinute;

  @Option(
      names = "--sizes",
      split = ",",
      defaultValue = "24h,1h",
      description = "Windows to fill, of all the time. Default: ${DEFAULT-VALUE}.")
  private List<String> sizes = List.of();

  @Option(names = "--runs", defaultValue = "5", description = "Default: ${DEFAULT-VALUE}.")
  private int runs;

  /** Fills, measures, and prints. */
  public static void main(String[] args) {
    System.exit(new CommandLine(new QueryBench()).execute(args));
  }

  @Override
  public Integer call() throws Exception {
    Instant end = Instant.now().truncatedTo(ChronoUnit.DAYS);
    Instant start = end.minus(Duration.ofDays(days));
    Map<String, String> queries = fleetDashboard(start, end);
    queries.putAll(OTHERS);
    try (Stream<Path> files = Files.list(Path.of("sql/examples"))) {
      for (Path file : files.filter(f -> f.toString().endsWith(".sql")).sorted().toList()) {
        queries.put("examples/" + file.getFileName(), Files.readString(file));
      }
    }
    try (FilledDatabase database = FilledDatabase.create(prompts)) {
      long rows = 0;
      for (String size : sizes) {
        rows +=
            database.fill(
                WindowSize.ofLabel(size),
                start,
                end,
                start.plus(Duration.ofDays(days).dividedBy(2)),
                perMinute);
      }
      System.out.printf(
          Locale.ROOT,
          "%,d prompts, %d days, %,d rows of %s, %d executions a minute and prompt%n%n"
              + "| query | rows | median ms | least | most |%n|---|---|---|---|---|%n",
          prompts,
          days,
          rows,
          String.join(" and ", sizes),
          perMinute);
      try (Connection connection = database.connect();
          Statement statement = connection.createStatement()) {
        statement.execute("SET ROLE promptmon_analyst");
        statement.execute("SET TIME ZONE 'UTC'");
        for (Map.Entry<String, String> query : queries.entrySet()) {
          measure(statement, query.getKey(), query.getValue());
        }
      }
    }
    return 0;
  }

  /** The panels of the fleet dashboard over the whole time, which shows windows of a day then. */
  private static Map<String, String> fleetDashboard(Instant from, Instant to) throws IOException {
    Map<String, String> queries = new LinkedHashMap<>();
    for (JsonNode panel :
        new ObjectMapper()
            .readTree(Path.of("deploy/grafana/dashboards/fleet.json").toFile())
            .get("panels")) {
      String title = panel.path("title").asText();
      for (JsonNode target : panel.path("targets")) {
        // As Grafana's macros and variables.
        String sql =
            target
                .path("rawSql")
                .asText()
                .replaceAll(
                    "\\$__timeFilter\\(([^)]*)\\)", "$1 BETWEEN '" + from + "' AND '" + to + "'")
                .replaceAll(
                    "\\$__timeGroupAlias\\(([^,]*),[^)]*\\)",
                    "floor(extract(epoch FROM $1) / 86400) * 86400 AS \"time\"")
                .replace("$__timeFrom()", "'" + from + "'")
                .replace("$__timeTo()", "'" + to + "'")
                .replace("${window:sqlstring}", "'24h'");
        if (!sql.isEmpty()) {
          String type = panel.path("type").asText();
          queries.put("fleet: " + title + (type.equals("stat") ? " (a number)" : ""), sql);
        }
      }
    }
    return queries;
  }

  /** The first run warms PostgreSQL up and does not count. */
  private void measure(Statement statement, String name, String sql) throws SQLException {
    long[] nanos = new long[runs];
    int rows = read(statement, sql);
    for (int run = 0; run < runs; run++) {
      long begin = System.nanoTime();
      read(statement, sql);
      nanos[run] = System.nanoTime() - begin;
    }
    Arrays.sort(nanos);
    System.out.printf(
        Locale.ROOT,
        "| %s | %,d | %.1f | %.1f | %.1f |%n",
        name,
        rows,
        nanos[runs / 2] / 1e6,
        nanos[0] / 1e6,
        nanos[runs - 1] / 1e6);
  }

  /** The number of rows. */
  private static int read(Statement statement, String sql) throws SQLException {
    try (ResultSet result = statement.executeQuery(sql)) {
      int rows = 0;
      while (result.next()) {
        rows++;
      }
      return rows;
    }
  }
}
