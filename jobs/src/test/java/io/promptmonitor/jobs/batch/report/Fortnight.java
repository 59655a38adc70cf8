package io.promptmonitor.jobs.batch.report;

import io.promptmonitor.common.config.ConfigReader;
import io.promptmonitor.common.execution.Execution;
import io.promptmonitor.common.execution.PromptVersionId;
import io.promptmonitor.common.ingest.ParserOptions;
import io.promptmonitor.common.ingest.RecordParser;
import io.promptmonitor.common.metrics.WindowAggregate;
import io.promptmonitor.common.registry.SemanticVersion;
import io.promptmonitor.common.registry.VersionFile;
import io.promptmonitor.common.simulation.Scenario;
import io.promptmonitor.common.simulation.SimulatedRecord;
import io.promptmonitor.common.simulation.Simulation;
import io.promptmonitor.common.windows.WindowSize;
import io.promptmonitor.common.windows.WindowUpdate;
import io.promptmonitor.database.embedded.PostgresExtension;
import io.promptmonitor.jobs.TestCluster;
import io.promptmonitor.jobs.serialization.RecordTypeInfo;
import io.promptmonitor.jobs.sink.SinkOptions;
import io.promptmonitor.jobs.sink.WindowMetricsSink;
import io.promptmonitor.registry.PostgresPromptRegistry;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;

/**
 * The simulated fortnight of {@code fortnight.yaml} in the tables: two prompts, and on the last day
 * a version that is rolled back. Windows are computed from the records; what happened besides is in
 * {@code switches.sql}.
 */
final class Fortnight {

  static final String PROMPT = "billing/explain-invoice";
  static final String OTHER_PROMPT = "billing/detect-language";

  private static final long SEED = 3;
  private static final double PREDICTED = 8;
  private static final long NOW = Instant.parse("2026-03-02T00:00:00Z").toEpochMilli();

  private Fortnight() {}

  private record Window(PromptVersionId version, WindowSize size, long start) {}

  /** Fills the database; the records are left in {@code file}. */
  static void run(PostgresExtension postgres, TestCluster cluster, Path file) throws Exception {
    try (PostgresPromptRegistry registry = new PostgresPromptRegistry(postgres.database())) {
      deploy(registry, "1.0.0");
      deploy(registry, "1.1.0");
    }
    List<WindowUpdate> windows = windows(file);
    StreamExecutionEnvironment environment = cluster.environment(1, new Configuration());
    environment
        .fromData(windows, RecordTypeInfo.WINDOW_UPDATE)
        .sinkTo(new WindowMetricsSink(SinkOptions.of(postgres.database())));
    environment.execute();
    postgres.execute(text("/io/promptmonitor/jobs/batch/report/switches.sql"));
  }

  private static List<WindowUpdate> windows(Path file) throws IOException {
    String yaml = text("/io/promptmonitor/jobs/batch/report/fortnight.yaml");
    Simulation simulation =
        new Simulation(ConfigReader.read("fortnight.yaml", yaml, Scenario::read), SEED);
    RecordParser parser = new RecordParser(ParserOptions.defaults(), () -> NOW);
    Map<Window, WindowAggregate> windows = new LinkedHashMap<>();
    try (OutputStream out = new BufferedOutputStream(Files.newOutputStream(file))) {
      for (SimulatedRecord record = simulation.next(); record != null; record = simulation.next()) {
        if (record.kind() == SimulatedRecord.Kind.EXECUTION) {
          out.write(record.json());
          out.write('\n');
          Execution execution =
              Objects.requireNonNull(
                  parser.parse("file", 0, record.json(), 0, record.json().length).execution());
          for (WindowSize size : List.of(WindowSize.ONE_HOUR, WindowSize.ONE_DAY)) {
            windows
                .computeIfAbsent(
                    new Window(
                        execution.promptVersion(), size, size.startOf(execution.timestamp())),
                    window -> new WindowAggregate())
                .add(execution);
          }
        }
      }
    }
    List<WindowUpdate> updates = new ArrayList<>();
    windows.forEach(
        (window, aggregate) ->
            updates.add(
                new WindowUpdate(
                    window.version(),
                    window.size(),
                    window.start(),
                    true,
                    1,
                    false,
                    window.version().promptId().equals(PROMPT) ? PREDICTED : Double.NaN,
                    aggregate)));
    return updates;
  }

  private static void deploy(PostgresPromptRegistry registry, String version) throws IOException {
    String yaml =
        text("/examples/" + PROMPT + "/" + version + ".yaml")
            .replace("status: active", "status: draft")
            .replace("status: staged", "status: draft");
    VersionFile file = ConfigReader.read(version + ".yaml", yaml, VersionFile::read);
    SemanticVersion id = file.definition().versionId();
    registry.register(PROMPT, file.definition(), file.promptText());
    registry.stage(PROMPT, id, null);
    registry.deploy(PROMPT, id, null);
  }

  private static String text(String resource) throws IOException {
    try (InputStream in = Fortnight.class.getResourceAsStream(resource)) {
      return new String(
          Objects.requireNonNull(in, resource).readAllBytes(), StandardCharsets.UTF_8);
    }
  }
}
