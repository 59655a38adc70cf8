package io.promptmonitor.common.registry;

import org.jspecify.annotations.Nullable;

/**
 * Where a rollback from a version goes, and whether it may happen by itself.
 *
 * @param reference the version to go back to; null for the version that it replaces when deployed
 * @param autoRollbackEnabled whether a trigger may roll the version back without a person
 */
public record RollbackPolicy(@Nullable SemanticVersion reference, boolean autoRollbackEnabled) {

  /** To the version it replaces, and by itself. */
  public static RollbackPolicy defaults() {
    return new RollbackPolicy(null, true);
  }
}
