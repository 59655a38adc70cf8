package io.promptmonitor.database.analyst;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.promptmonitor.database.embedded.PostgresExtension;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.Statement;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * What dashboards ask of {@code window_metrics} over 30 days reads the partition of its size only,
 * and by index where it is about one prompt or a short span.
 */
class QueryPlansTest {

  @RegisterExtension static final PostgresExtension postgres = new PostgresExtension();

  private static final ObjectMapper JSON = new ObjectMapper();

  /** Days of 200 prompts, and hours and five minutes of fewer, with a digest of 200 bytes each. */
  @BeforeAll
  static void fill() {
    postgres.execute(
        """
        INSERT INTO window_metrics (prompt_id, prompt_version, window_size, window_start, window_end, is_final, revision, execution_count, success_count,
          failure_count, success_rate, error_rate, latency_p95, total_tokens, avg_input_tokens, avg_output_tokens, feedback_count, automated_score_count,
          errors_by_type, top_errors, branch_distribution, model_distribution, latency_digest)
        SELECT 'prompt-' || p, '1.0.0', size, start, start + length, true, 1, 10, 9, 1, 0.9, 0.1, 800, 1000, 60, 40, 0, 0,
          '{"timeout": 1}', '[{"error_type": "timeout", "count": 1}]', '{}', '{"gpt-4": 10}', decode(repeat('00', 200), 'hex')
        FROM (VALUES ('24h', interval '1 day', 200, timestamptz '2026-01-01'), ('1h', '1 hour', 30, '2026-01-01'), ('5m', '5 minutes', 30, '2026-01-29'),
            ('7d', '7 days', 200, '2026-01-05'))
          AS of (size, length, prompts, first), generate_series(1, prompts) p, generate_series(first, timestamptz '2026-01-31' - length, length) start;
        INSERT INTO prompt SELECT 'prompt-' || p, now(), 'x' FROM generate_series(1, 200) p;
        SET session_replication_role = replica;
        INSERT INTO prompt_version (prompt_id, version_id, prompt_text, prompt_hash, definition, content_hash, created_at, created_by, registered_at,
          registered_by, status, deployed_at, deployed_by)
        SELECT 'prompt-' || p, '1.0.0', 'Hi', sha256_hex('Hi'), definition, sha256_hex(definition::text), now(), 'x', now(), 'x', 'active', now(), 'x'
        FROM generate_series(1, 200) p,
          json_build_object('PromptVersion', json_build_object('version_id', '1.0.0', 'prompt_hash', sha256_hex('Hi'))) AS definition;
        ANALYZE
        """);
  }

  /** How each of the table's partitions is read: the kind of scan, by partition. */
  private static Map<String, String> scans(String... statements) throws Exception {
    try (Connection connection = postgres.database().connect();
        Statement statement = connection.createStatement()) {
      statement.execute("SET ROLE promptmon_analyst");
      for (int i = 0; i < statements.length - 1; i++) {
        statement.execute(statements[i]);
      }
      String query = "EXPLAIN (FORMAT JSON) " + statements[statements.length - 1];
      try (ResultSet plan = statement.executeQuery(query)) {
        assertThat(plan.next()).isTrue();
        Map<String, String> scans = new TreeMap<>();
        collect(JSON.readTree(plan.getString(1)).get(0).get("Plan"), scans);
        return scans;
      }
    }
  }

