package io.promptmonitor.common.registry;

import static org.assertj.core.api.Assertions.assertThat;

import io.promptmonitor.common.registry.RegistryPlan.Action;
import io.promptmonitor.common.registry.RegistryPlan.Wanted;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class RegistryPlanTest {

  private static final String PROMPT = "billing/explain-invoice";
  private static final Instant START = Instant.parse("2026-01-05T10:00:00Z");

  private final InMemoryPromptRegistry registry =
      new InMemoryPromptRegistry(() -> "alice", () -> START);

  private static SemanticVersion version(String version) {
    return SemanticVersion.parse(version);
  }

  private static VersionDefinition definition(String version, String text) {
    return new VersionDefinition(
        version(version),
        PromptHash.of(text),
        null,
        null,
        null,
        Performance.unknown(),
        RollbackPolicy.defaults(),
        null);
  }

  private static Wanted wanted(String version, @Nullable VersionStatus status) {
    String text = "text of " + version;
    return new Wanted(PROMPT, definition(version, text), text, status);
  }

  private List<PromptVersion> present() {
    return registry.promptIds().contains(PROMPT) ? registry.versions(PROMPT) : List.of();
  }

  private RegistryPlan plan(Wanted... files) {
    return RegistryPlan.of(List.of(files), present());
  }

  private void apply(Wanted... files) {
    RegistryPlan plan = plan(files);
    assertThat(plan.hasConflicts()).isFalse();
    registry.execute(plan.operations());
  }

  private static List<String> lines(RegistryPlan plan) {
    return plan.steps().stream()
        .map(step -> step.action() + " " + step.versionId() + " " + step.text())
        .toList();
  }

  @Test
  void anEmptyRegistryIsFilled() {
    RegistryPlan plan =
        plan(
            wanted("1.10.0", VersionStatus.ACTIVE),
            wanted("1.9.0", VersionStatus.STAGED),
            wanted("2.0.0", null));
    assertThat(lines(plan))
        .containsExactly(
            "CHANGE 1.9.0 register, stage",
            "CHANGE 1.10.0 register, stage, deploy",
            "CHANGE 2.0.0 register");
    registry.execute(plan.operations());
    assertThat(registry.getActive(PROMPT).versionId()).isEqualTo(version("1.10.0"));
  }

  @Test
  void aNewVersionReplacesTheActiveOne() {
    apply(wanted("1.0.0", VersionStatus.ACTIVE));
    RegistryPlan plan =
        plan(wanted("1.0.0", VersionStatus.DEPRECATED), wanted("1.1.0", VersionStatus.ACTIVE));
    assertThat(lines(plan))
        .containsExactly(
            "CHANGE 1.0.0 superseded by 1.1.0",
            "CHANGE 1.1.0 register, stage, deploy (replaces 1.0.0)");
    registry.execute(plan.operations());
    assertThat(registry.version(PROMPT, version("1.0.0")).deployment().deprecation())
        .isEqualTo(DeprecationReason.SUPERSEDED);
  }

  @Test
  void aFileNeverUndoesARollback() {
    apply(wanted("1.0.0", VersionStatus.ACTIVE));
    apply(wanted("1.0.0", null), wanted("1.1.0", VersionStatus.ACTIVE));
    registry.rollback(PROMPT, null, "errors");
    RegistryPlan plan = plan(wanted("1.0.0", null), wanted("1.1.0", VersionStatus.ACTIVE));
    assertThat(plan.operations()).isEmpty();
    assertThat(lines(plan))
        .containsExactly(
            "NONE 1.0.0 no change (active)",
            "KEEP 1.1.0 was rolled back and stays so although its file says active; deploy it by"
                + " hand if it is good after all, or change its file");
  }

  @Test
  void aFileNeverUndoesAWithdrawal() {
    apply(wanted("1.0.0", VersionStatus.STAGED));
    registry.deprecate(PROMPT, version("1.0.0"), null);
    assertThat(lines(plan(wanted("1.0.0", VersionStatus.ACTIVE))))
        .containsExactly(
            "KEEP 1.0.0 was withdrawn and stays so although its file says active; change its file");
  }

  @Test
  void aStatusThatWasPassedIsKept() {
    apply(wanted("1.0.0", VersionStatus.ACTIVE));
    assertThat(lines(plan(wanted("1.0.0", VersionStatus.STAGED))))
        .containsExactly("KEEP 1.0.0 is active and stays so although its file says staged");
    assertThat(lines(plan(wanted("1.0.0", VersionStatus.DEPRECATED))))
        .containsExactly("KEEP 1.0.0 is active and stays so although its file says deprecated");
  }

  @Test
  void aFileNeverWithdrawsAVersion() {
    apply(wanted("1.0.0", VersionStatus.DEPRECATED), wanted("1.1.0", VersionStatus.ACTIVE));
    assertThat(registry.version(PROMPT, version("1.0.0")).deployment())
        .isEqualTo(Deployment.draft());
    assertThat(lines(plan(wanted("1.0.0", VersionStatus.DEPRECATED))))
        .containsExactly(
            "KEEP 1.0.0 is draft and stays so although its file says deprecated; registry deprecate"
                + " withdraws it for good");
  }

  @Test
  void aRollbackReferenceMustBeThereOrAmongTheFiles() {
    String text = "text of 1.1.0";
    VersionDefinition definition =
        new VersionDefinition(
            version("1.1.0"),
            PromptHash.of(text),
            null,
            null,
            null,
            Performance.unknown(),
            new RollbackPolicy(version("1.0.0"), true),
            null);
    Wanted file = new Wanted(PROMPT, definition, text, VersionStatus.ACTIVE);
    assertThat(lines(plan(file)))
        .containsExactly(
            "CONFLICT 1.1.0 names the rollback reference 1.0.0, which is neither registered nor"
                + " among the files");
    assertThat(plan(file, wanted("1.0.0", null)).hasConflicts()).isFalse();
  }

  @Test
  void otherContentIsAConflict() {
    apply(wanted("1.0.0", VersionStatus.ACTIVE));
    Wanted changed =
        new Wanted(PROMPT, definition("1.0.0", "other text"), "other text", VersionStatus.ACTIVE);
    RegistryPlan plan = plan(changed, wanted("1.1.0", null));
    assertThat(plan.hasConflicts()).isTrue();
    assertThat(lines(plan))
        .containsExactly(
            "CONFLICT 1.0.0 is registered with other content, and a version never changes: give it"
                + " a new number",
            "CHANGE 1.1.0 register");
  }

  @Test
  void twoActiveVersionsAreAConflict() {
    RegistryPlan plan =
        plan(wanted("1.0.0", VersionStatus.ACTIVE), wanted("1.1.0", VersionStatus.ACTIVE));
    assertThat(plan.steps()).extracting(RegistryPlan.Step::action).containsOnly(Action.CONFLICT);
  }

  @Provide
  Arbitrary<List<Wanted>> files() {
    Arbitrary<Wanted> file =
        Combinators.combine(
                Arbitraries.of("1.0.0", "1.1.0", "1.2.0", "2.0.0"),
                Arbitraries.of(VersionStatus.class).injectNull(0.1))
            .as(RegistryPlanTest::wanted);
    return file.list()
        .ofMaxSize(4)
        .uniqueElements(wanted -> wanted.definition().versionId())
        .filter(
            files -> files.stream().filter(f -> f.status() == VersionStatus.ACTIVE).count() <= 1);
  }

  @Provide
  Arbitrary<List<List<Wanted>>> rounds() {
    return files().list().ofMaxSize(4);
  }

  @Property(tries = 300)
  void aPlanCanBeCarriedOutAndThenNothingIsLeft(@ForAll("rounds") List<List<Wanted>> rounds) {
    InMemoryPromptRegistry fresh = new InMemoryPromptRegistry(() -> "alice", () -> START);
    for (List<Wanted> files : rounds) {
      fresh.execute(planFor(fresh, files).operations());
      assertThat(planFor(fresh, files).operations()).isEmpty();
      Set<String> registered =
          files.isEmpty()
              ? Set.of()
              : fresh.versions(PROMPT).stream()
                  .map(v -> v.versionId().toString())
                  .collect(Collectors.toSet());
      assertThat(registered)
          .containsAll(files.stream().map(f -> f.definition().versionId().toString()).toList());
    }
  }

  private static RegistryPlan planFor(InMemoryPromptRegistry registry, List<Wanted> files) {
    Set<String> known = new TreeSet<>(registry.promptIds());
    List<PromptVersion> present =
        new ArrayList<>(known.contains(PROMPT) ? registry.versions(PROMPT) : List.of());
    return RegistryPlan.of(files, present);
  }
}
