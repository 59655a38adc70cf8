package io.promptmonitor.jobs.monitor;

import static org.assertj.core.api.Assertions.assertThat;

import io.promptmonitor.cli.CommandRun;
import io.promptmonitor.common.alerts.AlertingConfig;
import io.promptmonitor.database.embedded.PostgresExtension;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** Regressions that really happened raise alerts, and what was no regression does not. */
class RealTrafficAlertsTest {

  private static final Duration PANE = Duration.ofSeconds(10);

  @RegisterExtension private static final PostgresExtension POSTGRES = new PostgresExtension();

  @BeforeAll
  static void run() throws Exception {
    RealTraffic.run(POSTGRES);
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
    CommandRun command = new CommandRun(POSTGRES, "backtest");
    int exit =
        command.run("--rules", rules.toString(), "--from", "2023-07-26", "--to", "2023-07-28");
    assertThat(command.err.toString()).isEmpty();
    assertThat(exit).isZero();
    assertThat(command.out.toString())
        .contains("Judged on stored rows of 1m")
        .containsPattern("= 2023-07-27 00:4[123]:00  opinionqa/gpt-4  2023.6.13 → 2023.3.14")
        .containsPattern(
            "= 2023-07-27 00:\\d\\d:00  opinionqa/gpt-4@2023.6.13  Critical Error Rate")
        .doesNotContain("opinionqa/gpt-3.5-turbo@2023.6.13  Critical Error Rate");
  }
}
