package io.promptmonitor.common.registry;

import java.time.Instant;
import java.util.Locale;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * One change of the registry. All events in the order of their ids explain its whole state.
 *
 * @param eventId 1 for the first event, one more for each next one, without gaps, in the order in
 *     which the changes were committed
 * @param at when, by the registry's clock; never before the previous event
 * @param kind what happened
 * @param promptId the prompt
 * @param versionId the version it happened to; for a rollback the one that became active
 * @param fromVersion the version that was active before; only if the active version changed, and
 *     null if there was none
 * @param toVersion the version that is active since; only if the active version changed
 * @param actor who: the user that the database authenticated
 * @param reason why, as the actor said; null if nothing was said
 * @param decisionId of an automatic rollback the decision it carries out, which happens once; else
 *     null
 */
public record RegistryEvent(
    long eventId,
    Instant at,
    Kind kind,
    String promptId,
    SemanticVersion versionId,
    @Nullable SemanticVersion fromVersion,
    @Nullable SemanticVersion toVersion,
    String actor,
    @Nullable String reason,
    @Nullable String decisionId) {

  /** What happened to a version. */
  public enum Kind {
    /** It was added, as a draft. */
    REGISTERED,
    /** It became ready to be deployed. */
    STAGED,
    /** It became active and superseded the version before. */
    DEPLOYED,
    /** It became active again, because the version that had replaced it was rolled back. */
    ROLLED_BACK,
    /** An operator withdrew it. */
    DEPRECATED;

    /** The name in tables and messages. */
    public String label() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  public RegistryEvent {
    Objects.requireNonNull(at, "at");
    Objects.requireNonNull(kind, "kind");
    Objects.requireNonNull(promptId, "promptId");
    Objects.requireNonNull(versionId, "versionId");
    Objects.requireNonNull(actor, "actor");
    boolean switches = kind == Kind.DEPLOYED || kind == Kind.ROLLED_BACK;
    if (switches != (toVersion != null) || (fromVersion != null && !switches)) {
      throw new IllegalArgumentException("versions before and after belong to a switch: " + kind);
    }
  }

  /** The same event as the work of a decision; null for none. */
  public RegistryEvent withDecision(@Nullable String decision) {
    return new RegistryEvent(
        eventId, at, kind, promptId, versionId, fromVersion, toVersion, actor, reason, decision);
  }
}
