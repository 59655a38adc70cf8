package io.promptmonitor.database.analyst;

import static org.assertj.core.api.Assertions.assertThat;

import io.promptmonitor.cli.CommandRun;
import io.promptmonitor.database.Database;
import io.promptmonitor.database.embedded.PostgresExtension;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.sql.Timestamp;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * The queries of {@code sql/examples}, run by a login that is a member of {@code promptmon_analyst}
 * and of nothing else. What they say is computed from the executions themselves.
 */
class ExampleQueriesTest {

  @RegisterExtension static final PostgresExtension postgres = new PostgresExtension();

  private static final Path ROOT = Path.of(System.getProperty("promptmonitor.root"));
  private static final Path EXAMPLES = ROOT.resolve("sql").resolve("examples");

  @BeforeAll
  static void fill() throws Exception {
    TenDays.fill(postgres);
    postgres.execute("CREATE ROLE test_anna LOGIN PASSWORD 'sesame' IN ROLE promptmon_analyst");
  }

  @AfterAll
  static void dropLogin() {
    postgres.execute("DROP ROLE test_anna");
  }

  static List<Path> examples() throws IOException {
    try (Stream<Path> files = Files.list(EXAMPLES)) {
      return files.sorted().toList();
    }
  }

  private static String example(String name) throws IOException {
    return Files.readString(EXAMPLES.resolve(name + ".sql"));
  }

  private static Database anna() {
    return TenDays.as("test_anna", postgres.database());
  }

  /**
   * The rows, times as UTC whatever the session's zone, so that only a difference in meaning is
   * one.
   */
  private static List<List<String>> rows(Database database, String timeZone, String sql)
      throws SQLException {
    try (Connection connection = database.connect();
        Statement statement = connection.createStatement()) {
      // As any client has it: without the schema in its path.
      statement.execute("SET search_path = public");
      statement.execute("SET TIME ZONE '" + timeZone + "'");
      List<List<String>> rows = new ArrayList<>();
      try (ResultSet result = statement.executeQuery(sql)) {
        while (result.next()) {
          List<String> row = new ArrayList<>();
          for (int i = 1; i <= result.getMetaData().getColumnCount(); i++) {
            boolean isTime = result.getMetaData().getColumnTypeName(i).equals("timestamptz");
            Timestamp time = isTime ? result.getTimestamp(i) : null;
            row.add(time == null ? result.getString(i) : time.toInstant().toString());
          }
          rows.add(row);
        }
      }
      return rows;
    }
  }

  private static String text(List<List<String>> rows) {
    StringBuilder text = new StringBuilder();
    rows.forEach(row -> text.append(String.join("|", row)).append('\n'));
    return text.toString();
  }

  private static String answer(String name) throws Exception {
    return text(rows(anna(), "UTC", example(name)));
  }

  private static String oracle(String sql) throws SQLException {
    return text(rows(postgres.database(), "UTC", sql));
  }

  /**
   * As strings are equal, but for numbers, which differ by no more than a share and a hundredth.
   */
  private static void assertClose(String actual, String expected, double share) {
    List<String> left = List.of(actual.split("[|\n]"));
    List<String> right = List.of(expected.split("[|\n]"));
    assertThat(left).hasSameSizeAs(right);
    for (int i = 0; i < left.size(); i++) {
      if (!left.get(i).equals(right.get(i))) {
        double wanted = Double.parseDouble(right.get(i));
        assertThat(Double.parseDouble(left.get(i)))
            .as("%s, expected %s", actual, expected)
            .isCloseTo(wanted, Offset.offset(0.01 + share * Math.abs(wanted)));
      }
    }
  }

  // ---- all of them

  @Test
  void thereAreTwentyInOrder() throws Exception {
    List<String> names = examples().stream().map(f -> f.getFileName().toString()).toList();
    assertThat(names).hasSize(20);
    for (int i = 0; i < names.size(); i++) {
      assertThat(names.get(i)).matches(String.format("%02d_[a-z0-9_]+\\.sql", i + 1));
    }
  }

