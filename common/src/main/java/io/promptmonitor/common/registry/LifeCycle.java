package io.promptmonitor.common.registry;

import io.promptmonitor.common.registry.RegistryEvent.Kind;
import io.promptmonitor.common.registry.RegistryException.Reason;
import java.time.Instant;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The rules by which versions move on in their life cycle.
 *
 * <pre>
 * register           stage             deploy
 * ─────────► DRAFT ─────────► STAGED ─────────► ACTIVE ◄──────── deploy ─────────┐
 *              │                │                │  ▲                            │
 *              │                │    another one │  │ rollback                   │
 *              │                │    is deployed ▼  │ to it                      │
 *              │                │     DEPRECATED (superseded) ───────────────────┤
 *              │                │                                                │
 *              │                │     ACTIVE ─── rollback ──► DEPRECATED ────────┘
 *              │                │                from it     (rolled_back)
 *              └────────┬───────┘
 *              deprecate│  (also from superseded and rolled_back, never from ACTIVE)
 *                       ▼
 *            DEPRECATED (withdrawn): for good
 * </pre>
 *
 * <p>Once a version was deployed, exactly one is active. A rollback goes to a version that was
 * deployed before and was superseded; one that was itself rolled back is no target again until
 * somebody deploys it.
 *
 * <p>The events that come of it, applied to a {@link RegistryView} one after the other, lead to the
 * state that the next decision is made in. The database keeps the same rules in its functions
 * ({@code V003__registry.sql}), with the same messages.
 */
public final class LifeCycle {

  /** The longest reason in characters. */
  public static final int MAX_REASON_LENGTH = 1000;

  private LifeCycle() {}

  /**
   * The operation with its reason stripped of the blanks around it, and without one that is blank.
   *
   * @throws IllegalArgumentException if the operation can never be carried out, whatever the state
   */
  public static RegistryOperation checked(RegistryOperation operation) {
    String promptId = checkedPromptId(operation.promptId());
    if (operation instanceof RegistryOperation.Register register) {
      checkContent(register);
      return register;
    } else if (operation instanceof RegistryOperation.Stage o) {
      return new RegistryOperation.Stage(promptId, o.versionId(), reason(o.reason()));
    } else if (operation instanceof RegistryOperation.Deploy o) {
      return new RegistryOperation.Deploy(promptId, o.versionId(), reason(o.reason()));
    } else if (operation instanceof RegistryOperation.Deprecate o) {
      return new RegistryOperation.Deprecate(promptId, o.versionId(), reason(o.reason()));
    } else if (operation instanceof RegistryOperation.Rollback o) {
      String reason = reason(o.reason());
      if (reason == null) {
        throw new IllegalArgumentException("a rollback needs a reason");
      }
      return new RegistryOperation.Rollback(promptId, o.to(), reason, o.from());
    }
    throw new IllegalArgumentException("unknown operation " + operation.getClass());
  }

  /**
   * The identifier itself.
   *
   * @throws IllegalArgumentException if no prompt can have it
   */
  public static String checkedPromptId(String promptId) {
    if (promptId.isEmpty()
        || promptId.codePointCount(0, promptId.length()) > 256
        || promptId.chars().anyMatch(Character::isISOControl)) {
      throw new IllegalArgumentException(
          "a prompt's identifier has 1 to 256 characters, none of them a control character");
    }
    requireUnicode(promptId, "the prompt's identifier");
    return promptId;
  }

  private static void checkContent(RegistryOperation.Register register) {
    String text = register.promptText();
    requireUnicode(text, "the prompt's text");
    if (text.isBlank() || text.indexOf('\0') >= 0) {
      throw new IllegalArgumentException("the prompt's text is blank, or has a character U+0000");
    }
    if (!PromptHash.of(text).equals(register.definition().promptHash())) {
      throw new IllegalArgumentException(
          "the definition of "
              + register.promptId()
              + "@"
              + register.definition().versionId()
              + " has the hash of another text");
    }
  }

