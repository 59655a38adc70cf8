package io.promptmonitor.database.analyst;

import io.promptmonitor.common.execution.Execution;
import io.promptmonitor.common.execution.PromptVersionId;
import io.promptmonitor.common.metrics.Metric;
import io.promptmonitor.common.metrics.WindowAggregate;
import io.promptmonitor.common.windows.WindowSize;
import io.promptmonitor.database.Database;
import io.promptmonitor.database.embedded.PostgresExtension;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Statement;
import java.sql.Types;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Ten days of three prompts in all tables that analysts read: Monday, 2 March 2026, until noon of
 * the 11th. {@code greeting} has a version that fails from 6 to 9 o'clock on the 9th, and another
 * one from the 10th on; {@code summary} is used by day; {@code legacy} is not in the registry and
 * says no more than it must. The executions themselves are in the table {@code oracle.execution},
 * so that what is said of the windows can be computed from them.
 */
final class TenDays {

  static final Instant BEGIN = Instant.parse("2026-03-02T00:00:00Z");
  static final Instant END = Instant.parse("2026-03-11T12:00:00Z");

  private static final long HOUR = 3_600_000;
  private static final double PREDICTED = 8;
  private static final List<WindowSize> SIZES =
      List.of(WindowSize.ONE_HOUR, WindowSize.ONE_DAY, WindowSize.SEVEN_DAYS);

  private TenDays() {}

  private record Window(PromptVersionId version, WindowSize size, long start) {}

  /** Fills the database. */
  static void fill(PostgresExtension postgres) throws SQLException, IOException {
    try (InputStream sql =
        TenDays.class.getResourceAsStream("/io/promptmonitor/database/analyst/ten_days.sql")) {
      postgres.execute(
          new String(Objects.requireNonNull(sql).readAllBytes(), StandardCharsets.UTF_8));
    }
    List<Execution> executions = executions(new Random(7));
    try (Connection connection = postgres.database().connect()) {
      connection.setAutoCommit(false);
      insertExecutions(executions, connection);
      insertWindows(executions, connection);
      connection.commit();
    }
    postgres.execute("ANALYZE");
  }

  private static List<Execution> executions(Random random) {
    List<Execution> executions = new ArrayList<>();
    for (long hour = BEGIN.toEpochMilli(); hour < END.toEpochMilli(); hour += HOUR) {
      int hourOfDay = (int) (hour / HOUR % 24);
      for (int i = 0; i < 10; i++) {
        executions.add(greeting(at(hour, random), random));
      }
      for (int i = 0; i < 4 && hourOfDay >= 8 && hourOfDay < 18; i++) {
        executions.add(summary(at(hour, random), hourOfDay, random));
      }
      for (int i = 0; i < 3; i++) {
        executions.add(legacy(at(hour, random), random));
      }
    }
    return executions;
  }

  private static long at(long hour, Random random) {
    return hour + random.nextInt((int) HOUR);
  }

  private static Execution greeting(long at, Random random) {
    boolean bad =
        at >= Instant.parse("2026-03-09T06:00:00Z").toEpochMilli()
            && at < Instant.parse("2026-03-09T09:00:00Z").toEpochMilli();
    boolean isNew = at >= Instant.parse("2026-03-10T00:00:00Z").toEpochMilli();
    double failing = bad ? 0.4 : 0.06;
    @Nullable String error = null;
    if (random.nextDouble() < failing) {
      error = bad ? "invalid_output" : isNew && random.nextBoolean() ? "refusal" : "timeout";
    }
    return execution(
        new PromptVersionId("greeting", bad ? "1.1.0" : isNew ? "1.2.0" : "1.0.0"),
        at,
        latency(bad ? 1_500 : 500, random),
        error,
        random.nextInt(4) == 0 ? (byte) (1 + random.nextInt(5)) : Execution.NO_FEEDBACK,
        random.nextInt(5) == 0
            ? random.nextInt(10) * Execution.SCORE_UNIT + 500_000
            : Execution.NO_SCORE,
        1 + random.nextInt(50),
        random.nextInt(4) == 0 ? "claude-sonnet" : "gpt-4",
        random);
  }

  private static Execution summary(long at, int hourOfDay, Random random) {
    return execution(
        new PromptVersionId("summary", "2.0.0"),
        at,
        latency(200 * (hourOfDay - 6), random),
        random.nextInt(50) == 0 ? "rate_limit" : null,
        random.nextInt(9) == 0 ? (byte) 5 : Execution.NO_FEEDBACK,
        Execution.NO_SCORE,
        1 + random.nextInt(8),
        "gpt-4",
        random);
  }

  private static Execution legacy(long at, Random random) {
    return execution(
        new PromptVersionId("legacy", "0"),
        at,
        latency(80, random),
        null,
        Execution.NO_FEEDBACK,
        Execution.NO_SCORE,
        Execution.NO_HASH,
        null,
        random);
  }

  private static int latency(int median, Random random) {
    return (int) (median * Math.exp(0.5 * random.nextGaussian()));
  }

