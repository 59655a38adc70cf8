package io.promptmonitor.cluster;

import io.promptmonitor.common.registry.Performance;
import io.promptmonitor.common.registry.PromptHash;
import io.promptmonitor.common.registry.PromptRegistry;
import io.promptmonitor.common.registry.RollbackPolicy;
import io.promptmonitor.common.registry.SemanticVersion;
import io.promptmonitor.common.registry.VersionDefinition;
import io.promptmonitor.database.Database;
import io.promptmonitor.database.embedded.PostgresExtension;
import io.promptmonitor.registry.PostgresPromptRegistry;
import org.jspecify.annotations.Nullable;

/** Versions in a registry. */
public final class Registrations {

  private Registrations() {}

  /** So that calibration is known for them, and unknown for the others. */
  static void someVersions(Database database) {
    try (PostgresPromptRegistry registry = new PostgresPromptRegistry(database)) {
      for (int prompt = 0; prompt < 6; prompt++) {
        register(registry, "prompt-" + prompt, "1.0.0", prompt * 1.5);
      }
    }
  }

  /** Registers versions of a prompt and makes one after the other active. */
  public static void deploy(PromptRegistry registry, String promptId, String... versions) {
    for (String version : versions) {
      register(registry, promptId, version, null);
      SemanticVersion id = SemanticVersion.parse(version);
      registry.stage(promptId, id, null);
      registry.deploy(promptId, id, null);
    }
  }

  /** As if that had been an hour ago: windows must lie in a version's time to count for it. */
  public static void setBackAnHour(PostgresExtension postgres) {
    postgres.execute(
        "SET session_replication_role = replica;"
            + " UPDATE registry_event SET at = at - interval '1 hour';"
            + " UPDATE prompt_version SET registered_at = registered_at - interval '1 hour',"
            + " deployed_at = deployed_at - interval '1 hour'");
  }

  private static void register(
      PromptRegistry registry, String promptId, String version, @Nullable Double quality) {
    String text = "text of " + version;
    registry.register(
        promptId,
        new VersionDefinition(
            SemanticVersion.parse(version),
            PromptHash.of(text),
            null,
            null,
            null,
            new Performance(quality, null, null, null),
            RollbackPolicy.defaults(),
            null),
        text);
  }
}
