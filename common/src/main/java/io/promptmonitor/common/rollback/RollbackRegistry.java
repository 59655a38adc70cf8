package io.promptmonitor.common.rollback;

import io.promptmonitor.common.registry.RegistryException;
import org.jspecify.annotations.Nullable;

/**
 * The part of the prompt registry that the rollback protocol needs. Every method throws a {@link
 * RegistryException}, with the reason {@code UNAVAILABLE} if it may be tried again.
 */
public interface RollbackRegistry {

  /**
   * The version that a rollback from an active version would go to, checked: it exists, was
   * deployed before, is what was registered, and was neither withdrawn nor itself rolled back.
   *
   * @throws RegistryException if {@code failingVersion} is not active ({@code ILLEGAL_TRANSITION}),
   *     there is no such version or it is not valid ({@code INVALID_ROLLBACK_TARGET}), or not what
   *     was registered ({@code TAMPERED})
   */
  String verifiedTarget(String promptId, String failingVersion);

  /**
   * Switches to the version to go back to and records the rollback, in one transaction with the
   * safeguards. A decision that was carried out is not carried out again.
   *
   * @return the record of the decision, as it was written by whoever carried it out first
   * @throws RegistryException also if the prompt was rolled back too lately ({@code
   *     ROLLBACK_LIMIT}) or too often ({@code INTERVENTION_REQUIRED}), or the version is not to be
   *     rolled back automatically ({@code AUTO_ROLLBACK_DISABLED})
   */
  RollbackRecord switchBack(RollbackOrder order);

  /** What was recorded of a rollback; null if there is none. */
  @Nullable RollbackRecord recorded(String rollbackId);
}