  private static Execution execution(
      PromptVersionId version,
      long at,
      int latency,
      @Nullable String error,
      byte feedback,
      int score,
      long user,
      @Nullable String model,
      Random random) {
    return new Execution(
        random.nextLong() | 1,
        version,
        at,
        latency,
        100 + random.nextInt(100),
        20 + random.nextInt(200),
        error == null,
        error,
        feedback,
        score,
        Execution.NO_HASH,
        Execution.NO_HASH,
        user,
        model,
        null);
  }

  private static void insertExecutions(List<Execution> executions, Connection connection)
      throws SQLException {
    try (Statement statement = connection.createStatement()) {
      statement.execute(
          """
          CREATE SCHEMA oracle;
          CREATE TABLE oracle.execution (prompt_id text, prompt_version text, at timestamptz, latency_ms int, input_tokens int, output_tokens int,
            error_type text, rating int, score float8, user_id bigint, model text)
          """);
    }
    try (PreparedStatement insert =
        connection.prepareStatement(
            "INSERT INTO oracle.execution VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)")) {
      for (Execution e : executions) {
        insert.setString(1, e.promptVersion().promptId());
        insert.setString(2, e.promptVersion().version());
        insert.setObject(3, Instant.ofEpochMilli(e.timestamp()).atOffset(ZoneOffset.UTC));
        insert.setInt(4, e.latencyMs());
        insert.setInt(5, e.inputTokens());
        insert.setInt(6, e.outputTokens());
        insert.setString(7, e.errorType());
        insert.setObject(
            8, e.userFeedback() == Execution.NO_FEEDBACK ? null : (int) e.userFeedback());
        insert.setObject(
            9,
            e.automatedScore() == Execution.NO_SCORE
                ? null
                : e.automatedScore() / (double) Execution.SCORE_UNIT);
        insert.setObject(10, e.userHash() == Execution.NO_HASH ? null : e.userHash());
        insert.setString(11, e.model());
        insert.addBatch();
      }
      insert.executeBatch();
    }
  }

  private static void insertWindows(List<Execution> executions, Connection connection)
      throws SQLException {
    Map<Window, WindowAggregate> windows = new LinkedHashMap<>();
    for (Execution execution : executions) {
      for (WindowSize size : SIZES) {
        windows
            .computeIfAbsent(
                new Window(execution.promptVersion(), size, size.startOf(execution.timestamp())),
                window -> new WindowAggregate())
            .add(execution);
      }
    }
    String columns =
        Stream.of(Metric.values()).map(Metric::column).collect(Collectors.joining(","));
    String values = Stream.of(Metric.values()).map(m -> "?").collect(Collectors.joining(","));
    try (PreparedStatement insert =
        connection.prepareStatement(
            "INSERT INTO promptmon.window_metrics (prompt_id, prompt_version, window_size,"
                + " window_start, window_end, is_final, revision, "
                + columns
                + ") VALUES (?, ?, ?, ?, ?, ?, 1, "
                + values
                + ")")) {
      for (Map.Entry<Window, WindowAggregate> entry : windows.entrySet()) {
        Window window = entry.getKey();
        entry.getValue().close();
        Instant end = Instant.ofEpochMilli(window.start() + window.size().millis());
        insert.setString(1, window.version().promptId());
        insert.setString(2, window.version().version());
        insert.setString(3, window.size().label());
        insert.setObject(4, Instant.ofEpochMilli(window.start()).atOffset(ZoneOffset.UTC));
        insert.setObject(5, end.atOffset(ZoneOffset.UTC));
        insert.setBoolean(6, !end.isAfter(END));
        int index = 7;
        for (Metric metric : Metric.values()) {
          insert.setObject(
              index++,
              value(metric, entry.getValue(), window),
              metric.type() == Metric.Type.COUNTS_BY_NAME ? Types.OTHER : sqlType(metric));
        }
        insert.addBatch();
      }
      insert.executeBatch();
    }
  }

  private static int sqlType(Metric metric) {
    return switch (metric.type()) {
      case COUNT -> Types.BIGINT;
      case NUMBER -> Types.DOUBLE;
      case BYTES -> Types.BINARY;
      case COUNTS_BY_NAME -> Types.OTHER;
    };
  }

  private static @Nullable Object value(Metric metric, WindowAggregate aggregate, Window window) {
    double predicted = window.version().promptId().equals("greeting") ? PREDICTED : Double.NaN;
    Object value = metric.value(aggregate, predicted);
    if (metric.type() != Metric.Type.COUNTS_BY_NAME) {
      return value;
    }
    Map<?, ?> counts = value == null ? Map.of() : (Map<?, ?>) value;
    boolean isArray = metric == Metric.TOP_ERRORS;
    return counts.entrySet().stream()
        .map(
            count ->
                isArray
                    ? "{\"error_type\": \""
                        + count.getKey()
                        + "\", \"count\": "
                        + count.getValue()
                        + "}"
                    : "\"" + count.getKey() + "\": " + count.getValue())
        .collect(Collectors.joining(", ", isArray ? "[" : "{", isArray ? "]" : "}"));
  }

  /** The database as a user whose password is {@code sesame}. */
  static Database as(String user, Database database) {
    return Database.of(database.jdbcUrl() + "?user=" + user + "&password=sesame");
  }
}
