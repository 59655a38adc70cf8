package io.promptmonitor.common.registry;

import static org.assertj.core.api.Assertions.assertThat;

import io.promptmonitor.common.conditions.Condition;
import io.promptmonitor.common.config.ConfigReader;
import io.promptmonitor.common.metrics.Metric;
import io.promptmonitor.common.registry.DeploymentSpecification.AlertThreshold;
import io.promptmonitor.common.registry.DeploymentSpecification.Monitoring;
import io.promptmonitor.common.registry.DeploymentSpecification.PerformanceBaseline;
import io.promptmonitor.common.registry.DeploymentSpecification.RollbackTriggers;
import io.promptmonitor.common.registry.DeploymentSpecification.VersionControl;
import io.promptmonitor.common.registry.Exploration.Alternative;
import io.promptmonitor.common.registry.Exploration.ExplorationDecision;
import java.time.Instant;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class VersionFileTest {

  private static final SemanticVersion V1 = SemanticVersion.parse("1.0.0");
  private static final Instant CREATED = Instant.parse("2026-01-31T12:00:00Z");
  private static final String PATH = "root → B → B.1 → B.1.2";
  private static final String TEXT =
      """
      You answer questions about bills of Acme Energy.

      Think step by step:
        1. Find the bill the customer means.
        2. Explain each line that is asked about.

      Never promise a refund.
      """;

  private static final VersionDefinition DEFINITION =
      new VersionDefinition(
          V1,
          PromptHash.of(TEXT),
          CREATED,
          "jane.doe",
          new Exploration(
              PATH,
              List.of("Chain of Thought", "Constitutional Safety", "Complexity-Adaptive"),
              "high",
              List.of(
                  new ExplorationDecision(
                      "Chain of Thought",
                      List.of(new Alternative("Few-Shot", 7.3), new Alternative("Zero-Shot", 6.8)),
                      "Task requires multi-step reasoning",
                      "CoT may struggle with ambiguous inputs"),
                  new ExplorationDecision(
                      "Constitutional Safety",
                      List.of(new Alternative("Self-Consistency", 7.8)),
                      "Tone constraints important",
                      "May be over-constraining"),
                  new ExplorationDecision(
                      "Complexity-Adaptive",
                      List.of(new Alternative("Fixed Structure", 7.6)),
                      "Input complexity varies",
                      "Complexity assessment may be unreliable"))),
          new Performance(8.2, 0.95, 800.0, 1500.0),
          new RollbackPolicy(null, true),
          new DeploymentSpecification(
              new VersionControl(V1, PromptHash.of(TEXT), CREATED, PATH, null),
              new PerformanceBaseline(0.95, 800.0, 1500.0, 500.0, 1200.0, 0.9),
              List.of(
                  new AlertThreshold(Metric.SUCCESS_RATE, 0.97, 0.95),
                  new AlertThreshold(Metric.ERROR_RATE, 0.03, 0.05),
                  new AlertThreshold(Metric.LATENCY_P95, 2250.0, 3000.0)),
              new RollbackTriggers(
                  conditions(
                      "error_rate > 0.10 for 5 minutes", "success_rate < 0.85 for 10 minutes"),
                  conditions(
                      "calibration_drift > 2.0",
                      "user_feedback_negative_rate > 0.20",
                      "latency_p95 > 3000 for 30 minutes")),
              new Monitoring(
                  List.of(
                      "execution_count",
                      "latency_distribution",
                      "success_rate",
                      "error_type_breakdown",
                      "token_usage",
                      "user_feedback_scores",
                      "conditional_branch_distribution"),
                  List.of("slack", "email"),
                  "daily")));

  private static List<Condition> conditions(String... texts) {
    return Stream.of(texts).map(Condition::parse).toList();
  }

  @Test
  void theSpecsBlocksFilledWithValues() {
    assertThat(VersionFiles.read("full.yaml"))
        .isEqualTo(new VersionFile("billing-support", DEFINITION, TEXT, VersionStatus.STAGED));
  }

  @Test
  void theSameBlocksComeOutByExport() {
    String exported =
        VersionFileYaml.write(
            new PromptVersion(
                "billing-support",
                DEFINITION,
                TEXT,
                CREATED,
                "jane.doe",
                new Deployment(VersionStatus.STAGED, null, null, null),
                null));

    assertThat(exported).isEqualTo(VersionFiles.text("full-exported.yaml"));
    assertThat(VersionFiles.read("full-exported.yaml")).isEqualTo(VersionFiles.read("full.yaml"));
  }

  @Test
  void whatTheRegistryFilledInIsExportedAndRegistersAgain() {
    VersionFile bare = VersionFiles.read("bare.yaml");
    PromptVersion version =
        new PromptVersion(
            "greeting",
            bare.definition(),
            bare.promptText(),
            Instant.parse("2026-02-01T08:00:00.123456Z"),
            "pipeline",
            new Deployment(
                VersionStatus.ACTIVE, null, Instant.parse("2026-02-01T09:30:00Z"), "jane.doe"),
            SemanticVersion.parse("0.0.9"));

    String exported = VersionFileYaml.write(version);

    assertThat(exported).isEqualTo(VersionFiles.text("bare-exported.yaml"));
    VersionDefinition again = VersionFiles.read("bare-exported.yaml").definition();
    assertThat(again).isNotEqualTo(bare.definition());
    assertThat(version.hasContentOf(again)).isTrue();
    assertThat(version.hasContentOf(bare.definition())).isTrue();
  }

  @Test
  void whatTheRegistryFilledInMustBeTheSameIfItIsGiven() {
    VersionFile bare = VersionFiles.read("bare.yaml");
    PromptVersion version =
        new PromptVersion(
            "greeting",
            bare.definition(),
            bare.promptText(),
            CREATED,
            "pipeline",
            Deployment.draft(),
            null);
    assertThat(version.hasContentOf(read("created_by: pipeline"))).isTrue();
    assertThat(version.hasContentOf(read("created_by: jane.doe"))).isFalse();
    assertThat(version.hasContentOf(read("created_at: 2026-01-31T12:00:00Z"))).isTrue();
    assertThat(version.hasContentOf(read("created_at: 2026-01-31T12:00:01Z"))).isFalse();
    assertThat(version.hasContentOf(read("rollback: {reference: 0.0.9}"))).isFalse();
    assertThat(version.hasContentOf(read("rollback: {auto_rollback_enabled: false}"))).isFalse();
    assertThat(version.hasContentOf(read("performance: {predicted_quality: 7}"))).isFalse();
  }

  @Test
  void whatOneBlockLeavesOutIsTakenFromAnother() {
    String hash = PromptHash.of("Answer briefly.");
    VersionDefinition definition =
        ConfigReader.read(
                "f.yaml",
                """
                PromptVersion: {version_id: 0.1.0, prompt_text: Answer briefly.}
                deployment_specification:
                  version_control:
                    version_id: 0.1.0
                    prompt_hash: SHA256:%s
                    created_at: "2026-01-31 12:00:00"
                    exploration_path: root → A
                    rollback_reference: 0.0.9
                """
                    .formatted(hash.toUpperCase(java.util.Locale.ROOT)),
                VersionFile::read)
            .definition();
    assertThat(definition.createdAt()).isEqualTo(CREATED);
    assertThat(definition.rollback().reference()).isEqualTo(SemanticVersion.parse("0.0.9"));
    assertThat(definition.exploration())
        .isEqualTo(new Exploration("root → A", List.of(), null, List.of()));
    assertThat(definition.promptHash()).isEqualTo(hash);
  }

  @Test
  void numbersMayHaveTheirUnit() {
    assertThat(
            read("""
                    performance:
                        baseline_accuracy: 95%
                        baseline_latency_p50: 0.8s
                        baseline_latency_p95: "1500 ms"
                    """)
                .performance())
        .isEqualTo(new Performance(null, 0.95, 800.0, 1500.0));
  }

  /** The definition of a file with one more entry in its block. */
  private static VersionDefinition read(String entry) {
    return ConfigReader.read(
            "f.yaml",
            "PromptVersion:\n  version_id: 0.1.0\n  prompt_text: Answer briefly.\n  " + entry,
            VersionFile::read)
        .definition();
  }
}
