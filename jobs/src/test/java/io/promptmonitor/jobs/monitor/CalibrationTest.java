package io.promptmonitor.jobs.monitor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.promptmonitor.common.deployment.MonitorConfig;
import io.promptmonitor.common.registry.Performance;
import io.promptmonitor.common.registry.PromptHash;
import io.promptmonitor.common.registry.RollbackPolicy;
import io.promptmonitor.common.registry.SemanticVersion;
import io.promptmonitor.common.registry.VersionDefinition;
import io.promptmonitor.common.windows.WindowSize;
import io.promptmonitor.database.embedded.PostgresExtension;
import io.promptmonitor.registry.PostgresPromptRegistry;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** Files through the whole job, with registered versions; calibration is computed by hand. */
class CalibrationTest {

  @RegisterExtension private static final PostgresExtension POSTGRES = new PostgresExtension();

  private static final long START = Instant.parse("2026-03-02T22:10:00Z").toEpochMilli();
  private static final int EXECUTIONS = 4_000;
  private static final long SPAN = 4 * 3_600_000;

  /** Predicted qualities by version; the last version is not registered. */
  private static final Map<String, Double> PREDICTED = Map.of("a@1.0.0", 8.25, "b@1.0.0", 3.0);

  private static final List<String> VERSIONS =
      List.of("a@1.0.0", "b@1.0.0", "unpredicted@1.0.0", "unregistered@1.0.0");

  @TempDir private static Path directory;

  /** A rating or a score, on the scale from 0 to 10. */
  private record Quality(String version, long time, double value) {}

  @Test
  void calibrationIsPredictedMinusMeanActualQuality() throws Exception {
    register("a", 8.25);
    register("b", 3.0);
    register("unpredicted", null);
    List<Quality> qualities = new ArrayList<>();
    Path file = Files.write(directory.resolve("executions.jsonl"), records(qualities));

    MonitorSummary summary =
        MonitorRunner.run(MonitorConfig.defaults(), POSTGRES.database(), List.of(file));

    assertThat(summary.registryChanges()).isEqualTo(3);
    assertThat(summary.toText()).containsPattern("registry changes +3  applied");
    assertThat(summary.toJsonValues()).containsEntry("registry_changes", 3L);
    Map<String, List<Double>> byWindow = byWindow(qualities);
    String[] rows =
        POSTGRES
            .query(
                "SELECT prompt_id || '@' || prompt_version, window_size,"
                    + " (extract(epoch FROM window_start) * 1000)::bigint,"
                    + " calibration_bias, avg_calibration_delta FROM window_metrics")
            .split("\n");
    assertThat(rows).hasSizeGreaterThan(700);
    int known = 0;
    for (String row : rows) {
      String[] columns = row.split("\\|");
      Double predicted = PREDICTED.get(columns[0]);
      List<Double> actual = byWindow.get(String.join(" ", columns[0], columns[1], columns[2]));
      if (predicted == null || actual == null) {
        assertThat(columns[3]).as(row).isEqualTo("NULL");
        assertThat(columns[4]).as(row).isEqualTo("NULL");
      } else {
        double bias =
            predicted - actual.stream().mapToDouble(Double::doubleValue).average().orElseThrow();
        assertThat(Double.parseDouble(columns[3])).as(row).isCloseTo(bias, within(1e-9));
        assertThat(Double.parseDouble(columns[4])).as(row).isCloseTo(Math.abs(bias), within(1e-9));
        known++;
      }
    }
    assertThat(known).isGreaterThan(300);
  }

  private static void register(String promptId, @Nullable Double predictedQuality) {
    try (PostgresPromptRegistry registry = new PostgresPromptRegistry(POSTGRES.database())) {
      registry.register(
          promptId,
          new VersionDefinition(
              SemanticVersion.parse("1.0.0"),
              PromptHash.of("text"),
              null,
              null,
              null,
              new Performance(predictedQuality, null, null, null),
              RollbackPolicy.defaults(),
              null),
          "text");
    }
  }

  /** Executions, half of them rated or scored at once, some rated later. */
  private static List<String> records(List<Quality> qualities) {
    Random random = new Random(5);
    List<String> lines = new ArrayList<>();
    Map<Integer, List<String>> ratedLater = new TreeMap<>();
    for (int i = 0; i < EXECUTIONS; i++) {
      String version = VERSIONS.get(random.nextInt(VERSIONS.size()));
      long time = START + i * SPAN / EXECUTIONS;
      Integer rating = random.nextInt(4) == 0 ? 1 + random.nextInt(5) : null;
      Double score = random.nextInt(4) == 0 ? random.nextInt(101) / 10.0 : null;
      lines.add(execution(i, version, time, rating, score));
      if (rating != null) {
        qualities.add(new Quality(version, time, (rating - 1) / 4.0 * 10));
      } else if (random.nextInt(6) == 0) {
        int later = 1 + random.nextInt(5);
        qualities.add(new Quality(version, time, (later - 1) / 4.0 * 10));
        ratedLater
            .computeIfAbsent(i + 1 + random.nextInt(1_000), due -> new ArrayList<>())
            .add(feedback(i, version, time, later));
      }
      if (score != null) {
        qualities.add(new Quality(version, time, score));
      }
      List<String> due = ratedLater.remove(i);
      if (due != null) {
        due.forEach(event -> lines.add(event.formatted(Instant.ofEpochMilli(time))));
      }
    }
    for (List<String> rest : ratedLater.values()) {
      rest.forEach(event -> lines.add(event.formatted(Instant.ofEpochMilli(START + SPAN))));
    }
    return lines;
  }

  private static String execution(
      int id, String version, long time, @Nullable Integer rating, @Nullable Double score) {
    String[] parts = version.split("@");
    return """
        {"execution_id":"e%d","prompt_id":"%s","prompt_version":"%s","timestamp":"%s",\
        "performance":{"latency_ms":120,"input_tokens":10,"output_tokens":5,"total_tokens":15},\
        "outcome":{"success":true},"quality":{"user_feedback":%s,"automated_score":%s},\
        "context":{"input_hash":"ab12","output_hash":"cd34","model_used":"m","temperature":0.5}}"""
        .formatted(id, parts[0], parts[1], Instant.ofEpochMilli(time), rating, score);
  }

  private static String feedback(int id, String version, long executed, int rating) {
    String[] parts = version.split("@");
    return """
        {"execution_id":"e%d","prompt_id":"%s","prompt_version":"%s",\
        "execution_timestamp":"%s","timestamp":"%%s","user_feedback":%d}"""
        .formatted(id, parts[0], parts[1], Instant.ofEpochMilli(executed), rating);
  }

  private static Map<String, List<Double>> byWindow(List<Quality> qualities) {
    Map<String, List<Double>> byWindow = new HashMap<>();
    for (Quality quality : qualities) {
      for (WindowSize size : WindowSize.values()) {
        byWindow
            .computeIfAbsent(
                quality.version() + " " + size.label() + " " + size.startOf(quality.time()),
                window -> new ArrayList<>())
            .add(quality.value());
      }
    }
    return byWindow;
  }
}