  @ParameterizedTest
  @MethodSource("examples")
  void eachAnswersItsQuestionInAnyTimeZone(Path file) throws Exception {
    String sql = Files.readString(file);
    List<String> lines = sql.lines().toList();
    assertThat(lines.get(0)).startsWith("-- ").endsWith("?");
    assertThat(lines.get(1)).isEqualTo("--");
    assertThat(lines.get(2)).startsWith("-- ");
    assertThat(lines).allSatisfy(line -> assertThat(line.length()).isLessThanOrEqualTo(160));
    String code = sql.replaceAll("(?m)^--.*\n", "");
    assertThat(code.strip()).matches("(?s)(SELECT|WITH) .*;");
    assertThat(code.indexOf(';')).as("one statement").isEqualTo(code.strip().length() - 1);
    List<List<String>> rows = rows(anna(), "UTC", sql);
    assertThat(rows).isNotEmpty();
    // Half a day ahead of UTC, and half an hour off: days and hours are others there.
    assertThat(rows(anna(), "Pacific/Kiritimati", sql)).isEqualTo(rows);
    assertThat(rows(anna(), "Asia/Kolkata", sql)).isEqualTo(rows);
    // Its clocks go forward within the ten days.
    assertThat(rows(anna(), "America/New_York", sql)).isEqualTo(rows);
  }

  @Test
  void byTheCommandLine() throws Exception {
    CommandRun command = new CommandRun(postgres, "sql");
    int code =
        command.runAs(
            "test_anna",
            "sesame",
            "--csv",
            "-f",
            EXAMPLES.resolve("18_alerts_by_rule.sql").toString());
    assertThat(code).as("%s", command.err).isZero();
    assertThat(command.out)
        .hasToString(
            """
            rule,severity,fired,never_fired,firing_now,acknowledged,not_told,mean_time_to_acknowledge,median_time_to_resolve,rollbacks
            Critical Error Rate,critical,2,0,0,1,0,00:15:00,01:40:00,1
            Elevated Latency,warning,1,1,1,0,1,,,0
            """);
  }

  @Test
  void theDocumentListsThem() throws Exception {
    StringBuilder list = new StringBuilder();
    for (Path file : examples()) {
      String name = file.getFileName().toString();
      String question = Files.readString(file).lines().findFirst().orElseThrow().substring(3);
      list.append(String.format("| [%1$s](../sql/examples/%1$s) | %2$s |%n", name, question));
    }
    assertThat(document()).endsWith("| file | answers |\n|---|---|\n" + list);
  }

  @Test
  void theDocumentsOwnQueriesRunToo() throws Exception {
    List<String> queries =
        Pattern.compile("(?s)```sql\n(.*?)```")
            .matcher(document())
            .results()
            .map(match -> match.group(1))
            .toList();
    assertThat(queries).hasSizeGreaterThan(3);
    for (String query : queries) {
      // The ten days are long ago.
      String then = query.replace("now()", "timestamptz '" + TenDays.END + "'");
      assertThat(rows(anna(), "UTC", then)).as(query).isNotEmpty();
    }
  }

  private static String document() throws IOException {
    return Files.readString(ROOT.resolve("docs").resolve("sql.md"));
  }

  // ---- what they say

  @Test
  void healthNow() throws Exception {
    String hour =
        oracle(
            """
            SELECT count(*), round(count(error_type)::numeric / count(*), 4), round(percentile_cont(0.95) WITHIN GROUP (ORDER BY latency_ms)),
              round(avg(rating), 2)
            FROM oracle.execution WHERE at >= '2026-03-11T11:00:00Z' AND prompt_id = 'greeting'
            """);
    assertThat(answer("01_health_now").lines().toList())
        .first()
        .isEqualTo(
            "greeting|1.2.0|warning|{\"Elevated Latency\"}|2026-03-11T11:00:00Z|"
                + hour.strip()
                + "|2026-03-09T08:59:59.500Z|recovered");
    assertThat(answer("01_health_now").lines().toList())
        .last()
        .asString()
        .startsWith("summary|2.0.0|healthy|{}|2026-03-11T11:00:00Z|4|");
  }

  @Test
  void trafficByHour() throws Exception {
    assertThat(answer("02_traffic_by_hour"))
        .hasLineCount(24)
        .isEqualTo(
            oracle(
                """
                SELECT date_trunc('hour', at, 'UTC') AS hour, true, count(DISTINCT prompt_id), count(*), round(count(error_type)::numeric / count(*), 4),
                  round(percentile_cont(0.95) WITHIN GROUP (ORDER BY latency_ms))
                FROM oracle.execution WHERE at >= '2026-03-10T12:00:00Z' GROUP BY hour ORDER BY hour DESC
                """));
  }

