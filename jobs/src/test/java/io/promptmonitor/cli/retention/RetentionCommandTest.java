package io.promptmonitor.cli.retention;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.promptmonitor.cli.CommandRun;
import io.promptmonitor.cli.PromptMon;
import io.promptmonitor.database.embedded.PostgresExtension;
import io.promptmonitor.database.retention.Retention;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RetentionCommandTest {

  @RegisterExtension static final PostgresExtension postgres = new PostgresExtension();

  private final CommandRun promptmon = new CommandRun(postgres, "retention");
  private final StringWriter out = promptmon.out;
  private final StringWriter err = promptmon.err;

  @TempDir private Path directory;

  @BeforeEach
  void insertRows() {
    postgres.execute("TRUNCATE window_metrics, dead_letter");
    postgres.execute(
        """
        SET timezone = 'UTC';
        INSERT INTO window_metrics (prompt_id, prompt_version, window_size, window_start, window_end, is_final, revision, execution_count,
            success_count, failure_count, total_tokens, feedback_count, automated_score_count, errors_by_type, top_errors,
            branch_distribution, model_distribution)
        SELECT 'p', '1.0.0', '1m', at, at + interval '1 minute', true, 1, 3, 3, 0, 30, 0, 0, '{}', '[]', '{}', '{}'
        FROM generate_series(timestamptz '2026-03-13', '2026-03-14 11:00', '1 minute') AS at;
        INSERT INTO dead_letter (source, position, reason, detail, length, received_at)
        VALUES ('executions-0', 1, 'late', 'it was', 10, '2026-02-01'), ('executions-0', 2, 'late', 'it was', 10, '2026-03-01');
        """);
  }

  private int retention(String... arguments) {
    return promptmon.run(arguments);
  }

  private String counts() {
    return postgres.query(
        "SELECT (SELECT count(*) FROM window_metrics), (SELECT count(*) FROM dead_letter)");
  }

  @Test
  void aDryRunSaysWhatARunRemoves() {
    assertThat(retention("--now", "2026-03-15T12:00:00Z", "--dry-run")).isZero();
    String expected =
        """
        table                 windows  keep        before                 rows
        --------------------  -------  ----------  --------------------  -----
        window_metrics        1m       25h         2026-03-14T11:00:00Z  2,099
        window_metrics        5m       7d          2026-03-08T12:00:00Z      0
        window_metrics        1h       30d         2026-02-13T12:00:00Z      0
        window_metrics        24h      90d         2025-12-15T12:00:00Z      0
        window_metrics        7d       365d        2025-03-15T12:00:00Z      0
        alert_exemplar                 expires_at  2026-03-15T12:00:00Z      0
        dead_letter                    30d         2026-02-13T12:00:00Z      1
        notification                   90d         2025-12-15T12:00:00Z      0
        notification_message           90d         2025-12-15T12:00:00Z      0
        alert                          365d        2025-03-15T12:00:00Z      0
        alert_event                    365d        2025-03-15T12:00:00Z      0
        alert_escalation               365d        2025-03-15T12:00:00Z      0
        """;
    assertThat(out.toString())
        .startsWith(expected)
        .contains("\n2,100 rows would be removed, counted in ");
    assertThat(err.toString()).isEmpty();
    assertThat(counts()).isEqualTo("2101|2");

    assertThat(retention("--now", "2026-03-15T12:00:00Z", "--batch-size", "500", "--pause", "0s"))
        .isZero();
    assertThat(out.toString())
        .contains("window_metrics        1m       25h         2026-03-14T11:00:00Z  2,099\n")
        .contains("\n2,100 rows removed in ");
    assertThat(counts()).isEqualTo("2|1");

    assertThat(retention("--now", "2026-03-15T12:00:00Z")).isZero();
    assertThat(out.toString()).contains("\n0 rows removed in ");
  }

  @Test
  void jsonForScripts() throws Exception {
    Path config = directory.resolve("promptmon.yaml");
    Files.writeString(config, "retention: {windows: {1m: 36h}, dead_letters: 60d}");
    assertThat(retention("--now", "2026-03-15", "--config", config.toString(), "--json")).isZero();
    JsonNode json = promptmon.json();
    assertThat(json.get("now").asText()).isEqualTo("2026-03-15T00:00:00Z");
    assertThat(json.get("dry_run").asBoolean()).isFalse();
    assertThat(json.get("rows").asLong()).isEqualTo(719);
    assertThat(json.get("seconds").asDouble()).isBetween(0.0, 60.0);
    assertThat(json.get("tables")).hasSize(12);
    assertThat(json.get("tables").get(0))
        .hasToString(
            "{\"table\":\"window_metrics\",\"window_size\":\"1m\",\"keep\":\"36h\",\"before\":"
                + "\"2026-03-13T12:00:00Z\",\"rows\":719}");
    assertThat(json.get("tables").get(5).get("keep").isNull()).isTrue();
  }

  @Test
  void nothingIsRemovedWhileSomebodyElseDoes() {
    try (Retention other = Retention.open(postgres.database())) {
      assertThat(other.lock()).isTrue();
      assertThat(retention("--now", "2026-03-15T12:00:00Z")).isEqualTo(PromptMon.EXIT_PROBLEM);
      assertThat(err.toString())
          .startsWith("promptmon: somebody else is removing old rows from ")
          .hasLineCount(1);
      assertThat(out.toString()).isEmpty();
      assertThat(counts()).isEqualTo("2101|2");
      assertThat(retention("--now", "2026-03-15T12:00:00Z", "--dry-run")).isZero();
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "--now tomorrow | Invalid value for option '--now': expected a time such as 2026-01-31T12:00:00Z, found \"tomorrow\"",
        "--batch-size 0 | --batch-size must be from 1 to 100000",
        "--pause long | --pause: expected a duration such as 10s",
        "--config none.yaml | none.yaml: no such file",
      })
  void badUsageIsOneLine(String arguments, String message) {
    assertThat(retention(arguments.split(" "))).isEqualTo(PromptMon.EXIT_USAGE);
    assertThat(err.toString()).contains(message).hasLineCount(1);
    assertThat(counts()).isEqualTo("2101|2");
  }

  @Test
  void aDatabaseThatCannotBeUsedIsOneLine() {
    String nobody = "postgresql://me:secret@127.0.0.1:1/db";
    assertThat(promptmon.runAt(nobody)).isEqualTo(PromptMon.EXIT_PROBLEM);
    assertThat(err.toString())
        .startsWith("promptmon: cannot connect to the database me@127.0.0.1:1/db: ")
        .doesNotContain("secret")
        .hasLineCount(1);
    String empty = PostgresExtension.emptyDatabase().jdbcUrl().replaceFirst(".*/", "");
    String url = postgres.url().replaceFirst("/[^/?]*\\?", "/" + empty + "?");
    assertThat(promptmon.runAt(url)).isEqualTo(PromptMon.EXIT_PROBLEM);
    assertThat(err.toString()).contains(" is older than this program: run promptmon migrate");
  }
}
