package io.promptmonitor.bench;

import io.promptmonitor.common.registry.Performance;
import io.promptmonitor.common.registry.PromptHash;
import io.promptmonitor.common.registry.RollbackPolicy;
import io.promptmonitor.common.registry.SemanticVersion;
import io.promptmonitor.common.registry.VersionDefinition;
import io.promptmonitor.common.sketch.DistinctSketch;
import io.promptmonitor.common.sketch.QuantileSketch;
import io.promptmonitor.common.windows.WindowSize;
import io.promptmonitor.database.Database;
import io.promptmonitor.database.embedded.EmbeddedDatabase;
import io.promptmonitor.database.migration.Migrations;
import io.promptmonitor.registry.PostgresPromptRegistry;
import java.io.ByteArrayOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Random;

/**
 * An embedded PostgreSQL with prompts and rows of {@code window_metrics}, for benchmarks of what
 * reads them.
 */
final class FilledDatabase implements AutoCloseable {

  private static final int VARIANTS = 64;

  private static final long[] USER_HASHES = new Random(2).longs(20_000).toArray();

  private final EmbeddedDatabase embedded;
  private final Path directory;
  private final int prompts;

  private FilledDatabase(EmbeddedDatabase embedded, Path directory, int prompts) {
    this.embedded = embedded;
    this.directory = directory;
    this.prompts = prompts;
  }

  /** A database of its own with so many prompts and no rows. */
  static FilledDatabase create(int prompts) throws IOException {
    Path directory = Files.createTempDirectory("bench");
    EmbeddedDatabase embedded = EmbeddedDatabase.open(directory.resolve("db"), System.err::println);
    try {
      Migrations.apply(embedded.database());
      register(embedded.database(), prompts);
      return new FilledDatabase(embedded, directory, prompts);
    } catch (RuntimeException e) {
      embedded.close();
      throw e;
    }
  }

  @Override
  public void close() {
    embedded.close();
  }

  /** Where the database is, and room for other files. */
  Path directory() {
    return directory;
  }

  Connection connect() throws SQLException {
    return embedded.database().connect(Map.of());
  }

  /** Registers the prompts with two versions each, of which the second is active. */
  private static void register(Database database, int prompts) {
    try (PostgresPromptRegistry registry = new PostgresPromptRegistry(database)) {
      for (int i = 0; i < prompts; i++) {
        for (String version : List.of("1.0.0", "1.1.0")) {
          SemanticVersion id = SemanticVersion.parse(version);
          String text = "text of " + version;
          registry.register(
              promptId(i),
              new VersionDefinition(
                  id,
                  PromptHash.of(text),
                  null,
                  null,
                  null,
                  new Performance(8.0, 0.98, 400.0, 900.0),
                  RollbackPolicy.defaults(),
                  null),
              text);
          registry.stage(promptId(i), id, null);
          registry.deploy(promptId(i), id, null);
        }
      }
    }
  }

  private static String promptId(int i) {
    return String.format(Locale.ROOT, "prompt-%04d", i);
  }

  /** The database as {@code --db} takes it. */
  String url() {
    Database database = embedded.database();
    return database
        .jdbcUrl()
        .replaceFirst("^jdbc:", "")
        .replaceFirst("\\?.*", "")
        .replace(
            "://",
            "://"
                + database.properties().getProperty("user")
                + ":"
                + database.properties().getProperty("password")
                + "@");
  }

