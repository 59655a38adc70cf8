package io.promptmonitor.common.registry;

import org.jspecify.annotations.Nullable;

/** One change that someone asks of the registry. */
public sealed interface RegistryOperation {

  /** The prompt to change. */
  String promptId();

  /**
   * Adds a version, as a draft; does nothing if it is registered with the same content.
   *
   * @param promptText the text that the definition has the hash of
   */
  record Register(String promptId, VersionDefinition definition, String promptText)
      implements RegistryOperation {}

  /** Makes a draft ready to be deployed; does nothing if it is. */
  record Stage(String promptId, SemanticVersion versionId, @Nullable String reason)
      implements RegistryOperation {}

  /**
   * Makes a staged, superseded or rolled-back version active in place of the present one, which is
   * superseded; does nothing if it is active.
   */
  record Deploy(String promptId, SemanticVersion versionId, @Nullable String reason)
      implements RegistryOperation {}

  /**
   * Makes an earlier version active again in place of the active one, on request of a person.
   *
   * @param to the version to go back to; null for the active version's rollback reference
   * @param reason why; not blank
   * @param from the version that must be active, so that one that somebody else made active in the
   *     meantime is not rolled back; null for whichever is
   */
  record Rollback(
      String promptId, @Nullable SemanticVersion to, String reason, @Nullable SemanticVersion from)
      implements RegistryOperation {

    /** A rollback from whichever version is active. */
    public Rollback(String promptId, @Nullable SemanticVersion to, String reason) {
      this(promptId, to, reason, null);
    }
  }

  /** Withdraws a version that is not active, for good; does nothing if it is withdrawn. */
  record Deprecate(String promptId, SemanticVersion versionId, @Nullable String reason)
      implements RegistryOperation {}
}
