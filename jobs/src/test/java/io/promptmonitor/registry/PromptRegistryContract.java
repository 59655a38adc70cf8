package io.promptmonitor.registry;

import static io.promptmonitor.registry.Versions.definition;
import static io.promptmonitor.registry.Versions.deploy;
import static io.promptmonitor.registry.Versions.register;
import static io.promptmonitor.registry.Versions.rollback;
import static io.promptmonitor.registry.Versions.stage;
import static io.promptmonitor.registry.Versions.text;
import static io.promptmonitor.registry.Versions.v;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.promptmonitor.common.registry.ActivePrompt;
import io.promptmonitor.common.registry.Deployment;
import io.promptmonitor.common.registry.DeprecationReason;
import io.promptmonitor.common.registry.Performance;
import io.promptmonitor.common.registry.PromptHash;
import io.promptmonitor.common.registry.PromptRegistry;
import io.promptmonitor.common.registry.PromptVersion;
import io.promptmonitor.common.registry.RegisteredVersion;
import io.promptmonitor.common.registry.RegistryEvent;
import io.promptmonitor.common.registry.RegistryEvent.Kind;
import io.promptmonitor.common.registry.RegistryException;
import io.promptmonitor.common.registry.RegistryException.Reason;
import io.promptmonitor.common.registry.RegistryOperation;
import io.promptmonitor.common.registry.RegistryView;
import io.promptmonitor.common.registry.RollbackPolicy;
import io.promptmonitor.common.registry.SemanticVersion;
import io.promptmonitor.common.registry.VersionDefinition;
import io.promptmonitor.common.registry.VersionStatus;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What every implementation of {@link PromptRegistry} does. */
abstract class PromptRegistryContract {

  private static final String P = "support/greeting";

  private PromptRegistry registry;

  /** An empty registry, in which the actor is {@code tester}. */
  abstract PromptRegistry newRegistry();

  @BeforeEach
  void create() {
    registry = newRegistry();
  }

  /** Brings versions to where a test begins. */
  private void given(RegistryOperation... operations) {
    registry.execute(List.of(operations));
  }

  /** 1.0.0 was replaced by 1.1.0, which is active. */
  private void givenTwoDeployed() {
    given(
        register(P, "1.0.0"),
        stage(P, "1.0.0"),
        deploy(P, "1.0.0"),
        register(P, "1.1.0"),
        stage(P, "1.1.0"),
        deploy(P, "1.1.0"));
  }

  private static void assertRefused(ThrowingCallable call, Reason reason, String message) {
    RegistryException refused = catchThrowableOfType(RegistryException.class, call);
    assertThat(refused).hasMessage(message);
    assertThat(refused.reason()).isEqualTo(reason);
  }

  private String state(String versionId) {
    Deployment deployment = registry.version(P, v(versionId)).deployment();
    return deployment.deprecation() == null
        ? deployment.status().label()
        : deployment.deprecation().label();
  }

  private @Nullable SemanticVersion reference(String versionId) {
    return registry.version(P, v(versionId)).rollbackReference();
  }

  @Test
  void whatIsRegisteredIsADraft() {
    RegistryEvent event = registry.register(P, definition("1.0.0"), text("1.0.0")).orElseThrow();
    assertThat(event.kind()).isEqualTo(Kind.REGISTERED);
    assertThat(event.eventId()).isEqualTo(1);
    assertThat(event.actor()).isEqualTo("tester");
    PromptVersion version = registry.version(P, v("1.0.0"));
    assertThat(version)
        .isEqualTo(
            new PromptVersion(
                P,
                definition("1.0.0"),
                text("1.0.0"),
                event.at(),
                "tester",
                Deployment.draft(),
                null));
    assertThat(registry.promptIds()).containsExactly(P);
    assertThat(registry.history(P)).containsExactly(event);
    assertThat(registry.history(null)).containsExactly(event);
    assertThat(registry.verify()).isEmpty();
  }

  @Test
  void whatTheDefinitionSaysIsNotFilledIn() {
    Instant createdAt = Instant.parse("2025-03-04T05:06:07.123456789Z");
    VersionDefinition definition =
        new VersionDefinition(
            v("1.0.0"),
            PromptHash.of("Say hello. 👋"),
            createdAt,
            "alice",
            null,
            Performance.unknown(),
            new RollbackPolicy(v("0.9.0"), false),
            null);
    registry.register(P, definition, "Say hello. 👋");
    PromptVersion version = registry.version(P, v("1.0.0"));
    assertThat(version.definition()).isEqualTo(definition);
    assertThat(version.promptText()).isEqualTo("Say hello. 👋");
    assertThat(version.createdAt()).isEqualTo(createdAt);
    assertThat(version.createdBy()).isEqualTo("alice");
    assertThat(version.rollbackReference()).isEqualTo(v("0.9.0"));
    assertThat(registry.verify()).isEmpty();
  }

