package io.promptmonitor.jobs.monitor;

import static org.assertj.core.api.Assertions.assertThat;

import io.promptmonitor.common.config.ConfigReader;
import io.promptmonitor.common.deployment.DeploymentConfig;
import io.promptmonitor.common.deployment.MonitorConfig;
import io.promptmonitor.common.registry.VersionFile;
import io.promptmonitor.database.embedded.PostgresExtension;
import io.promptmonitor.registry.PostgresPromptRegistry;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.NavigableMap;
import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** Windows that are computed again from an archive are those that the streaming job wrote. */
class BackfillTest {

  private static final Instant START = Instant.parse("2026-03-02T22:30:00Z");
  private static final int MINUTES = 150;

  @RegisterExtension static final PostgresExtension POSTGRES = new PostgresExtension();

  @TempDir Path directory;

  private static String execution(int i, Instant at, Random random) {
    boolean success = i % 40 != 0 && !(i > 2_000 && i < 2_400 && i % 3 == 0);
    return String.format(
        Locale.ROOT,
        "{\"execution_id\":\"e%d\",\"prompt_id\":\"p%d\",\"prompt_version\":\"1.%d.0\","
            + "\"timestamp\":\"%s\",\"performance\":{\"latency_ms\":%d,\"input_tokens\":%d,"
            + "\"output_tokens\":%d,\"total_tokens\":%d},\"outcome\":{\"success\":%b%s}%s,"
            + "\"context\":{\"input_hash\":\"%08x\",\"output_hash\":\"%08x\","
            + "\"model_used\":\"m%d\",\"conditional_path\":\"B.%d\",\"user_id\":\"u%d\"}}",
        i,
        i % 2,
        i / 1_500 % 2,
        at,
        200 + random.nextInt(2_000),
        100 + i % 7,
        50,
        150 + i % 7,
        success,
        success ? "" : ",\"error_type\":\"t" + i % 3 + "\"",
        i % 4 == 0 ? ",\"quality\":{\"user_feedback\":" + (1 + i % 5) + "}" : "",
        i % 50,
        i % 120,
        i % 2,
        i % 3,
        i % 90);
  }

  private static String feedback(int i, Instant executed, Instant given) {
    return String.format(
        Locale.ROOT,
        "{\"execution_id\":\"e%d\",\"prompt_id\":\"p%d\",\"prompt_version\":\"1.%d.0\","
            + "\"execution_timestamp\":\"%s\",\"timestamp\":\"%s\",\"automated_score\":%.2f}",
        i,
        i % 2,
        i / 1_500 % 2,
        executed,
        given,
        (i % 100) / 10.0);
  }

  /** Records in the order in which they happened. */
  private static List<String> records() {
    Random random = new Random(3);
    List<String> records = new ArrayList<>();
    List<String> late = new ArrayList<>();
    int n = MINUTES * 20;
    for (int i = 0; i < n; i++) {
      Instant at = START.plusMillis(i * 3_000L);
      records.add(execution(i, at, random));
      if (i % 10 == 0 && i + 1_200 < n) {
        // An hour later: of the minute, only sums are kept then.
        late.add(feedback(i, at, at.plusSeconds(3_600)));
      }
      if (i >= 1_200 && i % 10 == 0) {
        records.add(late.get((i - 1_200) / 10));
      }
    }
    return records;
  }

  /** Spread over files, each a little out of order, as partitions are. */
  private List<Path> partitions(List<String> records) throws Exception {
    Random random = new Random(5);
    List<NavigableMap<Integer, String>> parts =
        List.of(new TreeMap<>(), new TreeMap<>(), new TreeMap<>());
    for (int i = 0; i < records.size(); i++) {
      // At most 18 seconds late.
      int position = (i + random.nextInt(6)) * 10_000 + i;
      parts.get(random.nextInt(3)).put(position, records.get(i));
    }
    List<Path> files = new ArrayList<>();
    for (int i = 0; i < parts.size(); i++) {
      files.add(Files.write(directory.resolve("part-" + i + ".jsonl"), parts.get(i).values()));
    }
    return files;
  }

  private static void register() {
    try (PostgresPromptRegistry registry = new PostgresPromptRegistry(POSTGRES.database())) {
      VersionFile file =
          ConfigReader.read(
              "p0.yaml",
              """
              prompt_id: p0
              PromptVersion:
                version_id: "1.0.0"
                prompt_text: "Answer."
                performance: {predicted_quality: 8.0}
              """,
              VersionFile::read);
      registry.register("p0", file.definition(), file.promptText());
    }
  }

  private static String rows() {
    return POSTGRES.query(
        "SELECT to_jsonb(w) - 'updated_at' - 'revision' FROM window_metrics w"
            + " ORDER BY prompt_id, prompt_version, window_size, window_start");
  }

  private static String others() {
    return POSTGRES.query(
        "SELECT (SELECT count(*) FROM alert), (SELECT count(*) FROM notification),"
            + " (SELECT count(*) FROM rollback_event), (SELECT count(*) FROM alert_event),"
            + " (SELECT count(*) FROM rule_status)");
  }

  @Test
  void anArchiveGivesTheRowsThatStreamingGave() throws Exception {
    register();
    List<String> records = records();
    MonitorSummary summary =
        MonitorRunner.run(DeploymentConfig.defaults(), POSTGRES.database(), partitions(records));
    assertThat(summary.rejected()).isEmpty();
    String streamed = rows();
    String others = others();
    assertThat(streamed)
        .contains("\"consistency_rate\": 0.")
        .contains("\"avg_calibration_delta\": ");
    assertThat(others).doesNotStartWith("0|");
    POSTGRES.execute("TRUNCATE window_metrics");

    Path archive = Files.write(directory.resolve("archive.jsonl"), records);
    MonitorRunner.backfill(MonitorConfig.defaults(), POSTGRES.database(), List.of(archive));
    assertThat(rows()).as("row by row").isEqualTo(streamed);
    assertThat(others()).as("nothing fires").isEqualTo(others);

    String before = POSTGRES.query("SELECT max(updated_at) FROM window_metrics");
    Path part = Files.write(directory.resolve("part.jsonl"), records.subList(500, 1_900));
    POSTGRES.execute(
        "UPDATE window_metrics SET is_final = false, latency_p50 = 1 WHERE window_size = '7d';"
            + "UPDATE window_metrics SET latency_p50 = 1 WHERE window_size = '1m' AND prompt_id ="
            + " 'p1' AND window_start = '2026-03-02T23:00:00Z'");
    MonitorRunner.backfill(MonitorConfig.defaults(), POSTGRES.database(), List.of(part));
    assertThat(
            POSTGRES.query(
                "SELECT bool_or(is_final), max(latency_p50) FROM window_metrics WHERE window_size = '7d'"))
        .as("an open window is the running job's")
        .isEqualTo("f|1");
    assertThat(
            POSTGRES.query(
                "SELECT count(*), min(revision) FROM window_metrics WHERE updated_at > '"
                    + before
                    + "'"))
        .as("what is right is not written again")
        .isEqualTo("1|2");
    POSTGRES.execute("DELETE FROM window_metrics WHERE window_size = '7d'");
    String days = "\"window_size\": \"7d\"";
    assertThat(rows().lines())
        .as("a part of the archive takes nothing away, and mends what it knows as well")
        .isEqualTo(streamed.lines().filter(row -> !row.contains(days)).toList());
  }
}
