package io.promptmonitor.common.registry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import io.promptmonitor.common.registry.RegistryPlan.Wanted;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** The directory {@code examples/registry}, with which newcomers begin. */
class ExampleVersionFilesTest {

  private static final Path DIRECTORY =
      Path.of(System.getProperty("promptmonitor.root", ".."), "examples", "registry");
  private static final String PROMPT = "billing/explain-invoice";
  private static final SemanticVersion OLD = SemanticVersion.parse("1.0.0");
  private static final SemanticVersion NEW = SemanticVersion.parse("1.1.0");

  private final InMemoryPromptRegistry registry =
      new InMemoryPromptRegistry(() -> "alice", () -> Instant.parse("2026-02-02T10:00:00Z"));

  private static List<VersionFile> files() throws IOException {
    try (Stream<Path> paths = Files.walk(DIRECTORY)) {
      return paths.filter(Files::isRegularFile).sorted().map(VersionFile::read).toList();
    }
  }

  private RegistryPlan plan() throws IOException {
    List<Wanted> wanted =
        files().stream()
            .map(
                file ->
                    new Wanted(
                        Objects.requireNonNull(file.promptId()),
                        file.definition(),
                        file.promptText(),
                        file.wantedStatus()))
            .toList();
    return RegistryPlan.of(
        wanted, registry.promptIds().isEmpty() ? List.of() : registry.versions(PROMPT));
  }

  @Test
  void areTwoVersionsOfOnePromptWithEveryBlock() throws Exception {
    assertThat(files())
        .extracting(VersionFile::promptId, file -> file.definition().versionId())
        .containsExactly(tuple(PROMPT, OLD), tuple(PROMPT, NEW));
    assertThat(files())
        .allSatisfy(
            file -> {
              VersionDefinition definition = file.definition();
              assertThat(definition).hasNoNullFieldsOrProperties();
              assertThat(definition.performance()).hasNoNullFieldsOrProperties();
              Exploration exploration = Objects.requireNonNull(definition.exploration());
              assertThat(exploration).hasNoNullFieldsOrProperties();
              assertThat(exploration.decisions())
                  .hasSameSizeAs(exploration.techniques())
                  .allSatisfy(decision -> assertThat(decision).hasNoNullFieldsOrProperties());
              DeploymentSpecification specification =
                  Objects.requireNonNull(definition.specification());
              assertThat(specification.performanceBaseline()).hasNoNullFieldsOrProperties();
              assertThat(specification.alertThresholds()).hasSize(3);
              assertThat(specification.rollbackTriggers().automatic()).isNotEmpty();
              assertThat(specification.rollbackTriggers().manualReview()).isNotEmpty();
              assertThat(specification.monitoring().alertingChannels()).isNotEmpty();
            });
  }

  @Test
  void areAppliedDeployedAndRolledBack() throws Exception {
    RegistryPlan plan = plan();
    assertThat(plan.hasConflicts()).isFalse();
    registry.execute(plan.operations());
    assertThat(registry.getActive(PROMPT).versionId()).isEqualTo(OLD);
    assertThat(plan().operations()).isEmpty();

    registry.deploy(PROMPT, NEW, null);
    assertThat(registry.getActive(PROMPT).versionId()).isEqualTo(NEW);
    registry.rollback(PROMPT, null, "wrong totals");
    assertThat(registry.getActive(PROMPT).versionId()).isEqualTo(OLD);
    assertThat(registry.verify()).isEmpty();
  }
}
