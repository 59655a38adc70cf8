package io.promptmonitor.cli;

import io.promptmonitor.common.registry.RegistryException;
import io.promptmonitor.common.simulation.ServedVersions;
import io.promptmonitor.database.Database;
import io.promptmonitor.registry.CachingPromptRegistry;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Simulated applications ask the registry which version to serve, and follow when one is deployed
 * or rolled back. Of prompts that have no active version, or while the database is away at the
 * first question, they know nothing, and ask again after some seconds. Not thread-safe.
 */
final class ServedByRegistry implements ServedVersions, AutoCloseable {

  private static final long ASK_AGAIN_NANOS = Duration.ofSeconds(5).toNanos();

  private final CachingPromptRegistry registry;
  private final Map<String, Long> unknownSince = new HashMap<>();

  ServedByRegistry(Database database) {
    registry = CachingPromptRegistry.open(database);
  }

  @Override
  public @Nullable String of(String promptId) {
    Long unknown = unknownSince.get(promptId);
    if (unknown != null && System.nanoTime() - unknown < ASK_AGAIN_NANOS) {
      return null;
    }
    try {
      String version = registry.getActive(promptId).versionId().toString();
      unknownSince.remove(promptId);
      return version;
    } catch (RegistryException e) {
      unknownSince.put(promptId, System.nanoTime());
      return null;
    }
  }

  @Override
  public void close() {
    registry.close();
  }
}
