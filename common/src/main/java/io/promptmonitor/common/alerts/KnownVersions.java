package io.promptmonitor.common.alerts;

import io.promptmonitor.common.execution.PromptVersionId;
import io.promptmonitor.common.registry.RegisteredVersion;
import io.promptmonitor.common.registry.RegistryView;
import io.promptmonitor.common.windows.SlidingDemand;
import io.promptmonitor.common.windows.VersionFacts;
import java.util.HashMap;
import java.util.Map;

/**
 * What the registry and the rules say of prompt versions. What rules want is worked out once for
 * each version that has traffic, and again after a change of its prompt. Not thread-safe.
 */
public final class KnownVersions implements VersionFacts {

  private final RegistryView registry;
  private final RuleDemand rules;
  private final SlidingDemand ofUnregistered;
  private final Map<String, Map<String, SlidingDemand>> ofRegistered = new HashMap<>();

  /** What a registry, which goes on changing, and rules say. */
  public KnownVersions(RegistryView registry, RuleDemand rules) {
    this.registry = registry;
    this.rules = rules;
    this.ofUnregistered = rules.of(null);
  }

  /** Something changed in the registry. */
  public void changed(String promptId) {
    ofRegistered.remove(promptId);
  }

  @Override
  public double predictedQuality(PromptVersionId promptVersion) {
    return registry.predictedQuality(promptVersion);
  }

  @Override
  public SlidingDemand slidingDemand(PromptVersionId promptVersion) {
    RegisteredVersion version = registry.version(promptVersion);
    if (version == null) {
      return ofUnregistered;
    }
    Map<String, SlidingDemand> versions =
        ofRegistered.computeIfAbsent(promptVersion.promptId(), id -> new HashMap<>());
    SlidingDemand demand = versions.get(promptVersion.version());
    if (demand == null) {
      demand = rules.of(version);
      versions.put(promptVersion.version(), demand);
    }
    return demand;
  }
}
