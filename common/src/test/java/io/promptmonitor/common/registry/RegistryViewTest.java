package io.promptmonitor.common.registry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.promptmonitor.common.conditions.Condition;
import io.promptmonitor.common.execution.PromptVersionId;
import io.promptmonitor.common.metrics.Metric;
import io.promptmonitor.common.registry.DeploymentSpecification.AlertThreshold;
import io.promptmonitor.common.registry.DeploymentSpecification.Monitoring;
import io.promptmonitor.common.registry.DeploymentSpecification.PerformanceBaseline;
import io.promptmonitor.common.registry.DeploymentSpecification.RollbackTriggers;
import io.promptmonitor.common.registry.DeploymentSpecification.VersionControl;
import io.promptmonitor.common.registry.RegistryEvent.Kind;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.ShrinkingMode;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class RegistryViewTest {

  private static final SemanticVersion FIRST = SemanticVersion.parse("1.0.0");
  private static final SemanticVersion SECOND = SemanticVersion.parse("1.1.0");

  /** Whatever happens, in whichever pieces and with whatever repeats it is told. */
  @Property(tries = 300, shrinking = ShrinkingMode.OFF)
  void theViewIsWhatTheHistorySays(@ForAll long seed) {
    Random random = new Random(seed);
    List<RegistryChange> history = new RandomRegistry(seed).history(1 + random.nextInt(120));
    RegistryView view = new RegistryView();
    for (int i = 0; i < history.size(); i++) {
      if (random.nextInt(5) == 0) {
        view = new RegistryView(view.lastEventId(), view.versions());
      }
      if (i > 0 && random.nextInt(5) == 0) {
        assertThat(view.apply(history.get(random.nextInt(i)))).isFalse();
      }
      assertThat(view.apply(history.get(i))).isTrue();
    }
    assertThat(view.lastEventId()).isEqualTo(history.size());
    assertThat(view.versions()).isEqualTo(versions(history));
    for (String promptId : List.of("a", "b/c", "d", "other")) {
      assertThat(view.activeVersion(promptId)).isEqualTo(active(history, promptId));
    }
    for (Map.Entry<PromptVersionId, RegisteredVersion> entry : versions(history).entrySet()) {
      Double predicted = entry.getValue().definition().performance().predictedQuality();
      assertThat(view.predictedQuality(entry.getKey()))
          .isEqualTo(Objects.requireNonNullElse(predicted, Double.NaN));
    }
  }

  /** For each version, the last of its events that says each thing. */
  private static Map<PromptVersionId, RegisteredVersion> versions(List<RegistryChange> history) {
    Map<PromptVersionId, RegisteredVersion> versions = new HashMap<>();
    for (RegistryChange registration : history) {
      VersionDefinition definition = registration.definition();
      if (definition != null) {
        String promptId = registration.event().promptId();
        PromptVersionId id = RegistryView.id(promptId, definition.versionId());
        List<RegistryEvent> events =
            history.stream()
                .map(RegistryChange::event)
                .filter(event -> event.promptId().equals(promptId))
                .filter(event -> concerns(event, definition.versionId()))
                .toList();
        versions.put(id, version(definition, events));
      }
    }
    return versions;
  }

  private static boolean concerns(RegistryEvent event, SemanticVersion version) {
    return version.equals(event.versionId()) || version.equals(event.fromVersion());
  }

  private static RegisteredVersion version(
      VersionDefinition definition, List<RegistryEvent> events) {
    SemanticVersion id = definition.versionId();
    RegistryEvent last = events.get(events.size() - 1);
    RegistryEvent activated = null;
    SemanticVersion replaced = null;
    for (RegistryEvent event : events) {
      if (id.equals(event.toVersion())) {
        activated = event;
        if (event.kind() == Kind.DEPLOYED && event.fromVersion() != null) {
          replaced = event.fromVersion();
        }
      }
    }
    boolean left = id.equals(last.fromVersion());
    VersionStatus status =
        left
            ? VersionStatus.DEPRECATED
            : switch (last.kind()) {
              case REGISTERED -> VersionStatus.DRAFT;
              case STAGED -> VersionStatus.STAGED;
              case DEPLOYED, ROLLED_BACK -> VersionStatus.ACTIVE;
              case DEPRECATED -> VersionStatus.DEPRECATED;
            };
    DeprecationReason deprecation =
        status != VersionStatus.DEPRECATED
            ? null
            : last.kind() == Kind.DEPLOYED
                ? DeprecationReason.SUPERSEDED
                : last.kind() == Kind.ROLLED_BACK
                    ? DeprecationReason.ROLLED_BACK
                    : DeprecationReason.WITHDRAWN;
    return new RegisteredVersion(
        definition,
        new Deployment(
            status,
            deprecation,
            activated == null ? null : activated.at(),
            activated == null ? null : activated.actor()),
        replaced);
  }

  private static @Nullable SemanticVersion active(List<RegistryChange> history, String promptId) {
    SemanticVersion active = null;
    for (RegistryChange change : history) {
      if (change.event().promptId().equals(promptId) && change.event().toVersion() != null) {
        active = change.event().toVersion();
      }
    }
    return active;
  }

  @Test
  void aMissedChangeIsNoticed() {
    List<RegistryChange> history = new RandomRegistry(1).history(5);
    RegistryView view = new RegistryView();
    view.apply(history.get(0));
    assertThatThrownBy(() -> view.apply(history.get(2)))
        .isInstanceOf(IllegalStateException.class)
        .hasMessage("registry event 3 follows event 1: those in between were missed");
    assertThat(view.lastEventId()).isEqualTo(1);
  }

  @Test
  void aChangeThatIsNotPossibleIsNoticed() {
    RegistryView view = new RegistryView();
    view.apply(change(1, Kind.REGISTERED, FIRST, null));
    Map<PromptVersionId, RegisteredVersion> before = Map.copyOf(view.versions());
    for (RegistryChange impossible :
        List.of(
            change(2, Kind.REGISTERED, FIRST, null),
            change(2, Kind.STAGED, SECOND, null),
            change(2, Kind.DEPLOYED, SECOND, null),
            change(2, Kind.DEPLOYED, FIRST, SECOND),
            change(2, Kind.ROLLED_BACK, FIRST, SECOND))) {
      assertThatThrownBy(() -> view.apply(impossible))
          .isInstanceOf(IllegalStateException.class)
          .hasMessageStartingWith("registry event 2 (" + impossible.event().kind().label())
          .hasMessageContaining("contradicts");
    }
    assertThat(view.versions()).isEqualTo(before);
    view.apply(change(2, Kind.DEPLOYED, FIRST, null));
    assertThatThrownBy(() -> view.apply(change(3, Kind.DEPRECATED, FIRST, null)))
        .hasMessage(
            "registry event 3 (deprecated p@1.0.0) contradicts those before it:"
                + " the active version cannot be withdrawn");
  }

  private static RegistryChange change(
      long eventId, Kind kind, SemanticVersion version, @Nullable SemanticVersion from) {
    boolean switches = kind == Kind.DEPLOYED || kind == Kind.ROLLED_BACK;
    return new RegistryChange(
        new RegistryEvent(
            eventId,
            java.time.Instant.EPOCH,
            kind,
            "p",
            version,
            from,
            switches ? version : null,
            "somebody",
            null,
            null),
        kind == Kind.REGISTERED ? RandomRegistry.definition(version.toString(), null) : null);
  }

  @Test
  void baselinesAreThoseOfTheVersionAndThenThoseOfItsSpecification() {
    DeploymentSpecification specification =
        new DeploymentSpecification(
            new VersionControl(FIRST, "hash", null, null, null),
            new PerformanceBaseline(0.95, 800.0, 1500.0, 500.0, 1200.0, 0.9),
            List.of(new AlertThreshold(Metric.ERROR_RATE, 0.03, 0.05)),
            new RollbackTriggers(
                List.of(Condition.parse("error_rate > 0.10 for 5 minutes")), List.of()),
            Monitoring.none());
    RegisteredVersion both = version(new Performance(7.5, 0.9, null, 1600.0), specification);
    assertThat(both.baseline(Metric.SUCCESS_RATE)).isEqualTo(0.9);
    assertThat(both.baseline(Metric.ERROR_RATE)).isEqualTo(0.1);
    assertThat(both.baseline(Metric.LATENCY_P50)).isEqualTo(800);
    assertThat(both.baseline(Metric.LATENCY_P95)).isEqualTo(1600);
    assertThat(both.baseline(Metric.AVG_TOTAL_TOKENS)).isEqualTo(500);
    assertThat(both.baseline(Metric.CONSISTENCY_RATE)).isEqualTo(0.9);
    assertThat(both.baseline(Metric.LATENCY_P99)).isNull();
    assertThat(both.predictedQuality()).isEqualTo(7.5);
    assertThat(both.alertThresholds()).isEqualTo(specification.alertThresholds());
    assertThat(both.rollbackTriggers()).isEqualTo(specification.rollbackTriggers());

    RegisteredVersion nothing = version(Performance.unknown(), null);
    for (Metric metric : Metric.values()) {
      assertThat(nothing.baseline(metric)).isNull();
    }
    assertThat(nothing.predictedQuality()).isNaN();
    assertThat(nothing.alertThresholds()).isEmpty();
    assertThat(nothing.rollbackTriggers()).isEqualTo(RollbackTriggers.none());
  }

  @Test
  void aStatedRollbackReferenceIsStrongerThanTheVersionReplaced() {
    VersionDefinition plain = RandomRegistry.definition("1.1.0", null);
    assertThat(new RegisteredVersion(plain, Deployment.draft(), null).rollbackReference()).isNull();
    assertThat(new RegisteredVersion(plain, Deployment.draft(), FIRST).rollbackReference())
        .isEqualTo(FIRST);
    VersionDefinition stating =
        new VersionDefinition(
            SECOND,
            "hash",
            null,
            null,
            null,
            Performance.unknown(),
            new RollbackPolicy(SemanticVersion.parse("0.9.0"), true),
            null);
    assertThat(new RegisteredVersion(stating, Deployment.draft(), FIRST).rollbackReference())
        .hasToString("0.9.0");
  }

  private static RegisteredVersion version(
      Performance performance, @Nullable DeploymentSpecification specification) {
    return new RegisteredVersion(
        new VersionDefinition(
            FIRST, "hash", null, null, null, performance, RollbackPolicy.defaults(), specification),
        Deployment.draft(),
        null);
  }
}
