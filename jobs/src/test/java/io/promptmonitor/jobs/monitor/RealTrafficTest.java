package io.promptmonitor.jobs.monitor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.promptmonitor.common.deployment.MonitorConfig;
import io.promptmonitor.common.sketch.QuantileSketch;
import io.promptmonitor.common.windows.WindowSize;
import io.promptmonitor.database.embedded.PostgresExtension;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.zip.GZIPInputStream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/**
 * Real traffic through the whole job; every window is compared with DuckDB, which computes it
 * exactly from the records.
 */
class RealTrafficTest {

  private static final long EXECUTIONS = 8224;

  /** Start of a window of each size around a time stamp, in DuckDB's SQL. */
  private static final List<String> WINDOW_STARTS =
      List.of(
          "time_bucket(INTERVAL '1 minute', t)",
          "time_bucket(INTERVAL '5 minutes', t)",
          "time_bucket(INTERVAL '1 hour', t)",
          "date_trunc('day', t)::TIMESTAMP",
          "date_trunc('week', t)::TIMESTAMP");

  @RegisterExtension static final PostgresExtension POSTGRES = new PostgresExtension();

  @TempDir static Path directory;

  @BeforeAll
  static void run() throws Exception {
    MonitorSummary summary =
        MonitorRunner.run(
            MonitorConfig.defaults(), POSTGRES.database(), List.of(RealTraffic.file()));
    assertThat(summary.records()).isEqualTo(EXECUTIONS);
    assertThat(summary.rejected()).isEmpty();
  }

  @Test
  void everyExecutionIsInOneWindowOfEachSize() {
    for (WindowSize size : WindowSize.values()) {
      assertThat(
              POSTGRES.query(
                  "SELECT sum(execution_count), bool_and(is_final) FROM window_metrics"
                      + " WHERE window_size = '"
                      + size.label()
                      + "'"))
          .isEqualTo(EXECUTIONS + "|t");
    }
  }

  @Test
  void unpackedOrPackedMakesNoDifference() throws Exception {
    String columns =
        "prompt_id, prompt_version, window_size, window_start, is_final, execution_count,"
            + " latency_p50, latency_p95, latency_p99, md5(latency_digest), md5(tokens_digest)";
    String query = "SELECT " + columns + " FROM window_metrics ORDER BY 1, 2, 3, 4";
    String packed = POSTGRES.query(query);
    Path plain = directory.resolve("plain.jsonl");
    try (InputStream in = new GZIPInputStream(Files.newInputStream(RealTraffic.file()))) {
      Files.copy(in, plain);
    }
    POSTGRES.execute("TRUNCATE window_metrics");
    MonitorRunner.run(MonitorConfig.defaults(), POSTGRES.database(), List.of(plain));
    assertThat(POSTGRES.query(query)).isEqualTo(packed);
  }

  @Test
  void everyWindowEqualsTheExactOracle() throws Exception {
    try (Connection duckDb = DriverManager.getConnection("jdbc:duckdb:");
        Statement statement = duckDb.createStatement();
        Connection postgres = POSTGRES.database().connect();
        Statement rows = postgres.createStatement()) {
      statement.execute(
          "CREATE TABLE executions AS SELECT prompt_id, prompt_version, \"timestamp\"::TIMESTAMP AS t,"
              + " performance.latency_ms AS latency, performance.input_tokens AS input_tokens,"
              + " performance.output_tokens AS output_tokens, outcome.success AS success,"
              + " quality.automated_score AS score, context.input_hash AS input_hash,"
              + " context.output_hash AS output_hash FROM read_json('"
              + RealTraffic.file()
              + "', format = 'newline_delimited', columns = {prompt_id: 'VARCHAR',"
              + " prompt_version: 'VARCHAR', \"timestamp\": 'VARCHAR',"
              + " performance: 'STRUCT(latency_ms BIGINT, input_tokens BIGINT, output_tokens BIGINT)',"
              + " outcome: 'STRUCT(success BOOLEAN)', quality: 'STRUCT(automated_score DOUBLE)',"
              + " context: 'STRUCT(input_hash VARCHAR, output_hash VARCHAR)'})");
      for (WindowSize size : WindowSize.values()) {
        compare(size, statement, rows);
      }
    }
  }