  @Test
  void busiestPrompts() throws Exception {
    assertThat(answer("03_busiest_prompts"))
        .isEqualTo(
            oracle(
                """
                SELECT prompt_id, count(*), round(count(*) / sum(count(*)) OVER (), 4), count(DISTINCT user_id), count(DISTINCT at::date)
                FROM oracle.execution WHERE at >= '2026-03-05T00:00:00Z' GROUP BY prompt_id ORDER BY 2 DESC
                """));
  }

  @Test
  void usersByDay() throws Exception {
    assertThat(answer("04_users_by_day"))
        .isEqualTo(
            oracle(
                """
                SELECT d.*, w.users, round(d.users::numeric / nullif(w.users, 0), 2)
                FROM (SELECT prompt_id, at::date AS day, count(DISTINCT user_id) AS users FROM oracle.execution GROUP BY 1, 2) AS d,
                  LATERAL (SELECT count(DISTINCT user_id) AS users FROM oracle.execution e
                    WHERE e.prompt_id = d.prompt_id AND e.at::date BETWEEN d.day - 6 AND d.day) AS w
                WHERE d.day >= '2026-03-05' ORDER BY 1, 2
                """));
  }

  @Test
  void percentilesOfAWeek() throws Exception {
    assertThat(answer("05_latency_percentiles"))
        .isEqualTo(
            oracle(
                """
                SELECT prompt_id, count(*), round(percentile_cont(0.5) WITHIN GROUP (ORDER BY latency_ms)),
                  round(percentile_cont(0.95) WITHIN GROUP (ORDER BY latency_ms)) AS p95, round(percentile_cont(0.99) WITHIN GROUP (ORDER BY latency_ms))
                FROM oracle.execution WHERE at >= '2026-03-04T12:00:00Z' GROUP BY prompt_id ORDER BY p95 DESC
                """));
  }

  @Test
  void latencyByHourOfDay() throws Exception {
    assertThat(answer("06_latency_by_hour_of_day"))
        .hasLineCount(24)
        .isEqualTo(
            oracle(
                """
                SELECT extract(hour FROM at)::int, round(count(*)::numeric / count(DISTINCT at::date), 1),
                  round(percentile_cont(0.5) WITHIN GROUP (ORDER BY latency_ms)), round(percentile_cont(0.95) WITHIN GROUP (ORDER BY latency_ms))
                FROM oracle.execution GROUP BY 1 ORDER BY 1
                """));
  }

  @Test
  void theMeanOfPercentilesIsOff() throws Exception {
    assertThat(answer("07_mean_of_p95_is_not_p95"))
        .isEqualTo(
            oracle(
                """
                WITH hours AS (
                  SELECT prompt_id, count(*) AS n, percentile_cont(0.95) WITHIN GROUP (ORDER BY latency_ms) AS p95
                  FROM oracle.execution WHERE at >= '2026-03-04T12:00:00Z' GROUP BY prompt_id, prompt_version, date_trunc('hour', at)),
                spans AS (
                  SELECT prompt_id, count(*) AS n, percentile_cont(0.95) WITHIN GROUP (ORDER BY latency_ms) AS p95
                  FROM oracle.execution WHERE at >= '2026-03-04T12:00:00Z' GROUP BY prompt_id)
                SELECT s.prompt_id, s.n, round(s.p95), round(avg(h.p95)), round(sum(h.p95 * h.n) / sum(h.n)), round((avg(h.p95) / s.p95 - 1)::numeric, 3)
                FROM spans s JOIN hours h USING (prompt_id) GROUP BY s.prompt_id, s.n, s.p95 ORDER BY abs(avg(h.p95) / s.p95 - 1) DESC
                """));
  }

  @Test
  void slowExecutions() throws Exception {
    assertClose(
        answer("08_slow_executions"),
        oracle(
            """
            SELECT prompt_id, at::date, count(*), round(avg((latency_ms > 1000)::int), 4) FROM oracle.execution GROUP BY 1, 2 ORDER BY 1, 2
            """),
        0.001);
  }

  @Test
  void versionsSideBySide() throws Exception {
    assertClose(
        answer("09_versions_side_by_side"),
        oracle(
            """
            SELECT prompt_id, prompt_version, CASE prompt_version WHEN '1.0.0' THEN 'deprecated' WHEN '1.1.0' THEN 'staged' WHEN '0' THEN NULL ELSE 'active' END,
              first_day, last_day, n, errors, p95, tokens, rating, ratings, round(errors - lag(errors) OVER v, 4), p95 - lag(p95) OVER v
            FROM (
              SELECT prompt_id, prompt_version, min(at)::date AS first_day, max(at)::date AS last_day, count(*) AS n,
                round(avg((error_type IS NOT NULL)::int), 4) AS errors, round(percentile_cont(0.95) WITHIN GROUP (ORDER BY latency_ms)) AS p95,
                round(avg(input_tokens + output_tokens)) AS tokens, round(avg(rating), 2) AS rating, count(rating) AS ratings
              FROM oracle.execution GROUP BY prompt_id, prompt_version) AS s
            WINDOW v AS (PARTITION BY prompt_id ORDER BY first_day)
            ORDER BY prompt_id, first_day
            """),
        0.02);
  }

