package io.promptmonitor.common.conditions;

import io.promptmonitor.common.metrics.Metric;

/**
 * A comparison of a metric with a number or its baseline.
 *
 * @param name the metric's name as written: one of {@link Metric#names}
 */
public record Comparison(Metric metric, String name, Operator operator, Operand operand)
    implements Expression.Conjunct {

  public Comparison {
    if (!metric.names().contains(name)) {
      throw new IllegalArgumentException(name + " is not a name of " + metric);
    }
  }

  @Override
  public String toString() {
    return name + " " + operator.symbol() + " " + operand;
  }
}
