package io.promptmonitor.common.conditions;

import io.promptmonitor.common.conditions.Operand.Literal;
import io.promptmonitor.common.metrics.Metric;
import java.math.BigDecimal;
import java.util.List;
import java.util.function.UnaryOperator;

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

  /** A comparison with a number in the metric's own unit, whether or not it can ever hold. */
  public static Comparison of(Metric metric, Operator operator, double threshold) {
    String digits = BigDecimal.valueOf(threshold).stripTrailingZeros().toPlainString();
    return new Comparison(metric, metric.column(), operator, new Literal(digits, Unit.NONE));
  }

  @Override
  public List<Comparison> comparisons() {
    return List.of(this);
  }

  @Override
  public Comparison map(UnaryOperator<Comparison> replacement) {
    return replacement.apply(this);
  }

  @Override
  public String toString() {
    return name + " " + operator.symbol() + " " + operand;
  }
}