  @Test
  void beforeAndAfter() throws Exception {
    assertThat(answer("10_before_and_after"))
        .isEqualTo(
            oracle(
                """
                SELECT 'greeting', '1.0.0', version, began, o.n, w.n, round(o.errors, 4), round(w.errors, 4),
                  round((w.errors - o.errors) / sqrt((o.failed + w.failed) / (o.n + w.n) * (1 - (o.failed + w.failed) / (o.n + w.n)) * (1 / o.n + 1 / w.n)), 1),
                  round(o.p95), round(w.p95)
                FROM (VALUES ('1.2.0', timestamptz '2026-03-10T00:00:00Z'), ('1.1.0', '2026-03-09T06:00:00Z')) AS v (version, began),
                  LATERAL (SELECT count(*)::numeric AS n, count(error_type)::numeric AS failed, avg((error_type IS NOT NULL)::int) AS errors,
                      percentile_cont(0.95) WITHIN GROUP (ORDER BY latency_ms) AS p95
                    FROM oracle.execution WHERE prompt_id = 'greeting' AND prompt_version = '1.0.0' AND at >= began - interval '1 day' AND at < began) AS o,
                  LATERAL (SELECT count(*)::numeric AS n, count(error_type)::numeric AS failed, avg((error_type IS NOT NULL)::int) AS errors,
                      percentile_cont(0.95) WITHIN GROUP (ORDER BY latency_ms) AS p95
                    FROM oracle.execution WHERE prompt_id = 'greeting' AND prompt_version = version AND at < began + interval '1 day') AS w
                """));
  }

  @Test
  void feedbackByDay() throws Exception {
    assertThat(answer("11_feedback_by_day"))
        .isEqualTo(
            oracle(
                """
                SELECT prompt_id, at::date, count(rating), round(count(rating)::numeric / count(*), 3), round(avg(rating), 2),
                  round(avg((rating <= 2)::int), 3), round(avg(score)::numeric, 2)
                FROM oracle.execution GROUP BY 1, 2 ORDER BY 1, 2
                """));
  }

  @Test
  void errorsByType() throws Exception {
    assertThat(answer("12_errors_by_type"))
        .contains("legacy|null|0|null|0")
        .isEqualTo(
            oracle(
                """
                WITH e AS (SELECT *, count(*) OVER p AS n, count(error_type) OVER p AS failures FROM oracle.execution
                    WHERE at >= '2026-03-05T00:00:00Z' WINDOW p AS (PARTITION BY prompt_id))
                SELECT prompt_id, error_type, count(error_type), round(count(error_type)::numeric / nullif(failures, 0), 4),
                  round(count(error_type)::numeric / n, 4)
                FROM e WHERE error_type IS NOT NULL OR failures = 0 GROUP BY prompt_id, error_type, n, failures ORDER BY 3 DESC, 1, 2
                """));
  }

  @Test
  void errorsOfTheLastDay() throws Exception {
    assertThat(answer("13_errors_of_the_last_day"))
        .isEqualTo(
            oracle(
                """
                WITH e AS (SELECT prompt_id, error_type, at >= '2026-03-11T00:00:00Z' AS last FROM oracle.execution WHERE at >= '2026-03-04T00:00:00Z'),
                n AS (SELECT prompt_id, sum(last::int)::numeric AS last, sum((NOT last)::int)::numeric AS before FROM e GROUP BY 1),
                t AS (SELECT prompt_id, error_type, sum(last::int) AS last, sum((NOT last)::int) AS before FROM e WHERE error_type IS NOT NULL GROUP BY 1, 2)
                SELECT t.prompt_id, error_type, t.last, t.before, round(t.last / n.last, 5), round(t.before / n.before, 5), t.before = 0,
                  round(t.last / n.last / nullif(t.before / n.before, 0), 1)
                FROM t JOIN n USING (prompt_id) ORDER BY 7 DESC, t.last / n.last / nullif(t.before / n.before, 0) DESC NULLS LAST, 1, 2
                """));
  }

