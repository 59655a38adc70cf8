package io.promptmonitor.jobs.monitor;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.promptmonitor.common.config.ConfigReader;
import io.promptmonitor.common.deployment.MonitorConfig;
import io.promptmonitor.common.registry.VersionFile;
import io.promptmonitor.database.embedded.PostgresExtension;
import io.promptmonitor.registry.PostgresPromptRegistry;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * Real calls of July 2023 through the whole job. Both versions of each prompt are registered with
 * what was known of the older one.
 */
public final class RealTraffic {

  private static final Path FILE =
      Path.of("../../shared/data/llmdrift-executions.jsonl.gz").toAbsolutePath().normalize();

  private RealTraffic() {}

  /** The file of records; the test that asks is skipped where there is none. */
  public static Path file() {
    assumeTrue(Files.exists(FILE), "the real traffic is not here: " + FILE);
    return FILE;
  }

  /** Fills the database by the job with the default rules. */
  public static void run(PostgresExtension postgres) throws Exception {
    Path file = file();
    try (PostgresPromptRegistry registry = new PostgresPromptRegistry(postgres.database())) {
      register(registry, "opinionqa/gpt-4", "2023.3.14", 0.976, 9.8, 2_000, 6_000);
      register(registry, "opinionqa/gpt-3.5-turbo", "2023.3.1", 0.943, 9.4, 2_000, 6_000);
      register(registry, "counthappynumber/gpt-4", "2023.3.14", 1, 8.4, 58_000, 120_000);
      register(registry, "counthappynumber/gpt-3.5-turbo", "2023.3.1", 1, 3.1, 15_000, 60_000);
    }
    MonitorRunner.run(MonitorConfig.defaults(), postgres.database(), List.of(file));
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
}
