package io.promptmonitor.registry;

import static io.promptmonitor.registry.Versions.deploy;
import static io.promptmonitor.registry.Versions.register;
import static io.promptmonitor.registry.Versions.stage;
import static org.assertj.core.api.Assertions.assertThat;

import io.promptmonitor.common.registry.InMemoryPromptRegistry;
import io.promptmonitor.common.registry.PromptRegistry;
import io.promptmonitor.common.registry.PromptVersion;
import io.promptmonitor.common.registry.RegistryEvent;
import io.promptmonitor.common.registry.RegistryException;
import io.promptmonitor.common.registry.RegistryOperation;
import io.promptmonitor.common.registry.SemanticVersion;
import io.promptmonitor.database.Database;
import io.promptmonitor.database.embedded.PostgresExtension;
import io.promptmonitor.database.migration.Migrations;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.EdgeCasesMode;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.RandomDistribution;
import net.jqwik.api.Tag;
import net.jqwik.api.Tuple;
import net.jqwik.api.lifecycle.AfterContainer;
import net.jqwik.api.lifecycle.BeforeContainer;
import org.jspecify.annotations.Nullable;

/** The registries in the database and in memory do the same, whatever is asked of them. */
class RegistriesAgreeTest {

  private static final List<String> VERSIONS = List.of("0.9.0", "1.0.0", "1.1.0", "2.0.0-rc.1");

  private static final List<List<RegistryOperation>> BEGINNING =
      VERSIONS.subList(0, 3).stream()
          .map(v -> List.of(register("a", v), stage("a", v), deploy("a", v)))
          .toList();

  private static Database database;
  private static PostgresPromptRegistry postgres;

  /** Every message by which an operation was refused, without prompt and version. */
  private static final Set<String> refusals = new TreeSet<>();

  @BeforeContainer
  static void migrate() {
    database = PostgresExtension.emptyDatabase();
    Migrations.apply(database);
    postgres = new PostgresPromptRegistry(database);
  }

  @AfterContainer
  static void close() {
    postgres.close();
    // Or the sequences would not try much.
    assertThat(refusals).hasSizeGreaterThanOrEqualTo(17);
  }

  @Property(tries = 40, seed = "20260105", edgeCases = EdgeCasesMode.NONE)
  void theSameHappensInBoth(@ForAll("requests") List<List<RegistryOperation>> requests) {
    check(requests);
  }

  @Tag("slow")
  @Property(tries = 300, edgeCases = EdgeCasesMode.NONE)
  void theSameHappensInBothForLong(@ForAll("requests") List<List<RegistryOperation>> requests) {
    check(requests);
  }

  private static void check(List<List<RegistryOperation>> requests) {
    RegistryDatabase.clear(database);
    PromptRegistry memory =
        new InMemoryPromptRegistry(() -> "tester", () -> Instant.parse("2026-01-05T10:00:00Z"));
    for (List<RegistryOperation> request : requests) {
      assertThat(outcome(postgres, request)).as("%s", request).isEqualTo(outcome(memory, request));
    }
    assertThat(state(postgres)).isEqualTo(state(memory));
    // The history explains the state.
    assertThat(postgres.verify()).isEmpty();
  }

  /** What a request led to, without times. */
  private static String outcome(PromptRegistry registry, List<RegistryOperation> request) {
    try {
      return registry.execute(request).stream()
          .map(event -> event.map(RegistriesAgreeTest::timeless))
          .map(Optional::toString)
          .collect(Collectors.joining("\n"));
    } catch (RegistryException e) {
      refusals.add(
          String.valueOf(e.getMessage())
              .replaceAll("a@|b@|[0-2]\\.[0-9]\\.0(-rc.1)?|\\b[ab]\\b", ""));
      return e.reason() + ": " + e.getMessage();
    }
  }

  private static RegistryEvent timeless(RegistryEvent event) {
    return new RegistryEvent(
        event.eventId(),
        Instant.EPOCH,
        event.kind(),
        event.promptId(),
        event.versionId(),
        event.fromVersion(),
        event.toVersion(),
        event.actor(),
        event.reason(),
        event.decisionId());
  }