  private static @Nullable String reason(@Nullable String given) {
    String reason = given == null ? "" : given.strip();
    if (reason.codePointCount(0, reason.length()) > MAX_REASON_LENGTH) {
      throw new IllegalArgumentException(
          "a reason has at most " + MAX_REASON_LENGTH + " characters");
    }
    if (reason.indexOf('\0') >= 0) {
      throw new IllegalArgumentException("a reason has no character U+0000");
    }
    requireUnicode(reason, "the reason");
    return reason.isEmpty() ? null : reason;
  }

  private static void requireUnicode(String text, String what) {
    if (text.codePoints().anyMatch(c -> c <= 0xffff && Character.isSurrogate((char) c))) {
      throw new IllegalArgumentException(what + " has an unpaired surrogate");
    }
  }

  /**
   * What an operation leads to; changes nothing.
   *
   * @param operation has been {@link #checked}; a version to be registered is not there with the
   *     same content, which only somebody with its text can tell
   * @param view what the registry holds
   * @param at when
   * @param actor who asks
   * @return the next event; empty if it is so already
   * @throws RegistryException if the rules do not allow it
   */
  public static Optional<RegistryEvent> decide(
      RegistryOperation operation, RegistryView view, Instant at, String actor) {
    Prompt prompt = new Prompt(operation.promptId(), view);
    SemanticVersion active = prompt.active();
    Change change;
    if (operation instanceof RegistryOperation.Register o) {
      prompt.checkNew(o.definition());
      change = Change.of(Kind.REGISTERED, o.definition().versionId(), null);
    } else if (operation instanceof RegistryOperation.Stage o) {
      change =
          prompt.mayStage(o.versionId()) ? Change.of(Kind.STAGED, o.versionId(), o.reason()) : null;
    } else if (operation instanceof RegistryOperation.Deploy o) {
      change =
          prompt.mayDeploy(o.versionId())
              ? Change.toVersion(Kind.DEPLOYED, active, o.versionId(), o.reason())
              : null;
    } else if (operation instanceof RegistryOperation.Rollback o) {
      change =
          Change.toVersion(
              Kind.ROLLED_BACK, active, prompt.rollbackTarget(o.from(), o.to()), o.reason());
    } else if (operation instanceof RegistryOperation.Deprecate o) {
      change =
          prompt.mayDeprecate(o.versionId())
              ? Change.of(Kind.DEPRECATED, o.versionId(), o.reason())
              : null;
    } else {
      throw new IllegalArgumentException("unknown operation " + operation.getClass());
    }
    return Optional.ofNullable(change)
        .map(c -> c.event(view.lastEventId() + 1, at, operation.promptId(), actor));
  }

  /** What an event says beside when, where and who. */
  private record Change(
      Kind kind,
      SemanticVersion versionId,
      @Nullable SemanticVersion from,
      @Nullable SemanticVersion to,
      @Nullable String reason) {

    static Change of(Kind kind, SemanticVersion versionId, @Nullable String reason) {
      return new Change(kind, versionId, null, null, reason);
    }

    static Change toVersion(
        Kind kind, @Nullable SemanticVersion from, SemanticVersion to, @Nullable String reason) {
      return new Change(kind, to, from, to, reason);
    }

    RegistryEvent event(long eventId, Instant at, String promptId, String actor) {
      return new RegistryEvent(
          eventId, at, kind, promptId, versionId, from, to, actor, reason, null);
    }
  }

  /** The rules for one prompt. */
  private record Prompt(String promptId, RegistryView view) {

    @Nullable SemanticVersion active() {
      return view.activeVersion(promptId);
    }

    private @Nullable RegisteredVersion find(SemanticVersion versionId) {
      return view.version(RegistryView.id(promptId, versionId));
    }

    private RegisteredVersion version(SemanticVersion versionId) {
      RegisteredVersion version = find(versionId);
      if (version == null) {
        requireKnown();
        throw new RegistryException(
            Reason.UNKNOWN_VERSION, promptId + " has no version " + versionId);
      }
      return version;
    }

