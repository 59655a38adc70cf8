package io.promptmonitor.cli.backtest;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.promptmonitor.cli.PromptMon;
import io.promptmonitor.common.alerts.AlertingConfig;
import io.promptmonitor.database.embedded.PostgresExtension;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

class BacktestCommandTest {

  private static final String PROMPT = "billing/explain-invoice";

  @RegisterExtension static final PostgresExtension POSTGRES = new PostgresExtension();

  @TempDir Path directory;

  private final StringWriter out = new StringWriter();
  private final StringWriter err = new StringWriter();
  private Path rules;

  @BeforeEach
  void writeRules() throws Exception {
    rules = Files.writeString(directory.resolve("rules.yaml"), AlertingConfig.defaultsYaml());
  }

  private int run(String... arguments) {
    List<String> all = new ArrayList<>(List.of("backtest"));
    all.addAll(List.of(arguments));
    out.getBuffer().setLength(0);
    err.getBuffer().setLength(0);
    return PromptMon.commandLine()
        .setOut(new PrintWriter(out, true))
        .setErr(new PrintWriter(err, true))
        .execute(all.toArray(String[]::new));
  }

  private void assertBadUsage(String message, String... arguments) {
    assertThat(run(arguments)).isEqualTo(PromptMon.EXIT_USAGE);
    assertThat(err.toString()).contains(message).hasLineCount(1);
    assertThat(out.toString()).isEmpty();
  }

  @Test
  void saysInOneLineWhatIsWrong() throws Exception {
    String url = POSTGRES.url();
    String file = rules.toString();
    assertBadUsage("--from and --to are needed", "--db", url, "--rules", file);
    assertBadUsage(
        "--to must be after --from",
        "--db",
        url,
        "--rules",
        file,
        "--from",
        "2026-03-02",
        "--to",
        "2026-03-02");
    assertBadUsage(
        "there are no rows of 1m, 5m or 1h in window_metrics from 1999-01-01T00:00:00Z",
        "--db",
        url,
        "--rules",
        file,
        "--from",
        "1999-01-01",
        "--to",
        "1999-01-02");
    assertBadUsage(
        "nowhere.yaml",
        "--db",
        url,
        "--rules",
        "nowhere.yaml",
        "--from",
        "1999-01-01",
        "--to",
        "1999-01-02");
    Path broken = Files.writeString(directory.resolve("broken.yaml"), "alert_rules: 3\n");
    assertBadUsage(
        "broken.yaml:1:14",
        "--db",
        url,
        "--rules",
        broken.toString(),
        "--from",
        "1999-01-01",
        "--to",
        "1999-01-02");
    assertBadUsage(
        "nothing.jsonl", "--rules", file, "--input", directory.resolve("nothing.jsonl").toString());
  }

  @Test
  void saysThatTheDatabaseIsAway() {
    assertThat(
            run(
                "--db",
                "postgresql://nobody@localhost:1/nothing",
                "--rules",
                rules.toString(),
                "--from",
                "2026-03-01",
                "--to",
                "2026-03-02"))
        .isEqualTo(PromptMon.EXIT_PROBLEM);
    assertThat(err.toString()).contains("localhost:1").hasLineCount(1);
  }

  /** Forty minutes of the first version, then the second, of which a fifth fails from minute 50. */
  private Path executions() throws Exception {
    Instant start = Instant.parse("2026-03-02T00:00:00Z");
    List<String> lines = new ArrayList<>();
    for (int i = 0; i < 90 * 60; i++) {
      int minute = i / 60;
      boolean success = minute < 50 || i % 5 != 0;
      lines.add(
          String.format(
              "{\"execution_id\":\"e%d\",\"prompt_id\":\"%s\",\"prompt_version\":\"%s\","
                  + "\"timestamp\":\"%s\",\"performance\":{\"latency_ms\":400,\"input_tokens\":10,"
                  + "\"output_tokens\":10,\"total_tokens\":20},\"outcome\":{\"success\":%b}}",
              i, PROMPT, minute < 40 ? "1.0.0" : "1.1.0", start.plusSeconds(i), success));
    }
    lines.add("no record");
    return Files.write(directory.resolve("executions.jsonl"), lines);
  }

  @Test
  void runsOnFilesWithoutADatabase() throws Exception {
    String[] arguments = {
      "--rules",
      rules.toString(),
      "--input",
      executions().toString(),
      "--versions",
      "../examples/registry/billing/explain-invoice/1.0.0.yaml",
      "../examples/registry/billing/explain-invoice/1.1.0.yaml",
      "--json"
    };
    assertThat(run(arguments)).as(err.toString()).isZero();
    assertThat(err.toString()).contains("1 lines are no records");
    String first = out.toString();
    JsonNode json = new ObjectMapper().readTree(first);
    assertThat(json.at("/judged_on").textValue()).isEqualTo("executions");
    assertThat(json.at("/compared").booleanValue()).isFalse();
    assertThat(json.at("/summary/rollbacks/only_candidate").intValue()).isOne();
    JsonNode rollback = json.at("/rollbacks/0/candidate");
    assertThat(rollback.at("/from_version").textValue()).isEqualTo("1.1.0");
    assertThat(rollback.at("/to_version").textValue()).isEqualTo("1.0.0");
    assertThat(rollback.at("/at").textValue()).startsWith("2026-03-02T00:5");
    assertThat(json.at("/set_aside/0/executions").intValue()).isGreaterThan(1_500);
    for (String threads : List.of("1", "3")) {
      List<String> again = new ArrayList<>(List.of(arguments));
      again.addAll(List.of("--parallelism", threads));
      assertThat(run(again.toArray(String[]::new))).isZero();
      assertThat(out.toString()).isEqualTo(first);
    }
  }
}