  private static String state(PromptRegistry registry) {
    StringBuilder state = new StringBuilder();
    for (String promptId : registry.promptIds()) {
      for (PromptVersion version : registry.versions(promptId)) {
        state
            .append(promptId + "@" + version.versionId())
            .append(" " + version.definition() + " " + version.promptText())
            .append(" " + version.deployment().status() + " " + version.deployment().deprecation())
            .append(" " + version.deployment().deployedBy() + " " + version.rollbackReference())
            .append(" " + (version.deployment().deployedAt() != null) + "\n");
      }
      state.append(active(registry, promptId)).append("\n");
    }
    registry.history(null).forEach(event -> state.append(timeless(event)).append("\n"));
    return state.toString();
  }

  private static String active(PromptRegistry registry, String promptId) {
    try {
      return registry.getActive(promptId).toString();
    } catch (RegistryException e) {
      return e.getMessage();
    }
  }

  @Provide
  Arbitrary<List<List<RegistryOperation>>> requests() {
    // Mostly one operation at a time: of several, any that is refused undoes the others.
    Arbitrary<List<RegistryOperation>> request =
        Arbitraries.frequencyOf(
            Tuple.of(5, operation().list().ofSize(1)),
            Tuple.of(1, operation().list().ofMaxSize(3)));
    Arbitrary<List<List<RegistryOperation>>> requests =
        request
            .list()
            .ofMinSize(1)
            .ofMaxSize(80)
            .withSizeDistribution(RandomDistribution.uniform());
    // Half of them go on from a registry in which much is possible.
    return Combinators.combine(Arbitraries.of(0, BEGINNING.size()), requests)
        .as((n, then) -> Stream.concat(BEGINNING.stream().limit(n), then.stream()).toList());
  }

  private static Arbitrary<RegistryOperation> operation() {
    // Few names, so that operations meet.
    Arbitrary<String> promptId =
        Arbitraries.frequency(Tuple.of(12, "a"), Tuple.of(2, "b"), Tuple.of(1, "no such prompt"));
    return promptId.flatMap(p -> Arbitraries.of(VERSIONS).flatMap(v -> operation(p, v)));
  }

  private static Arbitrary<RegistryOperation> operation(String promptId, String versionId) {
    SemanticVersion version = Versions.v(versionId);
    Arbitrary<@Nullable String> reason = Arbitraries.of("why", " spaced\n", "").injectNull(0.3);
    return Arbitraries.frequencyOf(
        Tuple.of(6, registration(promptId.length() > 1 ? "b" : promptId, versionId)),
        Tuple.of(6, reason.map(r -> new RegistryOperation.Stage(promptId, version, r))),
        Tuple.of(10, reason.map(r -> new RegistryOperation.Deploy(promptId, version, r))),
        Tuple.of(5, Arbitraries.just(Versions.rollback(promptId, versionId))),
        Tuple.of(4, Arbitraries.just(Versions.rollback(promptId, null))),
        Tuple.of(
            2, Arbitraries.just(new RegistryOperation.Rollback(promptId, null, "fails", version))),
        Tuple.of(1, reason.map(r -> new RegistryOperation.Deprecate(promptId, version, r))));
  }

  private static Arbitrary<RegistryOperation> registration(String promptId, String versionId) {
    Arbitrary<String> text =
        Arbitraries.frequency(Tuple.of(9, Versions.text(versionId)), Tuple.of(1, "Something else"));
    Arbitrary<@Nullable Double> quality =
        Arbitraries.frequency(Tuple.of(9, 8.5), Tuple.of(1, 0.1)).injectNull(0.05);
    Arbitrary<@Nullable String> reference = Arbitraries.of(VERSIONS).injectNull(0.8);
    return text.flatMap(
        t ->
            quality.flatMap(
                q ->
                    reference.map(
                        r ->
                            new RegistryOperation.Register(
                                promptId, Versions.definition(versionId, t, q, r), t))));
  }
}
