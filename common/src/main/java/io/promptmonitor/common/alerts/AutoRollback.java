package io.promptmonitor.common.alerts;

import java.io.Serializable;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * The block {@code auto_rollback}: when a version is rolled back, and how often that may happen.
 *
 * @param enabled whether versions are rolled back; if not, what would have been done is still said
 * @param triggers rules of the kind {@link RuleKind#ROLLBACK_TRIGGER}
 * @param minConfidence how sure a trigger must be at least
 * @param evidence how improbable it must be that a window of a version that is no worse than the
 *     one to go back to looks like this one, above 0 and below 1; null if the trigger's word is
 *     enough
 * @param minInterval least time between two automatic rollbacks of a prompt
 * @param maxPerDay most automatic rollbacks of a prompt in any 24 hours
 */
public record AutoRollback(
    boolean enabled,
    List<AlertRule> triggers,
    Confidence minConfidence,
    @Nullable Double evidence,
    Duration minInterval,
    int maxPerDay)
    implements Serializable {

  /** What is asked for if the configuration does not say: see docs/rollback-accuracy.md. */
  public static final double USUAL_EVIDENCE = 1e-7;

  public AutoRollback {
    triggers = List.copyOf(triggers);
    Objects.requireNonNull(minConfidence, "minConfidence");
    Objects.requireNonNull(minInterval, "minInterval");
    if (evidence != null && !(evidence > 0 && evidence < 1)) {
      throw new IllegalArgumentException("evidence is above 0 and below 1: " + evidence);
    }
  }

  /** With the specification's safeguards, and no more. */
  static AutoRollback usual() {
    return new AutoRollback(
        true, List.of(), Confidence.MEDIUM, USUAL_EVIDENCE, Duration.ofMinutes(15), 3);
  }

  /** The same with other triggers. */
  public AutoRollback withTriggers(List<AlertRule> others) {
    return new AutoRollback(enabled, others, minConfidence, evidence, minInterval, maxPerDay);
  }

  /** The same with another evidence; null for none. */
  public AutoRollback withEvidence(@Nullable Double other) {
    return new AutoRollback(enabled, triggers, minConfidence, other, minInterval, maxPerDay);
  }
}