  @Test
  void registeringTheSameAgainDoesNothing() {
    givenTwoDeployed();
    int events = registry.history(null).size();
    assertThat(registry.register(P, definition("1.1.0"), text("1.1.0"))).isEmpty();
    PromptVersion stored = registry.version(P, v("1.1.0"));
    VersionDefinition exported =
        new VersionDefinition(
            stored.versionId(),
            stored.definition().promptHash(),
            stored.createdAt(),
            stored.createdBy(),
            null,
            stored.definition().performance(),
            new RollbackPolicy(v("1.0.0"), true),
            null);
    assertThat(registry.register(P, exported, text("1.1.0"))).isEmpty();
    assertThat(registry.history(null)).hasSize(events);
  }

  @Test
  void aVersionNeverChanges() {
    given(register(P, "1.0.0"));
    assertRefused(
        () -> registry.register(P, definition("1.0.0", "Hi", 8.5, null), "Hi"),
        Reason.VERSION_EXISTS,
        P
            + "@1.0.0 is registered with another text, and a version never changes; register it"
            + " with a new number");
    assertRefused(
        () -> registry.register(P, definition("1.0.0", text("1.0.0"), 9.0, null), text("1.0.0")),
        Reason.VERSION_EXISTS,
        P
            + "@1.0.0 is registered with another definition, and a version never changes; register"
            + " it with a new number");
    assertThat(registry.history(null)).hasSize(1);
  }

