package io.promptmonitor.common.rollback;

import com.fasterxml.jackson.databind.PropertyNamingStrategies.SnakeCaseStrategy;
import com.fasterxml.jackson.databind.annotation.JsonNaming;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * How improbable it is that the failing version is no worse than the one it would go back to.
 *
 * @param eValue the e-value of the window; null if there can be none
 * @param needed the e-value from which on a version is rolled back; null if none is asked for
 * @param counted how many executions failed, or were slower than {@code slowerThanMs}
 * @param executions of how many
 * @param slowerThanMs null if failures were counted
 * @param reference the share of executions to which the window is compared; null if it is not known
 * @param referenceSource where that is from, for people
 * @param referenceExecutions of how many executions it is the share; null if it was not measured
 */
@JsonNaming(SnakeCaseStrategy.class)
public record RollbackEvidence(
    @Nullable Double eValue,
    @Nullable Double needed,
    long counted,
    long executions,
    @Nullable Double slowerThanMs,
    @Nullable Double reference,
    String referenceSource,
    @Nullable Long referenceExecutions) {

  public RollbackEvidence {
    Objects.requireNonNull(referenceSource, "referenceSource");
  }

  /** Whether it is as much as is needed. */
  boolean isEnough() {
    return needed == null || (eValue != null && eValue >= needed);
  }
}
