package io.promptmonitor.jobs.monitor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.promptmonitor.cli.PromptMon;
import io.promptmonitor.common.alerts.AlertingConfig;
import io.promptmonitor.common.config.ConfigReader;
import io.promptmonitor.common.deployment.MonitorConfig;
import io.promptmonitor.common.registry.VersionFile;
import io.promptmonitor.database.embedded.PostgresExtension;
import io.promptmonitor.registry.PostgresPromptRegistry;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/**
 * Regressions that really happened raise alerts, and what was no regression does not. Both versions
 * of each prompt are registered with what was known of the older one.
 */
class RealTrafficAlertsTest {

  private static final Path TRAFFIC =
      Path.of("../../shared/data/llmdrift-executions.jsonl.gz").toAbsolutePath().normalize();

  private static final Duration PANE = Duration.ofSeconds(10);

  @RegisterExtension private static final PostgresExtension POSTGRES = new PostgresExtension();

  @BeforeAll
  static void run() throws Exception {
    assumeTrue(Files.exists(TRAFFIC), "the real traffic is not here: " + TRAFFIC);
    try (PostgresPromptRegistry registry = new PostgresPromptRegistry(POSTGRES.database())) {
      register(registry, "opinionqa/gpt-4", "2023.3.14", 0.976, 9.8, 2_000, 6_000);
      register(registry, "opinionqa/gpt-3.5-turbo", "2023.3.1", 0.943, 9.4, 2_000, 6_000);
      register(registry, "counthappynumber/gpt-4", "2023.3.14", 1, 8.4, 58_000, 120_000);
      register(registry, "counthappynumber/gpt-3.5-turbo", "2023.3.1", 1, 3.1, 15_000, 60_000);
    }
    MonitorRunner.run(MonitorConfig.defaults(), POSTGRES.database(), List.of(TRAFFIC));
  }

  private static void register(
      PostgresPromptRegistry registry,
      String promptId,
      String before,
      double accuracy,
      double quality,
      int p50,
      int p95) {
    for (String version : List.of(before, "2023.6.13")) {
      double failures = Math.max(0.01, 1 - accuracy);
      String yaml =
          """
          prompt_id: "%s"
          PromptVersion:
            version_id: "%s"
            prompt_text: "Answer the question."
            performance:
              predicted_quality: %s
          deployment_specification:
            version_control:
              version_id: "%s"
              prompt_hash: "afa6fac81c5121011fdbc4345b2e96360ac9310d9f5acbfdcc341ad1ae267ba6"
            performance_baseline:
              expected_accuracy: %s
              expected_latency_p50: %d
              expected_latency_p95: %d
            alert_thresholds:
              error_rate: {warning: %.3f, critical: %.3f}
              success_rate: {critical: %.3f}
          """
              .formatted(
                  promptId,
                  version,
                  quality,
                  version,
                  accuracy,
                  p50,
                  p95,
                  2 * failures,
                  3 * failures,
                  1 - 3 * failures);
      VersionFile file = ConfigReader.read(version + ".yaml", yaml, VersionFile::read);
      registry.register(promptId, file.definition(), file.promptText());
      registry.stage(promptId, file.definition().versionId(), null);
      registry.deploy(promptId, file.definition().versionId(), null);
    }
  }

  private static Instant firstFired(String promptId, String version, String rule) {
    String found =
        POSTGRES.query(
            "SELECT (extract(epoch FROM min(fired_at)) * 1000)::bigint FROM alert WHERE prompt_id = '"
                + promptId
                + "' AND prompt_version = '"
                + version
                + "' AND rule = '"
                + rule
                + "'");
    assertThat(found).as(promptId + " " + rule).isNotEqualTo("NULL");
    return Instant.ofEpochMilli(Long.parseLong(found));
  }

  @Test
  void unansweredQuestionsRaiseTheErrorRate() {
    Instant switched = Instant.parse("2023-07-27T00:36:09Z");
    assertThat(firstFired("opinionqa/gpt-4", "2023.6.13", "Critical Error Rate"))
        .isBetween(switched, switched.plus(Duration.ofMinutes(5)).plus(PANE));
    assertThat(firstFired("opinionqa/gpt-4", "2023.6.13", "Low Success Rate"))
        .isBetween(switched, switched.plus(Duration.ofMinutes(10)).plus(PANE));
  }

  @Test
  void unansweredQuestionsRollTheVersionBack() {
    assertThat(
            POSTGRES.query(
                "SELECT prompt_id, from_version, to_version, status,"
                    + " triggered_at BETWEEN '2023-07-27T00:41:00Z' AND '2023-07-27T00:43:00Z',"
                    + " jsonb_array_length(steps), outcome FROM rollback_event"
                    + " WHERE status <> 'refused'"))
        .as("and nothing else, so that opinionqa/gpt-3.5-turbo is not rolled back")
        .isEqualTo("opinionqa/gpt-4|2023.6.13|2023.3.14|switched|t|7|no_data");
    assertThat(POSTGRES.query("SELECT to_version FROM registry_event WHERE kind = 'rolled_back'"))
        .isEqualTo("2023.3.14");
  }

  @Test
  void theAnalysisNamesTheErrorType() {
    assertThat(
            POSTGRES.query(
                "SELECT f ->> 'dimension', f ->> 'value' FROM rollback_event,"
                    + " jsonb_array_elements(analysis #> '{failure_correlation,findings}') f"))
        .contains("error_type|no_answer");
  }

  @Test
  void wrongAnswersRaiseTheCalibrationDelta() {
    Instant switched = Instant.parse("2023-07-26T09:39:34Z");
    assertThat(firstFired("counthappynumber/gpt-4", "2023.6.13", "Calibration Drift"))
        .isBetween(switched, switched.plus(Duration.ofHours(1)).plus(PANE));
  }

  @Test
  void noRegressionRaisesNoErrorRate() {
    assertThat(
            POSTGRES.query(
                "SELECT count(*) FROM alert WHERE prompt_id = 'opinionqa/gpt-3.5-turbo' AND"
                    + " fired_at IS NOT NULL AND metric IN ('error_rate', 'success_rate')"))
        .isEqualTo("0");
  }

  @Test
  void theBacktestFindsTheIncidentInTheStoredWindows(@TempDir Path directory) throws Exception {
    Path rules = Files.writeString(directory.resolve("rules.yaml"), AlertingConfig.defaultsYaml());
    StringWriter out = new StringWriter();
    StringWriter err = new StringWriter();
    int exit =
        PromptMon.commandLine()
            .setOut(new PrintWriter(out, true))
            .setErr(new PrintWriter(err, true))
            .execute(
                "backtest",
                "--db",
                POSTGRES.url(),
                "--rules",
                rules.toString(),
                "--from",
                "2023-07-26",
                "--to",
                "2023-07-28");
    assertThat(err.toString()).isEmpty();
    assertThat(exit).isZero();
    assertThat(out.toString())
        .contains("Judged on stored rows of 1m")
        .containsPattern("= 2023-07-27 00:4[123]:00  opinionqa/gpt-4  2023.6.13 → 2023.3.14")
        .containsPattern(
            "= 2023-07-27 00:\\d\\d:00  opinionqa/gpt-4@2023.6.13  Critical Error Rate")
        .doesNotContain("opinionqa/gpt-3.5-turbo@2023.6.13  Critical Error Rate");
  }
}
