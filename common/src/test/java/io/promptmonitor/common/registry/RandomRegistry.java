package io.promptmonitor.common.registry;

import io.promptmonitor.common.registry.RegistryEvent.Kind;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** A history of a registry in which anything happens that may. */
final class RandomRegistry {

  private static final Instant START = Instant.parse("2026-01-05T10:00:00Z");

  private final Random random;
  private final List<RegistryChange> history = new ArrayList<>();

  RandomRegistry(long seed) {
    random = new Random(seed);
  }

  /** So many changes, of a few prompts. */
  List<RegistryChange> history(int changes) {
    List<Prompt> prompts = List.of(new Prompt("a"), new Prompt("b/c"), new Prompt("d"));
    while (history.size() < changes) {
      prompts.get(random.nextInt(prompts.size())).change();
    }
    return List.copyOf(history);
  }

  static VersionDefinition definition(String version, @Nullable Double predictedQuality) {
    return new VersionDefinition(
        SemanticVersion.parse(version),
        PromptHash.of(version),
        null,
        null,
        null,
        new Performance(predictedQuality, null, null, null),
        RollbackPolicy.defaults(),
        null);
  }

  /** The life of one prompt, by status. */
  private final class Prompt {
    private final String id;
    private final TreeMap<SemanticVersion, String> states = new TreeMap<>();
    private int number;

    Prompt(String id) {
      this.id = id;
    }

    void change() {
      switch (random.nextInt(6)) {
        case 0 -> register();
        case 1 -> move("draft", Kind.STAGED, "staged");
        case 2, 3 -> {
          SemanticVersion to = any("staged", "superseded", "rolled back");
          switchTo(to, Kind.DEPLOYED, "superseded");
        }
        case 4 -> {
          SemanticVersion to = any("superseded");
          if (any("active") != null) {
            switchTo(to, Kind.ROLLED_BACK, "rolled back");
          }
        }
        default -> {
          String state = List.of("draft", "staged", "superseded").get(random.nextInt(3));
          if (random.nextInt(4) == 0) {
            move(state, Kind.DEPRECATED, "withdrawn");
          }
        }
      }
    }

    private void register() {
      VersionDefinition definition =
          definition(
              "1." + number++ + ".0", random.nextBoolean() ? random.nextInt(101) / 10.0 : null);
      states.put(definition.versionId(), "draft");
      event(Kind.REGISTERED, definition.versionId(), null, null, definition);
    }

    private void move(String from, Kind kind, String to) {
      SemanticVersion version = any(from);
      if (version != null) {
        states.put(version, to);
        event(kind, version, null, null, null);
      }
    }

    private void switchTo(@Nullable SemanticVersion to, Kind kind, String predecessors) {
      if (to != null) {
        SemanticVersion from = any("active");
        if (from != null) {
          states.put(from, predecessors);
        }
        states.put(to, "active");
        event(kind, to, from, to, null);
      }
    }

    private @Nullable SemanticVersion any(String... wanted) {
      List<SemanticVersion> found =
          states.keySet().stream()
              .filter(version -> List.of(wanted).contains(states.get(version)))
              .toList();
      return found.isEmpty() ? null : found.get(random.nextInt(found.size()));
    }

    private void event(
        Kind kind,
        SemanticVersion version,
        @Nullable SemanticVersion from,
        @Nullable SemanticVersion to,
        @Nullable VersionDefinition definition) {
      int n = history.size() + 1;
      history.add(
          new RegistryChange(
              new RegistryEvent(
                  n, START.plusSeconds(n), kind, id, version, from, to, "user" + n, null, null),
              definition));
    }
  }
}
