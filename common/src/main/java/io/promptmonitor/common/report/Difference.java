package io.promptmonitor.common.report;

import com.fasterxml.jackson.databind.PropertyNamingStrategies.SnakeCaseStrategy;
import com.fasterxml.jackson.databind.annotation.JsonNaming;
import io.promptmonitor.common.comparison.Verdict;
import org.jspecify.annotations.Nullable;

/**
 * A value of the day minus one it is compared with, in the metric's unit; or why there is none.
 *
 * @param reference what it is compared with; null if that is not known
 * @param referenceN how many of the metric's sample the reference is taken from; null if it is a
 *     stated baseline
 * @param difference the value minus the reference; null if nothing can be said
 * @param lower the lower limit of the difference's 95 % interval; null if it is not known
 * @param upper the upper limit; null if it is not known
 * @param verdict whether the day is worse or better
 * @param missing why there is no difference, such as {@code insufficient data: 7 executions
 *     yesterday, at least 20 are needed}; null if there is one
 */
@JsonNaming(SnakeCaseStrategy.class)
public record Difference(
    @Nullable Double reference,
    @Nullable Long referenceN,
    @Nullable Double difference,
    @Nullable Double lower,
    @Nullable Double upper,
    Verdict verdict,
    @Nullable String missing) {

  public Difference {
    if ((difference == null) == (missing == null)) {
      throw new IllegalArgumentException("a difference, or why there is none");
    }
  }

  /** None, for the given reason. */
  static Difference none(String reason) {
    return new Difference(null, null, null, null, null, Verdict.UNKNOWN, reason);
  }
}
