package io.promptmonitor.common.registry;

import io.promptmonitor.common.execution.PromptVersionId;
import java.util.Collections;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * The registry as its changes tell it: every version, and which one is active. A state machine that
 * takes the changes in the order of their ids. Not thread-safe.
 *
 * <p>Ids have no gaps, so a change that was missed is noticed with the next one: {@link #apply}
 * then throws, as it does when a change contradicts those before it. A view that is wrong would be
 * worse than none.
 */
public final class RegistryView {

  private final Map<PromptVersionId, RegisteredVersion> versions = new HashMap<>();
  private final Map<String, SemanticVersion> active = new HashMap<>();
  private long lastEventId;

  /** A view of a registry in which nothing has happened yet. */
  public RegistryView() {}

  /**
   * A view as another one was.
   *
   * @param lastEventId its {@link #lastEventId}
   * @param versions its {@link #versions}
   */
  public RegistryView(long lastEventId, Map<PromptVersionId, RegisteredVersion> versions) {
    this.lastEventId = lastEventId;
    this.versions.putAll(versions);
    versions.forEach(
        (id, version) -> {
          if (version.deployment().status() == VersionStatus.ACTIVE
              && active.put(id.promptId(), version.definition().versionId()) != null) {
            throw new IllegalArgumentException("two active versions of " + id.promptId());
          }
        });
  }

  /**
   * Applies the next change.
   *
   * @return false if it was applied before: nothing happened
   * @throws IllegalStateException if a change before this one is missing, or if it is not possible
   *     after those before; nothing happened
   */
  public boolean apply(RegistryChange change) {
    RegistryEvent event = change.event();
    if (event.eventId() <= lastEventId) {
      return false;
    }
    if (event.eventId() != lastEventId + 1) {
      throw new IllegalStateException(
          "registry event %d follows event %d: those in between were missed"
              .formatted(event.eventId(), lastEventId));
    }
    switch (event.kind()) {
      case REGISTERED -> register(event, change.definition());
      case STAGED -> move(event, VersionStatus.STAGED, null);
      case DEPLOYED -> activate(event, DeprecationReason.SUPERSEDED);
      case ROLLED_BACK -> activate(event, DeprecationReason.ROLLED_BACK);
      case DEPRECATED -> {
        if (event.versionId().equals(active.get(event.promptId()))) {
          throw contradiction(event, "the active version cannot be withdrawn");
        }
        move(event, VersionStatus.DEPRECATED, DeprecationReason.WITHDRAWN);
      }
    }
    lastEventId = event.eventId();
    return true;
  }

  private void register(RegistryEvent event, @Nullable VersionDefinition definition) {
    if (definition == null || !definition.versionId().equals(event.versionId())) {
      throw contradiction(event, "the definition is not that version's");
    }
    PromptVersionId id = id(event.promptId(), event.versionId());
    if (versions.containsKey(id)) {
      throw contradiction(event, "the version is registered already");
    }
    versions.put(id, new RegisteredVersion(definition, Deployment.draft(), null));
  }

  private void move(
      RegistryEvent event, VersionStatus status, @Nullable DeprecationReason deprecation) {
    RegisteredVersion version = registered(event, event.versionId());
    Deployment before = version.deployment();
    put(
        event,
        version,
        new Deployment(status, deprecation, before.deployedAt(), before.deployedBy()),
        version.replaced());
  }

  private void activate(RegistryEvent event, DeprecationReason reasonOfPredecessor) {
    SemanticVersion from = event.fromVersion();
    if (!Objects.equals(from, active.get(event.promptId())) || event.versionId().equals(from)) {
      throw contradiction(event, "active before is " + active.get(event.promptId()));
    }
    RegisteredVersion version = registered(event, event.versionId());
    SemanticVersion replaced = version.replaced();
    if (from != null) {
      RegisteredVersion predecessor = registered(event, from);
      Deployment before = predecessor.deployment();
      put(
          event,
          predecessor,
          new Deployment(
              VersionStatus.DEPRECATED,
              reasonOfPredecessor,
              before.deployedAt(),
              before.deployedBy()),
          predecessor.replaced());
      if (event.kind() == RegistryEvent.Kind.DEPLOYED) {
        replaced = from;
      }
    }
    put(
        event,
        version,
        new Deployment(VersionStatus.ACTIVE, null, event.at(), event.actor()),
        replaced);
    active.put(event.promptId(), event.versionId());
  }

  private RegisteredVersion registered(RegistryEvent event, SemanticVersion versionId) {
    RegisteredVersion version = versions.get(id(event.promptId(), versionId));
    if (version == null) {
      throw contradiction(event, "version " + versionId + " was never registered");
    }
    return version;
  }

  private void put(
      RegistryEvent event,
      RegisteredVersion version,
      Deployment deployment,
      @Nullable SemanticVersion replaced) {
    VersionDefinition definition = version.definition();
    versions.put(
        id(event.promptId(), definition.versionId()),
        new RegisteredVersion(definition, deployment, replaced));
  }

  private static IllegalStateException contradiction(RegistryEvent event, String problem) {
    return new IllegalStateException(
        "registry event %d (%s %s@%s) contradicts those before it: %s"
            .formatted(
                event.eventId(),
                event.kind().label(),
                event.promptId(),
                event.versionId(),
                problem));
  }

  /** How the version of a prompt is called in execution records. */
  public static PromptVersionId id(String promptId, SemanticVersion versionId) {
    return new PromptVersionId(promptId, versionId.toString());
  }

  /** Id of the last change that was applied, 0 before the first. */
  public long lastEventId() {
    return lastEventId;
  }

  /** All versions; a view of the present state, not to be changed. */
  public Map<PromptVersionId, RegisteredVersion> versions() {
    return Collections.unmodifiableMap(versions);
  }

  /** A version, or null if it was never registered. */
  public @Nullable RegisteredVersion version(PromptVersionId id) {
    return versions.get(id);
  }

  /** The active version of a prompt, or null if it has none. */
  public @Nullable SemanticVersion activeVersion(String promptId) {
    return active.get(promptId);
  }

  /**
   * The quality that was predicted for a version, 0 to 10; NaN if it is unknown, or the version is.
   */
  public double predictedQuality(PromptVersionId id) {
    RegisteredVersion version = versions.get(id);
    return version == null ? Double.NaN : version.predictedQuality();
  }
}