  /**
   * Rows of one size: of each prompt one version before {@code switchAt} and another one after it,
   * with an hour of failures every week. They are copies of a few, so that PostgreSQL makes them
   * itself.
   *
   * @param perMinute executions of a prompt in a minute
   * @return the number of rows
   */
  long fill(WindowSize size, Instant from, Instant to, Instant switchAt, int perMinute)
      throws SQLException, IOException {
    int n = (int) (perMinute * size.millis() / 60_000);
    try (Connection connection = connect();
        Statement statement = connection.createStatement()) {
      statement.execute(
          "CREATE TEMP TABLE variant (v int, failures bigint, latency_avg float8, p95 float8, digest bytea, users bigint, sketch bytea)");
      variants(connection, n);
      try (PreparedStatement insert =
          connection.prepareStatement(
              """
              INSERT INTO promptmon.window_metrics (prompt_id, prompt_version, window_size, window_start, window_end, is_final, revision,
                  execution_count, success_count, failure_count, success_rate, error_rate, latency_p95, latency_avg, avg_input_tokens, avg_output_tokens,
                  avg_total_tokens, total_tokens, avg_user_feedback, feedback_count, automated_score_count, errors_by_type, top_errors, branch_distribution,
                  model_distribution, latency_digest, tokens_digest, unique_users, users_sketch)
              SELECT 'prompt-' || lpad(p::text, 4, '0'), CASE WHEN t < ?::timestamptz THEN '1.0.0' ELSE '1.1.0' END, ?, t, t + ?::interval, true, 1,
                  n, n - failures, failures, 1 - failures / n::float8, failures / n::float8, p95, latency_avg, 100, 50,
                  150, 150 * n, 4, 1 + n / 10, 0, jsonb_build_object('timeout', failures),
                  jsonb_build_array(jsonb_build_object('error_type', 'timeout', 'count', failures)), '{}', jsonb_build_object('gpt-4', n),
                  digest, digest, users, sketch
              FROM generate_series(?::timestamptz, ?::timestamptz - interval '1 second', ?::interval) t
              CROSS JOIN generate_series(0, ?::int - 1) p
              CROSS JOIN (SELECT ?::bigint AS n) n
              JOIN variant ON v = CASE WHEN extract(epoch FROM t)::bigint / 3600 % 168 = p % 168 THEN 63
                  ELSE (hashint8(extract(epoch FROM t)::bigint + p * 7919) & 1023) % 63 END
              """)) {
        String interval = size.millis() / 1_000 + " seconds";
        insert.setObject(1, switchAt.atOffset(ZoneOffset.UTC));
        insert.setString(2, size.label());
        insert.setString(3, interval);
        insert.setObject(4, from.atOffset(ZoneOffset.UTC));
        insert.setObject(5, to.atOffset(ZoneOffset.UTC));
        insert.setString(6, interval);
        insert.setInt(7, prompts);
        insert.setLong(8, n);
        long rows = insert.executeLargeUpdate();
        statement.execute("ANALYZE promptmon.window_metrics");
        return rows;
      }
    }
  }

  private static void variants(Connection connection, int n) throws SQLException, IOException {
    Random random = new Random(1);
    try (PreparedStatement insert =
        connection.prepareStatement("INSERT INTO variant VALUES (?, ?, ?, ?, ?, ?, ?)")) {
      for (int v = 0; v < VARIANTS; v++) {
        QuantileSketch latencies = new QuantileSketch();
        DistinctSketch users = new DistinctSketch();
        long sum = 0;
        for (int i = 0; i < n; i++) {
          int latency = (int) (400 * Math.exp(0.4 * random.nextGaussian()));
          latencies.add(latency);
          sum += latency;
          users.add(USER_HASHES[random.nextInt(USER_HASHES.length)]);
        }
        latencies.close();
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        latencies.write(new DataOutputStream(bytes));
        insert.setInt(1, v);
        // The last one is the incident.
        insert.setLong(2, v == VARIANTS - 1 ? n / 4 : random.nextInt(1 + n / 60));
        insert.setDouble(3, (double) sum / n);
        insert.setDouble(4, latencies.quantile(0.95));
        insert.setBytes(5, bytes.toByteArray());
        bytes.reset();
        users.write(new DataOutputStream(bytes));
        insert.setLong(6, users.estimate());
        insert.setBytes(7, bytes.toByteArray());
        insert.executeUpdate();
      }
    }
  }
}
