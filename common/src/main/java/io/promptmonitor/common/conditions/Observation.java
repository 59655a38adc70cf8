package io.promptmonitor.common.conditions;

import io.promptmonitor.common.metrics.Metric;
import io.promptmonitor.common.metrics.Quantity;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * What a comparison saw.
 *
 * @param metric what was compared
 * @param operator how
 * @param value the metric's value in its unit; NaN if it is not known
 * @param threshold what it was compared with, in the same unit; NaN if it is not known
 * @param baseline the baseline that the threshold was made from; NaN if it was not made from one,
 *     or if it is not known
 * @param count how many executions, ratings or scores the value is taken from
 * @param verdict what came of it; never {@link Verdict#NO_DATA}
 * @param undecided why it could not be decided; null if it was
 */
public record Observation(
    Metric metric,
    Operator operator,
    double value,
    double threshold,
    double baseline,
    long count,
    Verdict verdict,
    @Nullable Undecided undecided) {

  public Observation {
    Objects.requireNonNull(metric, "metric");
    Objects.requireNonNull(operator, "operator");
    Objects.requireNonNull(verdict, "verdict");
    if (verdict.isDecided() == (undecided != null)) {
      throw new IllegalArgumentException("a reason if and only if undecided: " + verdict);
    }
  }

  /** For people: {@code error_rate 12.5%, threshold > 5%, 312 executions}. */
  @Override
  public String toString() {
    Quantity quantity = Objects.requireNonNull(metric.quantity());
    StringBuilder text = new StringBuilder(metric.column()).append(' ');
    text.append(quantity.show(value)).append(", threshold ").append(operator.symbol()).append(' ');
    text.append(quantity.show(threshold));
    if (!Double.isNaN(baseline)) {
      text.append(", baseline ").append(quantity.show(baseline));
    }
    return text.append(", ").append(count).append(' ').append(metric.sample().plural()).toString();
  }
}
