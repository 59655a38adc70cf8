package io.promptmonitor.common.alerts;

import io.promptmonitor.common.conditions.Observation;
import io.promptmonitor.common.conditions.Operator;
import io.promptmonitor.common.metrics.Metric;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * The comparison that tells most of an evaluation of a rule.
 *
 * @param metric what was compared
 * @param operator how
 * @param value the metric's value in its unit; NaN if it is not known
 * @param threshold what it was compared with; NaN if it is not known
 * @param baseline what the threshold was made from; NaN if it was not made from a baseline
 * @param count how many executions, ratings or scores the value is taken from
 * @param window length in milliseconds of the window that was looked at
 * @param evidence the e-value; NaN if the rule does not ask for it
 */
public record AlertReading(
    Metric metric,
    Operator operator,
    double value,
    double threshold,
    double baseline,
    long count,
    long window,
    double evidence) {

  public AlertReading {
    Objects.requireNonNull(metric, "metric");
    Objects.requireNonNull(operator, "operator");
  }

  /** What an evaluation saw; null if it saw nothing. */
  public static @Nullable AlertReading of(RuleEvaluation evaluation) {
    Observation leading = evaluation.evaluation().leading();
    return leading == null
        ? null
        : new AlertReading(
            leading.metric(),
            leading.operator(),
            leading.value(),
            leading.threshold(),
            leading.baseline(),
            leading.count(),
            evaluation.window(),
            evaluation.evidence());
  }
}
