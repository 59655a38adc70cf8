package io.promptmonitor.common.registry;

import io.promptmonitor.common.config.ConfigSection;
import java.time.Instant;
import java.util.Objects;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * What is registered of a version, and never changes: the content of its file, without its state
 * and the text itself.
 *
 * @param versionId the version's number
 * @param promptHash the {@link PromptHash} of the prompt's text, which is kept apart
 * @param createdAt when the version was made; null leaves it to the registry
 * @param createdBy who made it; null leaves it to the registry
 * @param exploration how the prompt was arrived at; null if that is not known
 * @param performance what quality and latency are expected
 * @param rollback where a rollback goes, and whether it may happen by itself
 * @param specification the block {@code deployment_specification}; null without one
 */
public record VersionDefinition(
    SemanticVersion versionId,
    String promptHash,
    @Nullable Instant createdAt,
    @Nullable String createdBy,
    @Nullable Exploration exploration,
    Performance performance,
    RollbackPolicy rollback,
    @Nullable DeploymentSpecification specification) {

  private static final Pattern HASH = Pattern.compile("[0-9a-f]{64}");

  public VersionDefinition {
    Objects.requireNonNull(versionId, "versionId");
    Objects.requireNonNull(promptHash, "promptHash");
    Objects.requireNonNull(performance, "performance");
    Objects.requireNonNull(rollback, "rollback");
  }

  /**
   * Reads a version that was made up, for tests of rules: the blocks {@code performance} and {@code
   * rollback} as {@code PromptVersion} has them, and {@code deployment_specification}, of which
   * {@code version_control} can be left out.
   */
  public static VersionDefinition readMadeUp(ConfigSection section, SemanticVersion versionId) {
    String hash = "0".repeat(64);
    VersionBlock block = VersionBlock.madeUp(section, versionId);
    DeploymentSpecification specification =
        section.getOrNull(
            "deployment_specification",
            v -> v.section(s -> new SpecificationSchema(block, null).read(s, versionId, hash)));
    return new VersionDefinition(
        versionId, hash, null, null, null, block.performance(), block.rollback(), specification);
  }

  /**
   * A version of which nothing else is known, because what was registered cannot be used. It is not
   * to be rolled back without a person: nobody is known to have allowed that.
   *
   * @param promptHash the {@link PromptHash} of its text; if it is none, or null, zeros stand in
   */
  public static VersionDefinition ofUnknownContent(
      SemanticVersion versionId, @Nullable String promptHash) {
    return new VersionDefinition(
        versionId,
        promptHash != null && HASH.matcher(promptHash).matches() ? promptHash : "0".repeat(64),
        null,
        null,
        null,
        Performance.unknown(),
        new RollbackPolicy(null, false),
        null);
  }
}
