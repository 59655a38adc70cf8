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
}