  @Test
  void errorBudget() throws Exception {
    assertThat(answer("14_error_budget"))
        .isEqualTo(
            oracle(
                """
                SELECT prompt_id, count(*), count(error_type), CASE prompt_id WHEN 'greeting' THEN round(count(*) * 0.1, 1) END,
                  CASE prompt_id WHEN 'greeting' THEN round(count(error_type) / (count(*) * 0.1), 3) END, count(DISTINCT at::date),
                  (SELECT count(DISTINCT at) FROM (
                    SELECT at::date FROM oracle.execution s WHERE s.prompt_id = e.prompt_id AND prompt_id = 'greeting'
                    GROUP BY prompt_version, at::date HAVING percentile_cont(0.95) WITHIN GROUP (ORDER BY latency_ms) > 1000) AS slow)
                FROM oracle.execution e WHERE prompt_id <> 'legacy' GROUP BY prompt_id ORDER BY 5 NULLS LAST
                """));
  }

  @Test
  void burnRate() throws Exception {
    assertThat(answer("15_burn_rate"))
        .isEqualTo(
            oracle(
                """
                SELECT prompt_id, count(*) FILTER (WHERE at >= '2026-03-11T11:00:00Z'),
                  CASE prompt_id WHEN 'greeting' THEN round(avg((error_type IS NOT NULL)::int) FILTER (WHERE at >= '2026-03-11T11:00:00Z') / 0.1, 2) END AS rate,
                  CASE prompt_id WHEN 'greeting' THEN round(avg((error_type IS NOT NULL)::int) FILTER (WHERE at >= '2026-03-11T06:00:00Z') / 0.1, 2) END,
                  CASE prompt_id WHEN 'greeting' THEN round(avg((error_type IS NOT NULL)::int) / 0.1, 2) END
                FROM oracle.execution WHERE at >= '2026-03-10T12:00:00Z' GROUP BY prompt_id ORDER BY rate NULLS LAST, 1
                """));
  }

  @Test
  void costByPrompt() throws Exception {
    assertThat(answer("16_cost_by_prompt"))
        .isEqualTo(
            oracle(
                """
                SELECT prompt_id, count(*), sum(input_tokens + output_tokens), round(sum(input_tokens * 2.5 + output_tokens * 10) / 1000000, 2) AS cost,
                  round(sum(input_tokens * 2.5 + output_tokens * 10) / count(*) / 1000, 4),
                  CASE prompt_id WHEN 'greeting' THEN round(avg(input_tokens + output_tokens) / 200 - 1, 3) END
                FROM oracle.execution GROUP BY prompt_id ORDER BY cost DESC
                """));
  }

  @Test
  void costByModelIsSpreadByExecutions() throws Exception {
    String oracle =
        """
        WITH days AS (
          SELECT prompt_id, prompt_version, at::date AS day, count(*)::numeric AS n, sum(input_tokens) AS input, sum(output_tokens) AS output
          FROM oracle.execution GROUP BY 1, 2, 3),
        models AS (
          SELECT prompt_id, prompt_version, at::date AS day, coalesce(model, '(not stated)') AS model, count(*) AS n FROM oracle.execution GROUP BY 1, 2, 3, 4)
        SELECT model, sum(m.n), round(sum((input + output) * m.n / d.n)),
          round(sum((input * CASE model WHEN 'claude-sonnet' THEN 3 ELSE 2.5 END + output * CASE model WHEN 'claude-sonnet' THEN 15 ELSE 10 END)
            * m.n / d.n) / 1000000, 2)
        FROM days d JOIN models m USING (prompt_id, prompt_version, day) GROUP BY model ORDER BY 4 DESC
        """;
    assertThat(answer("17_estimated_cost_by_model"))
        .contains("(not stated)", "claude-sonnet", "gpt-4")
        .isEqualTo(oracle(oracle));
    // It is an estimate, but no token is lost.
    assertThat(
            answer("17_estimated_cost_by_model")
                .lines()
                .mapToDouble(line -> Double.parseDouble(line.split("\\|")[2]))
                .sum())
        .isCloseTo(
            Double.parseDouble(
                oracle("SELECT sum(input_tokens + output_tokens) FROM oracle.execution")),
            Offset.offset(2.0));
  }