    private void requireKnown() {
      if (view.versions().keySet().stream().noneMatch(id -> id.promptId().equals(promptId))) {
        throw new RegistryException(
            Reason.UNKNOWN_PROMPT, "no version of prompt " + promptId + " is registered");
      }
    }

    void checkNew(VersionDefinition definition) {
      RegisteredVersion present = find(definition.versionId());
      if (present != null) {
        boolean sameText = present.definition().promptHash().equals(definition.promptHash());
        throw refused(
            Reason.VERSION_EXISTS,
            definition.versionId(),
            "is registered with another "
                + (sameText ? "definition" : "text")
                + ", and a version never changes; register it with a new number");
      }
      if (definition.versionId().equals(definition.rollback().reference())) {
        throw refused(
            Reason.INVALID_ROLLBACK_TARGET,
            definition.versionId(),
            "names itself as its rollback reference; name another version or none");
      }
    }

    boolean mayStage(SemanticVersion versionId) {
      VersionStatus status = version(versionId).deployment().status();
      return switch (status) {
        case STAGED -> false;
        case DRAFT -> true;
        case ACTIVE, DEPRECATED ->
            throw refused(
                Reason.ILLEGAL_TRANSITION,
                versionId,
                "is " + status.label() + "; only a draft can be staged");
      };
    }

    boolean mayDeploy(SemanticVersion versionId) {
      RegisteredVersion version = version(versionId);
      if (versionId.equals(active())) {
        return false;
      }
      if (version.deployment().status() == VersionStatus.DRAFT) {
        throw refused(Reason.ILLEGAL_TRANSITION, versionId, "is a draft; stage it first");
      }
      if (version.deployment().deprecation() == DeprecationReason.WITHDRAWN) {
        throw refused(
            Reason.ILLEGAL_TRANSITION, versionId, "was withdrawn for good; deploy another version");
      }
      SemanticVersion reference = version.definition().rollback().reference();
      if (reference != null && find(reference) == null) {
        throw refused(
            Reason.INVALID_ROLLBACK_TARGET,
            versionId,
            "names the rollback reference "
                + reference
                + ", which is not registered; register that version first");
      }
      return true;
    }

    SemanticVersion rollbackTarget(
        @Nullable SemanticVersion failing, @Nullable SemanticVersion given) {
      SemanticVersion active = active();
      if (active == null) {
        requireKnown();
        throw new RegistryException(
            Reason.NO_ACTIVE_VERSION, "no version of " + promptId + " is active");
      }
      if (failing != null && !failing.equals(active)) {
        throw refused(
            Reason.ILLEGAL_TRANSITION,
            failing,
            "is not active, " + active + " is; there is nothing to roll back");
      }
      SemanticVersion target = given != null ? given : version(active).rollbackReference();
      if (target == null) {
        throw refused(
            Reason.INVALID_ROLLBACK_TARGET,
            active,
            "has no rollback reference; name the version to go back to");
      }
      Deployment deployment = version(target).deployment();
      if (deployment.isRollbackTarget()) {
        return target;
      }
      String why;
      if (target.equals(active)) {
        why = "is active already; name an earlier version to go back to";
      } else if (deployment.deprecation() == DeprecationReason.WITHDRAWN) {
        why = "was withdrawn for good and cannot be rolled back to; name another version";
      } else if (deployment.deployedAt() == null) {
        why = "was never deployed and cannot be rolled back to; deploy it instead";
      } else {
        why =
            "was itself rolled back and cannot be rolled back to; name another version, or deploy"
                + " it if it is good after all";
      }
      throw refused(Reason.INVALID_ROLLBACK_TARGET, target, why);
    }

    boolean mayDeprecate(SemanticVersion versionId) {
      Deployment deployment = version(versionId).deployment();
      if (versionId.equals(active())) {
        throw refused(
            Reason.ILLEGAL_TRANSITION,
            versionId,
            "is active; deploy another version or roll back first");
      }
      return deployment.deprecation() != DeprecationReason.WITHDRAWN;
    }

    private RegistryException refused(Reason reason, SemanticVersion versionId, String why) {
      return new RegistryException(reason, promptId + "@" + versionId + " " + why);
    }
  }
}
