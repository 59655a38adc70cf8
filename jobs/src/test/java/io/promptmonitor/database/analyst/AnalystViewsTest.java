package io.promptmonitor.database.analyst;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.promptmonitor.database.embedded.PostgresExtension;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What the views for analysts say, asked as an analyst. */
class AnalystViewsTest {

  @RegisterExtension static final PostgresExtension postgres = new PostgresExtension();

  /** Two versions in two days each; the digest holds 100 and 200 milliseconds. */
  @BeforeAll
  static void fill() {
    postgres.execute(
        """
        SELECT registry_register('greeting', json_build_object('PromptVersion', json_build_object('version_id', version,
            'prompt_hash', sha256_hex('Hi'), 'performance', json_build_object('baseline_accuracy', 0.9, 'baseline_latency_p95', 150))), 'Hi')
        FROM unnest(ARRAY['1.0.0', '1.1.0']) AS version;
        SELECT registry_stage('greeting', '1.0.0'), registry_stage('greeting', '1.1.0');
        SELECT registry_deploy('greeting', '1.0.0');
        SELECT registry_deploy('greeting', '1.1.0');
        INSERT INTO window_metrics (prompt_id, prompt_version, window_size, window_start, window_end, is_final, revision, execution_count,
            success_count, failure_count, success_rate, error_rate, latency_p95, avg_input_tokens, avg_output_tokens, avg_total_tokens,
            total_tokens, avg_user_feedback, feedback_count, automated_score_count, errors_by_type, top_errors, branch_distribution,
            model_distribution, latency_digest, tokens_digest)
        SELECT 'greeting', version, size, start, start + length, true, 1, 20, 20 - failures, failures, 1 - failures / 20.0, failures / 20.0, 195,
            30, 20, 50, 1000, 4, 5, 0, '{}', jsonb_build_array(jsonb_build_object('error_type', 'timeout', 'count', failures)), '{}',
            '{"gpt-4": 20}', digest, digest
        FROM (VALUES ('1.0.0', timestamptz '2026-01-05', 1), ('1.0.0', '2026-01-06', 3), ('1.1.0', '2026-01-07', 4), ('1.1.0', '2026-01-08', 4))
            AS day (version, start, failures),
          (VALUES ('1h', interval '1 hour'), ('24h', interval '24 hours')) AS of (size, length),
          (SELECT '\\x001f02016401640a'::bytea AS digest) AS d
        """);
  }

  private static String asAnalyst(String sql) throws SQLException {
    try (Connection connection = postgres.database().connect();
        Statement statement = connection.createStatement()) {
      statement.execute("SET ROLE promptmon_analyst");
      StringBuilder text = new StringBuilder();
      try (ResultSet rows = statement.executeQuery(sql)) {
        while (rows.next()) {
          text.append(text.isEmpty() ? "" : "\n");
          for (int i = 1; i <= rows.getMetaData().getColumnCount(); i++) {
            text.append(i == 1 ? "" : "|").append(rows.getString(i));
          }
        }
      }
      return text.toString();
    }
  }

  @Test
  void aPromptIsAsBadAsItsWorstAlert() throws SQLException {
    String health =
        "SELECT active_version, status, firing_rules, latest_window, execution_count, error_rate FROM prompt_health";
    assertThat(asAnalyst(health)).isEqualTo("1.1.0|healthy|{}|2026-01-08 00:00:00+00|20|0.2");
    postgres.execute(
        """
        INSERT INTO alert (alert_id, prompt_id, prompt_version, rule, kind, severity, condition, hold, actions, phase, cause, pending_since,
            fired_at, flagged_for_review)
        VALUES ('a', 'greeting', '1.1.0', 'Slow', 'alert_rule', 'warning', 'x', '0', '{alert}', 'firing', 'condition', now(), now(), false),
          ('b', 'greeting', '1.1.0', 'Errors', 'alert_rule', 'critical', 'x', '0', '{alert}', 'firing', 'condition', now(), now(), false)
        """);
    assertThat(asAnalyst(health))
        .isEqualTo("1.1.0|critical|{Errors,Slow}|2026-01-08 00:00:00+00|20|0.2");
    postgres.execute("DELETE FROM alert");
  }

  @Test
  void versionsSideBySide() throws SQLException {
    assertThat(
            asAnalyst(
                "SELECT prompt_version, status, execution_count, error_rate, latency_p95, avg_total_tokens, avg_user_feedback, feedback_count"
                    + " FROM version_comparison ORDER BY 1"))
        .isEqualTo("1.0.0|deprecated|40|0.1|200|50|4|10\n1.1.0|active|40|0.2|200|50|4|10");
  }

  @Test
  void errorsTargetsAndTokensOfEachDay() throws SQLException {
    assertThat(
            asAnalyst(
                "SELECT day::date, rank, error_type, failures, share_of_executions FROM top_errors_by_prompt"
                    + " WHERE prompt_version = '1.0.0' ORDER BY 1"))
        .isEqualTo("2026-01-05|1|timeout|1|0.05\n2026-01-06|1|timeout|3|0.15");
    assertThat(
            asAnalyst(
                "SELECT day::date, success_target, round(error_budget_spent::numeric, 6), latency_target, latency_met FROM slo_status"
                    + " WHERE prompt_version = '1.0.0' ORDER BY 1"))
        .isEqualTo("2026-01-05|0.9|0.500000|150|f\n2026-01-06|0.9|1.500000|150|f");
    assertThat(
            asAnalyst(
                "SELECT prompt_version, sum(input_tokens), sum(output_tokens), sum(total_tokens) FROM token_cost GROUP BY 1 ORDER BY 1"))
        .isEqualTo("1.0.0|1200|800|2000\n1.1.0|1200|800|2000");
  }

  @ParameterizedTest
  @ValueSource(strings = {"version_comparison", "top_errors_by_prompt", "slo_status", "token_cost"})
  void onlyThePartitionOfDaysIsRead(String view) throws SQLException {
    assertThat(asAnalyst("EXPLAIN SELECT * FROM " + view + " WHERE prompt_id = 'greeting'"))
        .contains("window_metrics_24h")
        .doesNotContain("window_metrics_1h", "window_metrics_1m", "window_metrics_5m");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "SELECT count(*) FROM alert_exemplar",
        "SELECT count(*) FROM dead_letter",
        "SELECT prompt_text FROM prompt_version",
        "SELECT prompt_text FROM active_prompt",
        "DELETE FROM window_metrics RETURNING 1",
        "UPDATE slo_status SET day = now() RETURNING 1",
        "SELECT registry_deploy('greeting', '1.0.0')",
        "SELECT silence_create('{}', interval '1 hour', 'x')",
      })
  void anAnalystDoesNothingElse(String sql) {
    assertThatThrownBy(() -> asAnalyst(sql))
        .message()
        .containsPattern("permission denied|cannot update view|function .* does not exist");
  }
}
