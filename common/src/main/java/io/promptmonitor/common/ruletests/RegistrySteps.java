package io.promptmonitor.common.ruletests;

import io.promptmonitor.common.config.ConfigValue;
import io.promptmonitor.common.registry.LifeCycle;
import io.promptmonitor.common.registry.RegistryChange;
import io.promptmonitor.common.registry.RegistryEvent;
import io.promptmonitor.common.registry.RegistryException;
import io.promptmonitor.common.registry.RegistryOperation;
import io.promptmonitor.common.registry.RegistryView;
import io.promptmonitor.common.registry.SemanticVersion;
import io.promptmonitor.common.registry.VersionDefinition;
import io.promptmonitor.common.ruletests.VersionsSchema.Listed;
import io.promptmonitor.common.ruletests.VersionsSchema.Status;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** What becomes of the registry in a test, found out when the test is read: no input matters. */
final class RegistrySteps {

  private static final String ACTOR = "operator";

  private final RegistryView registry;
  private final long start;

  /**
   * The steps of a test.
   *
   * @param registry what it holds so far; every step changes it
   * @param start milliseconds since the epoch
   */
  RegistrySteps(RegistryView registry, long start) {
    this.registry = registry;
    this.start = start;
  }

  /**
   * The changes that lead to what the registry holds when the test begins.
   *
   * @param refused takes the message about a version that the registry would not take
   */
  List<RegistryChange> initial(List<Listed> versions, BiConsumer<Listed, String> refused) {
    List<RegistryChange> changes = new ArrayList<>();
    for (Listed version : versions) {
      VersionDefinition definition = version.definition();
      if (definition != null) {
        RegistryOperation register =
            new RegistryOperation.Register(version.id().promptId(), definition, "");
        add(register, definition, changes, message -> refused.accept(version, message));
      }
    }
    // What is deployed last is active.
    for (Status status : Status.values()) {
      for (Listed version : versions) {
        SemanticVersion number = version.number();
        if (version.status() == status && number != null) {
          moveOn(version, number, changes, message -> refused.accept(version, message));
        }
      }
    }
    return changes;
  }

  private void moveOn(
      Listed version,
      SemanticVersion number,
      List<RegistryChange> changes,
      Consumer<String> refused) {
    String prompt = version.id().promptId();
    List<RegistryOperation> operations = new ArrayList<>();
    Status status = version.status();
    if (status == Status.STAGED || status == Status.SUPERSEDED || status == Status.ACTIVE) {
      operations.add(new RegistryOperation.Stage(prompt, number, null));
    }
    if (status == Status.SUPERSEDED || status == Status.ACTIVE) {
      operations.add(new RegistryOperation.Deploy(prompt, number, null));
    }
    if (status == Status.WITHDRAWN) {
      operations.add(new RegistryOperation.Deprecate(prompt, number, null));
    }
    operations.forEach(operation -> add(operation, null, changes, refused));
  }

  private void add(
      RegistryOperation operation,
      @Nullable VersionDefinition definition,
      List<RegistryChange> changes,
      Consumer<String> refused) {
    try {
      decide(operation, definition, 0).ifPresent(changes::add);
    } catch (RegistryException e) {
      refused.accept(String.valueOf(e.getMessage()));
    }
  }

  /**
   * The changes to which an operation leads at a time since the start; none if it is so already.
   */
  List<RegistryChange> step(RegistryOperation operation, long at, ConfigValue value) {
    try {
      return decide(operation, null, at).stream().toList();
    } catch (RegistryException e) {
      throw value.invalid(String.valueOf(e.getMessage()));
    }
  }

  private Optional<RegistryChange> decide(
      RegistryOperation operation, @Nullable VersionDefinition definition, long at) {
    Optional<RegistryEvent> event =
        LifeCycle.decide(operation, registry, Instant.ofEpochMilli(start + at), ACTOR);
    return event.map(
        e -> {
          RegistryChange change = new RegistryChange(e, definition);
          registry.apply(change);
          return change;
        });
  }
}
