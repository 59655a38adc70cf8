package io.promptmonitor.common.rollback;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.PropertyNamingStrategies.SnakeCaseStrategy;
import com.fasterxml.jackson.databind.annotation.JsonNaming;
import io.promptmonitor.common.rollback.recovery.RollbackOutcome;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * One rollback, or one that was demanded and did not happen: a row of {@code rollback_event}, whose
 * columns have the names of the components.
 *
 * @param rollbackId of an automatic one the decision, which is the episode of the alert; of a
 *     manual one {@code manual-} and the number of the registry's event
 * @param fromVersion the version that fails, or was replaced
 * @param toVersion the version to go back to; null if there is none
 * @param status whether it happened
 * @param refusal why it did not; null if it did
 * @param refusalReason the same in a sentence
 * @param requestedBy who: the user that the database authenticated; null if it did not happen
 * @param reason why, for people
 * @param triggeredAt of an automatic one the evaluation that completed the trigger (event time)
 * @param switchedAt when the registry switched (its clock)
 * @param registryEventId the registry's event
 * @param cause of an automatic one the trigger
 * @param evidence of an automatic one the evidence
 * @param steps what became of each step so far, in their order
 * @param snapshot what was measured before
 * @param watchUntil until when recovery is watched (event time); null before that begins
 * @param outcome what came of it; null while it is watched
 * @param outcomeReason the same in a sentence
 * @param outcomeAt when that was decided (event time)
 * @param recovery the readings that the outcome follows from
 * @param stragglers the rollback lag
 * @param analysis what the failing version did wrong
 */
@JsonNaming(SnakeCaseStrategy.class)
public record RollbackRecord(
    String rollbackId,
    Kind kind,
    String promptId,
    String fromVersion,
    @Nullable String toVersion,
    Status status,
    @Nullable Refusal refusal,
    @Nullable String refusalReason,
    @Nullable String requestedBy,
    String reason,
    @Nullable Instant triggeredAt,
    @Nullable Instant switchedAt,
    @Nullable Long registryEventId,
    @Nullable RollbackCause cause,
    @Nullable RollbackEvidence evidence,
    List<StepResult> steps,
    @Nullable RollbackSnapshot snapshot,
    @Nullable Instant watchUntil,
    @Nullable RollbackOutcome outcome,
    @Nullable String outcomeReason,
    @Nullable Instant outcomeAt,
    @Nullable JsonNode recovery,
    @Nullable Stragglers stragglers,
    @Nullable JsonNode analysis) {

  /** Who decided. */
  public enum Kind {
    /** A rule. */
    AUTOMATIC,
    /** An operator. */
    MANUAL;

    /** The name in tables and messages. */
    public String label() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  /** Whether it happened. */
  public enum Status {
    /** It did. */
    SWITCHED,
    /** It did not, and may yet. */
    HELD_BACK,
    /** It did not, and will not for this trigger unless something changes in the registry. */
    REFUSED;

    /** The name in tables and messages. */
    public String label() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  public RollbackRecord {
    Objects.requireNonNull(rollbackId, "rollbackId");
    Objects.requireNonNull(kind, "kind");
    Objects.requireNonNull(promptId, "promptId");
    Objects.requireNonNull(fromVersion, "fromVersion");
    Objects.requireNonNull(status, "status");
    Objects.requireNonNull(reason, "reason");
    steps = List.copyOf(steps);
    if ((status == Status.SWITCHED) != (refusal == null)) {
      throw new IllegalArgumentException("a refusal if and only if it did not happen");
    }
  }

  /** The id of an operator's rollback. */
  public static String manualId(long registryEventId) {
    return "manual-" + registryEventId;
  }
}
