package io.promptmonitor.registry;

import io.promptmonitor.common.registry.Performance;
import io.promptmonitor.common.registry.PromptHash;
import io.promptmonitor.common.registry.RegistryOperation;
import io.promptmonitor.common.registry.RollbackPolicy;
import io.promptmonitor.common.registry.SemanticVersion;
import io.promptmonitor.common.registry.VersionDefinition;
import org.jspecify.annotations.Nullable;

/** Versions to register in tests. */
final class Versions {

  private Versions() {}

  static SemanticVersion v(String versionId) {
    return SemanticVersion.parse(versionId);
  }

  /** The text that a version has unless a test gives it another one. */
  static String text(String versionId) {
    return "You are the assistant of version " + versionId + ".";
  }

  static VersionDefinition definition(String versionId) {
    return definition(versionId, text(versionId), 8.5, null);
  }

  static VersionDefinition definition(
      String versionId,
      String text,
      @Nullable Double predictedQuality,
      @Nullable String rollbackReference) {
    return new VersionDefinition(
        v(versionId),
        PromptHash.of(text),
        null,
        null,
        null,
        new Performance(predictedQuality, null, null, null),
        new RollbackPolicy(rollbackReference == null ? null : v(rollbackReference), true),
        null);
  }

  static RegistryOperation register(String promptId, String versionId) {
    return new RegistryOperation.Register(promptId, definition(versionId), text(versionId));
  }

  static RegistryOperation stage(String promptId, String versionId) {
    return new RegistryOperation.Stage(promptId, v(versionId), null);
  }

  static RegistryOperation deploy(String promptId, String versionId) {
    return new RegistryOperation.Deploy(promptId, v(versionId), null);
  }

  static RegistryOperation rollback(String promptId, @Nullable String to) {
    return new RegistryOperation.Rollback(promptId, to == null ? null : v(to), "it fails");
  }

  static RegistryOperation deprecate(String promptId, String versionId) {
    return new RegistryOperation.Deprecate(promptId, v(versionId), null);
  }
}