  @Test
  void rollbacks() throws Exception {
    assertThat(answer("19_rollbacks"))
        .isEqualTo(
            """
            2026-03-11T08:00:00Z|greeting|1.2.0|1.0.0|automatic|held_back|too_little_evidence|Elevated Latency|Slow|null|3|20|12|null|null|null
            2026-03-09T08:59:59.500Z|greeting|1.1.0|1.0.0|automatic|switched|null|Critical Error Rate|Critical Error Rate: error_rate 40% > 5%|1.5|12|30|23456.5|recovered|error_rate is 5%|0.0500
            """);
  }

  @Test
  void calibration() throws Exception {
    assertThat(answer("20_calibration"))
        .contains("|well_calibrated|0.25|0.75|null|2026-03-08\n")
        .isEqualTo(
            oracle(
                """
                SELECT prompt_id, prompt_version, CASE prompt_id WHEN 'greeting' THEN '{CoT}' END, CASE prompt_id WHEN 'greeting' THEN 8 END,
                  CASE prompt_id WHEN 'greeting' THEN round(avg(quality), 2) END, CASE prompt_id WHEN 'greeting' THEN round(8 - avg(quality), 2) END AS bias,
                  count(quality), v.*
                FROM (SELECT prompt_id, prompt_version, (rating - 1) / 4.0 * 10 AS quality FROM oracle.execution
                  UNION ALL SELECT prompt_id, prompt_version, score::numeric FROM oracle.execution) AS e
                LEFT JOIN (VALUES ('well_calibrated', 0.25, 0.75, NULL, date '2026-03-08')) AS v ON prompt_version = '1.0.0'
                WHERE prompt_id <> 'legacy' GROUP BY prompt_id, prompt_version, v.column1, v.column2, v.column3, v.column4, v.column5
                ORDER BY abs(8 - avg(quality)) * CASE prompt_id WHEN 'greeting' THEN 1 END DESC NULLS LAST
                """));
  }

  // ---- the views that they do not say all of

  @Test
  void whatBecameOfAnAlert() throws Exception {
    assertThat(
            text(
                rows(
                    anna(),
                    "UTC",
                    """
                    SELECT alert_id, time_to_resolve, messages, notifications_sent, notifications_unsent, acknowledged_by, time_to_acknowledge, muted_by, rollback
                    FROM promptmon.alert_history WHERE pending_since > '2026-03-01' ORDER BY pending_since
                    """)))
        .isEqualTo(
            """
            pm-errors|03:10:00|3|2|2|erin|00:15:00|null|switched
            pm-again|00:10:00|1|1|0|null|null|null|null
            pm-short|null|null|0|0|null|null|null|null
            pm-slow|null|0|0|0|null|null|silence s-1|held_back
            """);
  }

  @Test
  void theVerdictOfTheLatestSpanCounts() throws Exception {
    assertThat(
            text(
                rows(
                    anna(),
                    "UTC",
                    "SELECT scope, subject, version_status, status, bias, proposal, from_day, to_day FROM promptmon.calibration_status ORDER BY 1, 2")))
        .isEqualTo(
            """
            technique|CoT|null|minor_drift|1.5|correct|2026-03-01|2026-03-08
            version|greeting@1.0.0|deprecated|well_calibrated|0.5|null|2026-02-01|2026-03-08
            """);
  }

  // ---- and what else that login may do

  @Test
  void whatTheLoginReadsHasNoTextInIt() throws Exception {
    List<String> readable = new ArrayList<>();
    for (List<String> row :
        rows(
            postgres.database(),
            "UTC",
            """
            SELECT c.relname, has_table_privilege('test_anna', c.oid, 'SELECT') FROM pg_class c
            WHERE c.relnamespace = 'promptmon'::regnamespace AND c.relkind IN ('r', 'p', 'v', 'm') AND NOT c.relispartition ORDER BY 1
            """)) {
      String found =
          "SELECT count(*) FROM promptmon." + row.get(0) + " AS r WHERE r::text LIKE '%SECRET%'";
      if (row.get(1).equals("t")) {
        readable.add(row.get(0));
        assertThat(text(rows(anna(), "UTC", found))).as(row.get(0)).isEqualTo("0\n");
      }
    }
    assertThat(readable).contains("window_metrics", "registered_version", "notification");
    for (String hidden :
        List.of("prompt_version", "active_prompt", "alert_exemplar", "dead_letter")) {
      assertThat(readable).doesNotContain(hidden);
      assertThat(
              oracle(
                  "SELECT count(*) > 0 FROM promptmon."
                      + hidden
                      + " AS r WHERE r::text LIKE '%SECRET%'"))
          .as(hidden)
          .isEqualTo("t\n");
    }
  }
}