  @Test
  void aTextMustBeTheOneWithTheHash() {
    assertThatThrownBy(() -> registry.register(P, definition("1.0.0"), "something else"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("the definition of " + P + "@1.0.0 has the hash of another text");
    assertThat(registry.promptIds()).isEmpty();
  }

  @Test
  void aVersionIsNotItsOwnRollbackReference() {
    assertRefused(
        () -> registry.register(P, definition("1.0.0", "Hi", null, "1.0.0"), "Hi"),
        Reason.INVALID_ROLLBACK_TARGET,
        P + "@1.0.0 names itself as its rollback reference; name another version or none");
  }

  @Test
  void aVersionIsDeployedAfterItWasStaged() {
    given(register(P, "1.0.0"));
    assertRefused(
        () -> registry.deploy(P, v("1.0.0"), null),
        Reason.ILLEGAL_TRANSITION,
        P + "@1.0.0 is a draft; stage it first");
    assertThat(registry.stage(P, v("1.0.0"), " looks good\n").orElseThrow().reason())
        .isEqualTo("looks good");
    assertThat(registry.stage(P, v("1.0.0"), null)).isEmpty();
    RegistryEvent event = registry.deploy(P, v("1.0.0"), "  ").orElseThrow();
    assertThat(event.reason()).isNull();
    assertThat(event.fromVersion()).isNull();
    assertThat(event.toVersion()).isEqualTo(v("1.0.0"));
    assertThat(registry.version(P, v("1.0.0")).deployment())
        .isEqualTo(new Deployment(VersionStatus.ACTIVE, null, event.at(), "tester"));
    assertThat(reference("1.0.0")).isNull();
    assertThat(registry.deploy(P, v("1.0.0"), null)).isEmpty();
    assertThat(registry.getActive(P))
        .isEqualTo(new ActivePrompt(P, v("1.0.0"), text("1.0.0"), PromptHash.of(text("1.0.0"))));
  }

  @Test
  void deployingSupersedesTheVersionBeforeAndReferencesIt() {
    givenTwoDeployed();
    assertThat(state("1.0.0")).isEqualTo("superseded");
    assertThat(state("1.1.0")).isEqualTo("active");
    assertThat(reference("1.1.0")).isEqualTo(v("1.0.0"));
    assertThat(registry.getActive(P).promptText()).isEqualTo(text("1.1.0"));

    registry.deploy(P, v("1.0.0"), null);
    assertThat(state("1.0.0")).isEqualTo("active");
    assertThat(state("1.1.0")).isEqualTo("superseded");
    assertThat(reference("1.0.0")).isEqualTo(v("1.1.0"));
  }

  @Test
  void aReferenceThatIsGivenStaysAndMustBeThere() {
    givenTwoDeployed();
    registry.register(P, definition("1.2.0", "Hi", null, "1.0.0"), "Hi");
    given(stage(P, "1.2.0"), deploy(P, "1.2.0"));
    assertThat(reference("1.2.0")).isEqualTo(v("1.0.0"));
    assertThat(registry.rollback(P, null, "slow").toVersion()).isEqualTo(v("1.0.0"));

    registry.register(P, definition("1.3.0", "Ho", null, "1.2.5"), "Ho");
    given(stage(P, "1.3.0"));
    assertRefused(
        () -> registry.deploy(P, v("1.3.0"), null),
        Reason.INVALID_ROLLBACK_TARGET,
        P
            + "@1.3.0 names the rollback reference 1.2.5, which is not registered; register that"
            + " version first");
    given(register(P, "1.2.5"), deploy(P, "1.3.0"));
    assertThat(reference("1.3.0")).isEqualTo(v("1.2.5"));
  }

  @Test
  void aRollbackGoesToTheReferenceAndIsRemembered() {
    givenTwoDeployed();
    RegistryEvent event = registry.rollback(P, null, " too slow ");
    assertThat(event.kind()).isEqualTo(Kind.ROLLED_BACK);
    assertThat(event.versionId()).isEqualTo(v("1.0.0"));
    assertThat(event.fromVersion()).isEqualTo(v("1.1.0"));
    assertThat(event.toVersion()).isEqualTo(v("1.0.0"));
    assertThat(event.reason()).isEqualTo("too slow");
    assertThat(event.decisionId()).isNull();
    assertThat(state("1.1.0")).isEqualTo("rolled_back");
    assertThat(registry.version(P, v("1.0.0")).deployment().deployedAt()).isEqualTo(event.at());
    assertThat(reference("1.0.0")).isNull();
    assertThat(registry.getActive(P).versionId()).isEqualTo(v("1.0.0"));
    assertRefused(
        () -> registry.rollback(P, null, "still"),
        Reason.INVALID_ROLLBACK_TARGET,
        P + "@1.0.0 has no rollback reference; name the version to go back to");
  }

  @Test
  void aVersionThatWasRolledBackIsNoTargetUntilItIsDeployedAgain() {
    givenTwoDeployed();
    given(rollback(P, null));
    assertRefused(
        () -> registry.rollback(P, v("1.1.0"), "try"),
        Reason.INVALID_ROLLBACK_TARGET,
        P
            + "@1.1.0 was itself rolled back and cannot be rolled back to; name another version,"
            + " or deploy it if it is good after all");
    given(deploy(P, "1.1.0"), deploy(P, "1.0.0"));
    assertThat(registry.rollback(P, v("1.1.0"), "try").toVersion()).isEqualTo(v("1.1.0"));
  }

  @Test
  void aRollbackCanBeOfOneVersionOnly() {
    givenTwoDeployed();
    RegistryOperation ofTheFirst = new RegistryOperation.Rollback(P, null, "it fails", v("1.0.0"));
    assertRefused(
        () -> registry.execute(List.of(ofTheFirst)),
        Reason.ILLEGAL_TRANSITION,
        P + "@1.0.0 is not active, 1.1.0 is; there is nothing to roll back");
    RegistryOperation ofTheSecond = new RegistryOperation.Rollback(P, null, "it fails", v("1.1.0"));
    assertThat(registry.execute(List.of(ofTheSecond)).get(0)).isPresent();
    assertRefused(
        () -> registry.execute(List.of(ofTheSecond)),
        Reason.ILLEGAL_TRANSITION,
        P + "@1.1.0 is not active, 1.0.0 is; there is nothing to roll back");
    assertThat(registry.getActive(P).versionId()).isEqualTo(v("1.0.0"));
  }

  @Test
  void otherTargetsOfARollbackAreRefused() {
    givenTwoDeployed();
    given(register(P, "1.2.0"), register(P, "0.9.0"), Versions.deprecate(P, "0.9.0"));
    assertRefused(
        () -> registry.rollback(P, v("1.2.0"), "x"),
        Reason.INVALID_ROLLBACK_TARGET,
        P + "@1.2.0 was never deployed and cannot be rolled back to; deploy it instead");
    assertRefused(
        () -> registry.rollback(P, v("0.9.0"), "x"),
        Reason.INVALID_ROLLBACK_TARGET,
        P + "@0.9.0 was withdrawn for good and cannot be rolled back to; name another version");
    assertRefused(
        () -> registry.rollback(P, v("1.1.0"), "x"),
        Reason.INVALID_ROLLBACK_TARGET,
        P + "@1.1.0 is active already; name an earlier version to go back to");
    assertRefused(
        () -> registry.rollback(P, v("7.0.0"), "x"),
        Reason.UNKNOWN_VERSION,
        P + " has no version 7.0.0");
    assertThatThrownBy(() -> registry.rollback(P, null, " "))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("a rollback needs a reason");
    given(Versions.deprecate(P, "1.0.0"));
    assertRefused(
        () -> registry.rollback(P, null, "x"),
        Reason.INVALID_ROLLBACK_TARGET,
        P + "@1.0.0 was withdrawn for good and cannot be rolled back to; name another version");
    assertThat(registry.getActive(P).versionId()).isEqualTo(v("1.1.0"));
  }

  @Test
  void whatIsWithdrawnStaysWithdrawn() {
    givenTwoDeployed();
    assertRefused(
        () -> registry.deprecate(P, v("1.1.0"), null),
        Reason.ILLEGAL_TRANSITION,
        P + "@1.1.0 is active; deploy another version or roll back first");
    assertThat(registry.deprecate(P, v("1.0.0"), "leaks").orElseThrow().kind())
        .isEqualTo(Kind.DEPRECATED);
    assertThat(registry.version(P, v("1.0.0")).deployment().deprecation())
        .isEqualTo(DeprecationReason.WITHDRAWN);
    assertThat(registry.deprecate(P, v("1.0.0"), null)).isEmpty();
    assertRefused(
        () -> registry.deploy(P, v("1.0.0"), null),
        Reason.ILLEGAL_TRANSITION,
        P + "@1.0.0 was withdrawn for good; deploy another version");
    assertRefused(
        () -> registry.stage(P, v("1.0.0"), null),
        Reason.ILLEGAL_TRANSITION,
        P + "@1.0.0 is deprecated; only a draft can be staged");
    assertRefused(
        () -> registry.stage(P, v("1.1.0"), null),
        Reason.ILLEGAL_TRANSITION,
        P + "@1.1.0 is active; only a draft can be staged");
  }

  @ParameterizedTest
  @CsvSource({"draft", "staged"})
  void whatWasNeverDeployedCanBeWithdrawn(String state) {
    given(register(P, "1.0.0"));
    if (state.equals("staged")) {
      given(stage(P, "1.0.0"));
    }
    registry.deprecate(P, v("1.0.0"), null);
    assertThat(state("1.0.0")).isEqualTo("withdrawn");
    assertThat(registry.verify()).isEmpty();
  }

  @Test
  void whatDoesNotExistIsSaidSo() {
    String noPrompt = "no version of prompt nowhere is registered";
    assertRefused(() -> registry.getActive("nowhere"), Reason.UNKNOWN_PROMPT, noPrompt);
    assertRefused(
        () -> registry.getActive("nowhere", Instant.now()), Reason.UNKNOWN_PROMPT, noPrompt);
    assertRefused(() -> registry.versions("nowhere"), Reason.UNKNOWN_PROMPT, noPrompt);
    assertRefused(() -> registry.version("nowhere", v("1.0.0")), Reason.UNKNOWN_PROMPT, noPrompt);
    assertRefused(
        () -> registry.deploy("nowhere", v("1.0.0"), null), Reason.UNKNOWN_PROMPT, noPrompt);
    assertRefused(() -> registry.rollback("nowhere", null, "x"), Reason.UNKNOWN_PROMPT, noPrompt);
    assertThat(registry.history("nowhere")).isEmpty();
    given(register(P, "1.0.0"));
    String noVersion = P + " has no version 1.1.0";
    assertRefused(() -> registry.version(P, v("1.1.0")), Reason.UNKNOWN_VERSION, noVersion);
    assertRefused(() -> registry.stage(P, v("1.1.0"), null), Reason.UNKNOWN_VERSION, noVersion);
    assertRefused(
        () -> registry.getActive(P), Reason.NO_ACTIVE_VERSION, "no version of " + P + " is active");
    assertRefused(
        () -> registry.rollback(P, null, "x"),
        Reason.NO_ACTIVE_VERSION,
        "no version of " + P + " is active");
  }

  @Test
  void allOrNothing() {
    given(register(P, "1.0.0"));
    assertRefused(
        () ->
            registry.execute(
                List.of(
                    stage(P, "1.0.0"),
                    deploy(P, "1.0.0"),
                    register("other", "1.0.0"),
                    deploy("other", "1.0.0"))),
        Reason.ILLEGAL_TRANSITION,
        "other@1.0.0 is a draft; stage it first");
    assertThat(state("1.0.0")).isEqualTo("draft");
    assertThat(registry.promptIds()).containsExactly(P);
    assertThat(registry.history(null)).hasSize(1);
    List<Optional<RegistryEvent>> events =
        registry.execute(
            List.of(
                register(P, "1.0.0"),
                stage(P, "1.0.0"),
                stage(P, "1.0.0"),
                deploy(P, "1.0.0"),
                register("other", "1.0.0")));
    assertThat(events.stream().map(event -> event.map(RegistryEvent::eventId)))
        .containsExactly(
            Optional.empty(), Optional.of(2L), Optional.empty(), Optional.of(3L), Optional.of(4L));
    assertThat(registry.execute(List.of())).isEmpty();
  }

  @Test
  void theVersionOfAnyTimeIsKnown() {
    givenTwoDeployed();
    given(rollback(P, null));
    List<RegistryEvent> switches =
        registry.history(P).stream().filter(event -> event.toVersion() != null).toList();
    assertThat(switches).hasSize(3);
    for (RegistryEvent event : switches) {
      assertThat(registry.getActive(P, event.at()).versionId()).isEqualTo(event.toVersion());
      assertThat(registry.getActive(P, event.at()).promptText())
          .isEqualTo(text(String.valueOf(event.toVersion())));
    }
    assertThat(registry.getActive(P, switches.get(1).at().minusNanos(1000)).versionId())
        .isEqualTo(v("1.0.0"));
    Instant before = switches.get(0).at().minusNanos(1000);
    assertRefused(
        () -> registry.getActive(P, before),
        Reason.NO_ACTIVE_VERSION,
        "no version of " + P + " was active at " + before);
  }

  @Test
  void theViewIsWhatIsStored() {
    givenTwoDeployed();
    given(rollback(P, null), register(P, "2.0.0"), register("b", "1.0.0"));
    RegistryView view = registry.view();
    assertThat(view.lastEventId()).isEqualTo(registry.history(null).size());
    assertThat(view.activeVersion(P)).isEqualTo(registry.getActive(P).versionId());
    assertThat(view.activeVersion("b")).isNull();
    assertThat(view.versions()).hasSize(4);
    for (PromptVersion version : registry.versions(P)) {
      RegisteredVersion viewed = view.version(RegistryView.id(P, version.versionId()));
      assertThat(viewed.definition()).isEqualTo(version.definition());
      assertThat(viewed.deployment()).isEqualTo(version.deployment());
      assertThat(viewed.rollbackReference()).isEqualTo(version.rollbackReference());
    }
  }

  @Test
  void versionsAreInTheOrderOfTheirNumbersAndPromptsSorted() {
    given(
        register(P, "1.10.0"),
        register(P, "1.9.0"),
        register(P, "1.9.0-rc.1"),
        register("b", "1.0.0"),
        register("B", "1.0.0"),
        register("ä", "1.0.0"));
    assertThat(registry.versions(P).stream().map(version -> version.versionId().toString()))
        .containsExactly("1.9.0-rc.1", "1.9.0", "1.10.0");
    assertThat(registry.promptIds()).containsExactly("B", "b", P, "ä");
  }

  @Test
  void timesNeverGoBack() {
    givenTwoDeployed();
    List<RegistryEvent> history = registry.history(null);
    for (int i = 0; i < history.size(); i++) {
      assertThat(history.get(i).eventId()).isEqualTo(i + 1);
      assertThat(history.get(i).at()).isAfterOrEqualTo(history.get(Math.max(0, i - 1)).at());
    }
  }

  @Test
  void whatCannotBeStoredIsRefused() {
    assertThatThrownBy(() -> given(register("a\nb", "1.0.0")))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> given(register("", "1.0.0")))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> registry.register(P, definition("1.0.0", " ", null, null), " "))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(
            () -> registry.register(P, definition("1.0.0", "a\ud800", null, null), "a\ud800"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("the prompt's text has an unpaired surrogate");
    assertThatThrownBy(() -> registry.stage(P, v("1.0.0"), "x".repeat(1001)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("a reason has at most 1000 characters");
    assertThat(registry.promptIds()).isEmpty();
  }
}
