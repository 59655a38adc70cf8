package io.promptmonitor.common.rollback.analysis;

import java.math.BigDecimal;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * The metric that got worse, in its unit.
 *
 * @param affectedMetric its name, such as {@code success_rate}
 * @param currentValue with the failing version; null if it cannot be known
 * @param baselineValue what it should be, or was before; null if it cannot be known
 */
public record Degradation(
    String affectedMetric, @Nullable Double currentValue, @Nullable Double baselineValue) {

  public Degradation {
    Objects.requireNonNull(affectedMetric, "affectedMetric");
  }

  /** What became of a metric in comparison with the version before. */
  public static Degradation of(MetricChange change) {
    return new Degradation(change.metric(), change.failing().value(), change.before().value());
  }

  /** The same, with what was expected as the baseline if none is known. */
  Degradation orExpected(@Nullable Double expected) {
    return baselineValue == null ? new Degradation(affectedMetric, currentValue, expected) : this;
  }

  /** The current value minus the baseline, in decimal; null if either is. */
  public @Nullable Double delta() {
    return currentValue == null || baselineValue == null
        ? null
        : BigDecimal.valueOf(currentValue)
            .subtract(BigDecimal.valueOf(baselineValue))
            .doubleValue();
  }
}
