package io.promptmonitor.common.backtest;

import java.util.Comparator;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A rollback, or one that was demanded and did not happen. Times are milliseconds of event time.
 *
 * @param promptId the prompt
 * @param automatic whether a rule decided; else an operator did
 * @param fromVersion the version that failed
 * @param toVersion the version to go back to; null if there is none
 * @param status label of the status: switched, held_back, refused
 * @param refusal label of why it did not happen; null if it did
 * @param rule the rule that demanded it; null of a manual one
 * @param reason in a sentence, for people
 * @param outcome label of what came of it; null if that is not known
 * @param at when it was triggered; of a manual one when it happened
 */
public record PastRollback(
    String promptId,
    boolean automatic,
    String fromVersion,
    @Nullable String toVersion,
    String status,
    @Nullable String refusal,
    @Nullable String rule,
    @Nullable String reason,
    @Nullable String outcome,
    long at) {

  /** By time. */
  public static final Comparator<PastRollback> ORDER =
      Comparator.comparingLong(PastRollback::at)
          .thenComparing(PastRollback::promptId)
          .thenComparing(PastRollback::fromVersion)
          .thenComparing(rollback -> String.valueOf(rollback.rule()));

  public PastRollback {
    Objects.requireNonNull(promptId, "promptId");
    Objects.requireNonNull(fromVersion, "fromVersion");
    Objects.requireNonNull(status, "status");
  }

  /** Whether it happened. */
  public boolean switched() {
    return status.equals("switched");
  }

  boolean isOfSameVersion(PastRollback other) {
    return promptId.equals(other.promptId)
        && fromVersion.equals(other.fromVersion)
        && switched() == other.switched()
        && (switched() || Objects.equals(rule, other.rule));
  }
}