  private static void compare(WindowSize size, Statement duckDb, Statement postgres)
      throws SQLException {
    String start = WINDOW_STARTS.get(size.ordinal());
    ResultSet expected =
        duckDb.executeQuery(
            "SELECT prompt_id, prompt_version, epoch_ms("
                + start
                + ") AS start, count(*) AS n, count(*) FILTER (success) AS successes,"
                + " avg(latency) AS latency_avg, avg(input_tokens) AS avg_input,"
                + " avg(output_tokens) AS avg_output, sum(input_tokens + output_tokens)::BIGINT AS tokens,"
                + " avg(score) AS score, count(score) AS scores,"
                + " quantile_cont(latency, [0.5, 0.95, 0.99]) AS exact,"
                + " list_sort(list(latency)) AS latencies"
                + " FROM executions GROUP BY ALL ORDER BY prompt_id, prompt_version, start");
    ResultSet actual =
        postgres.executeQuery(
            "SELECT *, extract(epoch FROM window_start) * 1000 AS start FROM window_metrics"
                + " WHERE window_size = '"
                + size.label()
                + "' ORDER BY prompt_id COLLATE \"C\", prompt_version COLLATE \"C\", window_start");
    while (expected.next()) {
      assertThat(actual.next()).isTrue();
      String window =
          size + " " + expected.getString("prompt_id") + " " + expected.getLong("start");
      assertThat(actual.getString("prompt_id")).isEqualTo(expected.getString("prompt_id"));
      assertThat(actual.getString("prompt_version"))
          .isEqualTo(expected.getString("prompt_version"));
      assertThat(actual.getLong("start")).as(window).isEqualTo(expected.getLong("start"));
      long n = expected.getLong("n");
      assertThat(actual.getLong("execution_count")).as(window).isEqualTo(n);
      assertThat(actual.getLong("success_count"))
          .as(window)
          .isEqualTo(expected.getLong("successes"));
      assertThat(actual.getLong("total_tokens")).as(window).isEqualTo(expected.getLong("tokens"));
      assertThat(actual.getLong("automated_score_count"))
          .as(window)
          .isEqualTo(expected.getLong("scores"));
      close(actual, "latency_avg", expected.getDouble("latency_avg"));
      close(actual, "avg_input_tokens", expected.getDouble("avg_input"));
      close(actual, "avg_output_tokens", expected.getDouble("avg_output"));
      close(actual, "avg_automated_score", expected.getDouble("score"));
      Object[] exact = (Object[]) expected.getArray("exact").getArray();
      Object[] latencies = (Object[]) expected.getArray("latencies").getArray();
      double[] quantiles = {0.5, 0.95, 0.99};
      String[] columns = {"latency_p50", "latency_p95", "latency_p99"};
      for (int i = 0; i < quantiles.length; i++) {
        double value = actual.getDouble(columns[i]);
        if (n <= 100) {
          assertThat(value).as(window).isCloseTo(((Number) exact[i]).doubleValue(), within(1e-6));
        } else {
          assertThat(rankError(latencies, value, quantiles[i]))
              .as("%s %s of %d", window, columns[i], n)
              .isLessThanOrEqualTo(digestError(quantiles[i]) + 1.0 / n);
        }
      }
    }
    assertThat(actual.next()).isFalse();
  }

  /**
   * The share of values that two of a t-digest's centroids may hold at {@code q} (scale function
   * k1): its error after merges.
   */
  private static double digestError(double q) {
    return 2 * Math.PI * Math.sqrt(q * (1 - q)) / QuantileSketch.COMPRESSION;
  }

  private static void close(ResultSet row, String column, double expected) throws SQLException {
    assertThat(row.getDouble(column)).isCloseTo(expected, within(1e-6 * Math.max(1, expected)));
  }

  /**
   * How far the share of values up to {@code value} is from {@code q}; 0 where values are equal
   * around it.
   */
  private static double rankError(Object[] sorted, double value, double q) {
    int below = 0;
    int upTo = 0;
    for (Object each : sorted) {
      double latency = ((Number) each).doubleValue();
      below += latency < value ? 1 : 0;
      upTo += latency <= value ? 1 : 0;
    }
    double low = (double) below / sorted.length;
    double high = (double) upTo / sorted.length;
    return q < low ? low - q : Math.max(0, q - high);
  }
}
