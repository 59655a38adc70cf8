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

  /** A record of which no step is known, nor anything that may be absent. */
  public static Builder builder(
      String rollbackId,
      Kind kind,
      String promptId,
      String fromVersion,
      Status status,
      String reason) {
    return new Builder(rollbackId, kind, promptId, fromVersion, status, reason);
  }

  /** The same record, to be changed. */
  public Builder toBuilder() {
    return new Builder(rollbackId, kind, promptId, fromVersion, status, reason)
        .toVersion(toVersion)
        .refusal(refusal)
        .refusalReason(refusalReason)
        .requestedBy(requestedBy)
        .triggeredAt(triggeredAt)
        .switchedAt(switchedAt)
        .registryEventId(registryEventId)
        .cause(cause)
        .evidence(evidence)
        .steps(steps)
        .snapshot(snapshot)
        .watchUntil(watchUntil)
        .outcome(outcome)
        .outcomeReason(outcomeReason)
        .outcomeAt(outcomeAt)
        .recovery(recovery)
        .stragglers(stragglers)
        .analysis(analysis);
  }

  /** A record that is not complete yet. */
  public static final class Builder {

    private final String rollbackId;
    private final Kind kind;
    private final String promptId;
    private final String fromVersion;
    private @Nullable String toVersion;
    private Status status;
    private @Nullable Refusal refusal;
    private @Nullable String refusalReason;
    private @Nullable String requestedBy;
    private String reason;
    private @Nullable Instant triggeredAt;
    private @Nullable Instant switchedAt;
    private @Nullable Long registryEventId;
    private @Nullable RollbackCause cause;
    private @Nullable RollbackEvidence evidence;
    private List<StepResult> steps = List.of();
    private @Nullable RollbackSnapshot snapshot;
    private @Nullable Instant watchUntil;
    private @Nullable RollbackOutcome outcome;
    private @Nullable String outcomeReason;
    private @Nullable Instant outcomeAt;
    private @Nullable JsonNode recovery;
    private @Nullable Stragglers stragglers;
    private @Nullable JsonNode analysis;

    private Builder(
        String rollbackId,
        Kind kind,
        String promptId,
        String fromVersion,
        Status status,
        String reason) {
      this.rollbackId = rollbackId;
      this.kind = kind;
      this.promptId = promptId;
      this.fromVersion = fromVersion;
      this.status = status;
      this.reason = reason;
    }

    /** Sets {@link RollbackRecord#toVersion}. */
    public Builder toVersion(@Nullable String value) {
      toVersion = value;
      return this;
    }

    /** Sets {@link RollbackRecord#status}. */
    public Builder status(Status value) {
      status = value;
      return this;
    }

    /** Sets {@link RollbackRecord#refusal}. */
    public Builder refusal(@Nullable Refusal value) {
      refusal = value;
      return this;
    }

    /** Sets {@link RollbackRecord#refusalReason}. */
    public Builder refusalReason(@Nullable String value) {
      refusalReason = value;
      return this;
    }

    /** Sets {@link RollbackRecord#requestedBy}. */
    public Builder requestedBy(@Nullable String value) {
      requestedBy = value;
      return this;
    }

    /** Sets {@link RollbackRecord#triggeredAt}. */
    public Builder triggeredAt(@Nullable Instant value) {
      triggeredAt = value;
      return this;
    }

    /** Sets {@link RollbackRecord#switchedAt}. */
    public Builder switchedAt(@Nullable Instant value) {
      switchedAt = value;
      return this;
    }

    /** Sets {@link RollbackRecord#registryEventId}. */
    public Builder registryEventId(@Nullable Long value) {
      registryEventId = value;
      return this;
    }

    /** Sets {@link RollbackRecord#cause}. */
    public Builder cause(@Nullable RollbackCause value) {
      cause = value;
      return this;
    }

    /** Sets {@link RollbackRecord#evidence}. */
    public Builder evidence(@Nullable RollbackEvidence value) {
      evidence = value;
      return this;
    }

    /** Sets {@link RollbackRecord#steps}. */
    public Builder steps(List<StepResult> value) {
      steps = value;
      return this;
    }

    /** Sets {@link RollbackRecord#snapshot}. */
    public Builder snapshot(@Nullable RollbackSnapshot value) {
      snapshot = value;
      return this;
    }

    /** Sets {@link RollbackRecord#watchUntil}. */
    public Builder watchUntil(@Nullable Instant value) {
      watchUntil = value;
      return this;
    }

    /** Sets {@link RollbackRecord#outcome}. */
    public Builder outcome(@Nullable RollbackOutcome value) {
      outcome = value;
      return this;
    }

    /** Sets {@link RollbackRecord#outcomeReason}. */
    public Builder outcomeReason(@Nullable String value) {
      outcomeReason = value;
      return this;
    }

    /** Sets {@link RollbackRecord#outcomeAt}. */
    public Builder outcomeAt(@Nullable Instant value) {
      outcomeAt = value;
      return this;
    }

    /** Sets {@link RollbackRecord#recovery}. */
    public Builder recovery(@Nullable JsonNode value) {
      recovery = value;
      return this;
    }

    /** Sets {@link RollbackRecord#stragglers}. */
    public Builder stragglers(@Nullable Stragglers value) {
      stragglers = value;
      return this;
    }

    /** Sets {@link RollbackRecord#analysis}. */
    public Builder analysis(@Nullable JsonNode value) {
      analysis = value;
      return this;
    }

    /** The record. */
    public RollbackRecord build() {
      return new RollbackRecord(
          rollbackId,
          kind,
          promptId,
          fromVersion,
          toVersion,
          status,
          refusal,
          refusalReason,
          requestedBy,
          reason,
          triggeredAt,
          switchedAt,
          registryEventId,
          cause,
          evidence,
          steps,
          snapshot,
          watchUntil,
          outcome,
          outcomeReason,
          outcomeAt,
          recovery,
          stragglers,
          analysis);
    }
  }
}