  private static void collect(JsonNode node, Map<String, String> scans) {
    JsonNode relation = node.get("Relation Name");
    if (relation != null && relation.asText().startsWith("window_metrics")) {
      scans.merge(relation.asText(), node.get("Node Type").asText(), (a, b) -> a + ", " + b);
    }
    node.path("Plans").forEach(child -> collect(child, scans));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "SELECT window_start, sum(execution_count), sum(failure_count) FROM window_metrics WHERE window_size = '24h' AND window_start >= '2026-01-01' GROUP BY 1",
        "SELECT prompt_id, latency_p95(latency_digest) FROM window_metrics WHERE window_size = '24h' AND window_start >= '2026-01-01' GROUP BY 1",
        "SELECT prompt_id, sum(error_budget_spent) FROM slo_status WHERE day >= '2026-01-01' GROUP BY 1",
        "SELECT prompt_id, sum(total_tokens) FROM token_cost WHERE day >= '2026-01-01' GROUP BY 1",
        "SELECT error_type, sum(failures) FROM top_errors_by_prompt WHERE day >= '2026-01-01' GROUP BY 1",
        "SELECT * FROM version_comparison",
      })
  void allPromptsOverThirtyDaysReadTheDays(String query) throws Exception {
    assertThat(scans(query)).containsOnlyKeys("window_metrics_24h");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "SELECT window_start, error_rate FROM window_metrics WHERE window_size = '1h' AND prompt_id = 'prompt-7' AND window_start >= '2026-01-01'",
        "SELECT window_start, error_rate FROM window_metrics WHERE window_size = '1h' AND prompt_id = 'prompt-7' AND prompt_version = '1.0.0'"
            + " AND window_start BETWEEN '2026-01-01' AND '2026-01-31'",
        "SELECT date_trunc('day', window_start, 'UTC'), latency_p95(latency_digest) FROM window_metrics"
            + " WHERE window_size = '1h' AND prompt_id IN ('prompt-7', 'prompt-9') AND window_start >= '2026-01-01' GROUP BY 1",
        "SELECT prompt_id, sum(execution_count) FROM window_metrics WHERE window_size = '1h' AND window_start >= '2026-01-30' GROUP BY 1",
        "SELECT max(window_start) FROM window_metrics WHERE window_size = '1h'",
        "SELECT * FROM prompt_health",
        "SELECT * FROM prompt_health WHERE prompt_id = 'prompt-7'",
      })
  void hoursAreReadByIndex(String query) throws Exception {
    assertThat(scans(query)).containsOnlyKeys("window_metrics_1h");
    assertThat(scans(query).values()).noneMatch(scan -> scan.contains("Seq Scan"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"slo_status", "token_cost", "top_errors_by_prompt"})
  void viewsOfDaysTakeConditionsDownToTheIndex(String view) throws Exception {
    String query =
        "SELECT * FROM "
            + view
            + " WHERE prompt_id = 'prompt-7' AND day >= timestamptz '2026-01-01'";
    assertThat(scans(query)).containsOnlyKeys("window_metrics_24h");
    assertThat(scans(query).values()).noneMatch(scan -> scan.contains("Seq Scan"));
  }

  /** And the examples, which are about days and hours. */
  @ParameterizedTest
  @MethodSource("io.promptmonitor.database.analyst.ExampleQueriesTest#examples")
  void examplesReadDaysOrHours(Path file) throws Exception {
    assertThat(scans(Files.readString(file)).keySet())
        .isSubsetOf("window_metrics_24h", "window_metrics_1h");
  }

  @Test
  void aParameterForTheSizePrunesTooWhenThePlanIsKept() throws Exception {
    assertThat(
            scans(
                "SET plan_cache_mode = force_generic_plan",
                "PREPARE q (text, text) AS SELECT sum(execution_count) FROM window_metrics WHERE window_size = $1 AND prompt_id = $2"
                    + " AND window_start >= '2026-01-01'",
                "EXECUTE q ('1h', 'prompt-7')"))
        .containsOnlyKeys("window_metrics_1h")
        .allSatisfy((partition, scan) -> assertThat(scan).doesNotContain("Seq Scan"));
  }

  /** What docs/sql.md warns of. */
  @Test
  void withoutASizeAllPartitionsAreRead() throws Exception {
    assertThat(scans("SELECT count(*) FROM window_metrics WHERE window_start >= '2026-01-01'"))
        .hasSize(5);
  }
}
