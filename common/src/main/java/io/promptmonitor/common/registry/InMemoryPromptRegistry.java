package io.promptmonitor.common.registry;

import io.promptmonitor.common.execution.PromptVersionId;
import io.promptmonitor.common.registry.RegistryException.Reason;
import java.time.Instant;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The registry in the memory of a process, with the rules of the one in the database: for tests,
 * replays and simulations. Safe for use by many threads.
 */
public final class InMemoryPromptRegistry implements PromptRegistry {

  private final Supplier<String> actor;
  private final InstantSource clock;
  private Contents contents = new Contents();

  /** What the registry holds. A change is made to a copy, so that one that fails leaves nothing. */
  private static final class Contents {
    private final RegistryView view;
    private final Map<PromptVersionId, Registration> registrations;
    private final List<RegistryEvent> events;

    Contents() {
      view = new RegistryView();
      registrations = new HashMap<>();
      events = new ArrayList<>();
    }

    Contents(Contents other) {
      view = new RegistryView(other.view.lastEventId(), other.view.versions());
      registrations = new HashMap<>(other.registrations);
      events = new ArrayList<>(other.events);
    }

    PromptVersion version(PromptVersionId id) {
      RegisteredVersion version = Objects.requireNonNull(view.version(id));
      Registration registration = Objects.requireNonNull(registrations.get(id));
      VersionDefinition definition = version.definition();
      return new PromptVersion(
          id.promptId(),
          definition,
          registration.promptText(),
          Objects.requireNonNullElse(definition.createdAt(), registration.event().at()),
          Objects.requireNonNullElse(definition.createdBy(), registration.event().actor()),
          version.deployment(),
          version.rollbackReference());
    }
  }

  /** What the view does not know of a version. */
  private record Registration(RegistryEvent event, String promptText) {}

  /**
   * An empty registry.
   *
   * @param actor who makes the change that is being made
   * @param clock what time it is; times are kept in microseconds, as in the database
   */
  public InMemoryPromptRegistry(Supplier<String> actor, InstantSource clock) {
    this.actor = actor;
    this.clock = clock;
  }

  @Override
  public synchronized List<Optional<RegistryEvent>> execute(List<RegistryOperation> operations) {
    List<RegistryOperation> checked = operations.stream().map(LifeCycle::checked).toList();
    Contents next = new Contents(contents);
    List<Optional<RegistryEvent>> events = new ArrayList<>();
    for (RegistryOperation operation : checked) {
      events.add(execute(operation, next));
    }
    contents = next;
    return events;
  }

  private Optional<RegistryEvent> execute(RegistryOperation operation, Contents next) {
    RegistryOperation.Register register =
        operation instanceof RegistryOperation.Register r ? r : null;
    if (register != null && isRegistered(register, next)) {
      return Optional.empty();
    }
    Optional<RegistryEvent> event = LifeCycle.decide(operation, next.view, now(next), actor.get());
    event.ifPresent(
        e -> {
          next.view.apply(new RegistryChange(e, register == null ? null : register.definition()));
          next.events.add(e);
          if (register != null) {
            next.registrations.put(
                RegistryView.id(e.promptId(), e.versionId()),
                new Registration(e, register.promptText()));
          }
        });
    return event;
  }

  private static boolean isRegistered(RegistryOperation.Register register, Contents contents) {
    VersionDefinition definition = register.definition();
    PromptVersionId id = RegistryView.id(register.promptId(), definition.versionId());
    return contents.view.version(id) != null && contents.version(id).hasContentOf(definition);
  }

  private Instant now(Contents next) {
    Instant now = clock.instant().truncatedTo(ChronoUnit.MICROS);
    Instant last = next.events.isEmpty() ? now : next.events.get(next.events.size() - 1).at();
    return now.isBefore(last) ? last : now;
  }

  @Override
  public synchronized ActivePrompt getActive(String promptId) {
    SemanticVersion active = contents.view.activeVersion(promptId);
    return active(promptId, active, promptId + " is active");
  }

  @Override
  public synchronized ActivePrompt getActive(String promptId, Instant at) {
    SemanticVersion active = null;
    for (RegistryEvent event : contents.events) {
      if (event.promptId().equals(promptId)
          && event.toVersion() != null
          && !event.at().isAfter(at)) {
        active = event.toVersion();
      }
    }
    return active(promptId, active, promptId + " was active at " + at);
  }

  private ActivePrompt active(String promptId, @Nullable SemanticVersion active, String what) {
    if (active == null) {
      versions(promptId);
      throw new RegistryException(Reason.NO_ACTIVE_VERSION, "no version of " + what);
    }
    PromptVersion version = contents.version(RegistryView.id(promptId, active));
    return new ActivePrompt(
        promptId, active, version.promptText(), version.definition().promptHash());
  }

  @Override
  public synchronized RegistryView view() {
    return new RegistryView(contents.view.lastEventId(), contents.view.versions());
  }

  @Override
  public synchronized List<String> promptIds() {
    return contents.registrations.keySet().stream()
        .map(PromptVersionId::promptId)
        .distinct()
        .sorted()
        .toList();
  }

  @Override
  public synchronized List<PromptVersion> versions(String promptId) {
    List<PromptVersion> versions =
        contents.registrations.keySet().stream()
            .filter(id -> id.promptId().equals(promptId))
            .map(contents::version)
            .sorted(Comparator.comparing(PromptVersion::versionId))
            .toList();
    if (versions.isEmpty()) {
      throw new RegistryException(
          Reason.UNKNOWN_PROMPT, "no version of prompt " + promptId + " is registered");
    }
    return versions;
  }

  @Override
  public synchronized PromptVersion version(String promptId, SemanticVersion versionId) {
    return versions(promptId).stream()
        .filter(version -> version.versionId().equals(versionId))
        .findFirst()
        .orElseThrow(
            () ->
                new RegistryException(
                    Reason.UNKNOWN_VERSION, promptId + " has no version " + versionId));
  }

  @Override
  public synchronized List<RegistryEvent> history(@Nullable String promptId) {
    return contents.events.stream()
        .filter(event -> promptId == null || event.promptId().equals(promptId))
        .toList();
  }

  /** Nothing to find: only this object can change what it holds. */
  @Override
  public List<String> verify() {
    return List.of();
  }
}
