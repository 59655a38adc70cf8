package io.promptmonitor.common.registry;

import java.time.Instant;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A version of a prompt in the registry: what was registered, and its present state.
 *
 * @param promptId identifier of the prompt
 * @param definition what was registered; never changes
 * @param promptText the prompt; not blank, without U+0000
 * @param createdAt when the version was made: as its definition says, else when it was registered
 * @param createdBy who made it: as its definition says, else who registered it
 * @param deployment where it is in its life cycle
 * @param rollbackReference the version that a rollback from this one goes to: as its definition
 *     says, else the version it last replaced; null if there is none
 */
public record PromptVersion(
    String promptId,
    VersionDefinition definition,
    String promptText,
    Instant createdAt,
    String createdBy,
    Deployment deployment,
    @Nullable SemanticVersion rollbackReference) {

  public PromptVersion {
    Objects.requireNonNull(promptId, "promptId");
    Objects.requireNonNull(definition, "definition");
    Objects.requireNonNull(promptText, "promptText");
    Objects.requireNonNull(createdAt, "createdAt");
    Objects.requireNonNull(createdBy, "createdBy");
    Objects.requireNonNull(deployment, "deployment");
  }

  /** The version's number. */
  public SemanticVersion versionId() {
    return definition.versionId();
  }

  /**
   * Whether registering a definition in place of this version's would change nothing. What the
   * registry fills in (when and by whom the version was made, where a rollback goes) may be left
   * out in the new one, or be what it is here: so an exported file can be registered again.
   */
  public boolean hasContentOf(VersionDefinition other) {
    RollbackPolicy registered = definition.rollback();
    return definition.equals(
        new VersionDefinition(
            other.versionId(),
            other.promptHash(),
            asRegistered(other.createdAt(), createdAt, definition.createdAt()),
            asRegistered(other.createdBy(), createdBy, definition.createdBy()),
            other.exploration(),
            other.performance(),
            new RollbackPolicy(
                asRegistered(
                    other.rollback().reference(), rollbackReference, registered.reference()),
                other.rollback().autoRollbackEnabled()),
            other.specification()));
  }

  /** The registered value for one that is left out or is the version's, else the value itself. */
  private static <T> @Nullable T asRegistered(
      @Nullable T value, @Nullable T effective, @Nullable T registered) {
    return value == null || value.equals(effective) ? registered : value;
  }
}
