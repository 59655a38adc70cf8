package io.promptmonitor.cluster;

import io.promptmonitor.common.registry.Performance;
import io.promptmonitor.common.registry.PromptHash;
import io.promptmonitor.common.registry.RollbackPolicy;
import io.promptmonitor.common.registry.SemanticVersion;
import io.promptmonitor.common.registry.VersionDefinition;
import io.promptmonitor.database.Database;
import io.promptmonitor.registry.PostgresPromptRegistry;

/** Versions in the registry of a migrated database. */
final class Registrations {

  private Registrations() {}

  /** So that calibration is known for them, and unknown for the others. */
  static void someVersions(Database database) {
    try (PostgresPromptRegistry registry = new PostgresPromptRegistry(database)) {
      for (int prompt = 0; prompt < 6; prompt++) {
        registry.register(
            "prompt-" + prompt,
            new VersionDefinition(
                SemanticVersion.parse("1.0.0"),
                PromptHash.of("text"),
                null,
                null,
                null,
                new Performance(prompt * 1.5, null, null, null),
                RollbackPolicy.defaults(),
                null),
            "text");
      }
    }
  }
}
