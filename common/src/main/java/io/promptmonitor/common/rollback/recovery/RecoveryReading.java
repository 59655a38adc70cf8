package io.promptmonitor.common.rollback.recovery;

import com.fasterxml.jackson.databind.PropertyNamingStrategies.SnakeCaseStrategy;
import com.fasterxml.jackson.databind.annotation.JsonNaming;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A metric of the version that is active since a rollback, beside that of the failing version.
 * Values are in the metric's unit, and null if they cannot be known.
 *
 * @param metric the metric's column in {@code window_metrics}
 * @param targetValue of the version that is active since
 * @param targetCount how many executions, ratings or scores that is taken from
 * @param failingValue of the failing version
 * @param failingCount how many that is taken from
 * @param baseline what is expected of the version that is active since
 * @param operator how it is compared with the threshold, as a symbol
 * @param threshold what must not be the case any more; null if there is none
 * @param differenceLower the lower limit of the 95 % interval of the target's minus the failing
 *     value
 * @param differenceUpper the upper limit
 * @param passed whether it speaks for recovery; null if too little is known
 * @param text the same in words
 */
@JsonNaming(SnakeCaseStrategy.class)
public record RecoveryReading(
    String metric,
    @Nullable Double targetValue,
    long targetCount,
    @Nullable Double failingValue,
    long failingCount,
    @Nullable Double baseline,
    String operator,
    @Nullable Double threshold,
    @Nullable Double differenceLower,
    @Nullable Double differenceUpper,
    @Nullable Boolean passed,
    String text) {

  public RecoveryReading {
    Objects.requireNonNull(metric, "metric");
    Objects.requireNonNull(operator, "operator");
    Objects.requireNonNull(text, "text");
  }
}
