package io.promptmonitor.common.registry;

import java.time.Instant;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * The state of a version in the registry: the only thing about a version that changes.
 *
 * @param status where it is in its life cycle
 * @param deprecation why it is deprecated; null unless it is
 * @param deployedAt when it last became active, by the registry's clock; null if it never was
 * @param deployedBy who made it active then; null if it never was
 */
public record Deployment(
    VersionStatus status,
    @Nullable DeprecationReason deprecation,
    @Nullable Instant deployedAt,
    @Nullable String deployedBy) {

  public Deployment {
    Objects.requireNonNull(status, "status");
    if ((status == VersionStatus.DEPRECATED) != (deprecation != null)) {
      throw new IllegalArgumentException("a reason if and only if deprecated: " + status);
    }
    if ((deployedAt == null) != (deployedBy == null)) {
      throw new IllegalArgumentException("deployedAt and deployedBy go together");
    }
  }

  /** The state of a version that was just registered. */
  public static Deployment draft() {
    return new Deployment(VersionStatus.DRAFT, null, null, null);
  }

  /** Whether a rollback may make the version active: deployed before, superseded since. */
  public boolean isRollbackTarget() {
    return deprecation == DeprecationReason.SUPERSEDED && deployedAt != null;
  }
}
