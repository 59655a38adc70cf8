package io.promptmonitor.common.conditions;

import io.promptmonitor.common.conditions.Expression.And;
import io.promptmonitor.common.conditions.Expression.Conjunct;
import io.promptmonitor.common.conditions.Expression.Disjunct;
import io.promptmonitor.common.conditions.Expression.Or;
import io.promptmonitor.common.conditions.Expression.Parenthesized;
import io.promptmonitor.common.conditions.Operand.Baseline;
import io.promptmonitor.common.conditions.Operand.Factor;
import io.promptmonitor.common.conditions.Operand.Literal;
import io.promptmonitor.common.conditions.Operand.Offset;
import io.promptmonitor.common.metrics.Metric;
import io.promptmonitor.common.metrics.Quantity;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.util.Arrays;
import java.util.List;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Draws conditions that make sense, as trees, with every construct of the language. */
final class RandomConditions {

  private static final List<Metric> METRICS =
      Stream.of(Metric.values()).filter(metric -> metric.quantity() != null).toList();

  private static final List<String> HOLDS =
      List.of("5 minutes", "30 minutes", "1 hour", "5m", "5_minutes", "90s", "24h", "1d", "500ms");

  private final RandomGenerator random;

  RandomConditions(RandomGenerator random) {
    this.random = random;
  }

  Condition condition() {
    return new Condition(expression(3), random.nextBoolean() ? oneOf(HOLDS) : null);
  }

  private Expression expression(int depth) {
    List<Disjunct> disjuncts = some(() -> disjunct(depth));
    return disjuncts.size() == 1 ? disjuncts.get(0) : new Or(disjuncts);
  }

  private Disjunct disjunct(int depth) {
    List<Conjunct> conjuncts = some(() -> conjunct(depth));
    return conjuncts.size() == 1 ? conjuncts.get(0) : new And(conjuncts);
  }

  private Conjunct conjunct(int depth) {
    return depth > 0 && random.nextInt(4) == 0
        ? new Parenthesized(expression(depth - 1))
        : comparison();
  }

  private Comparison comparison() {
    Metric metric = oneOf(METRICS);
    boolean baseline = metric.baseline() != null && random.nextBoolean();
    Operand operand = baseline ? baseline(metric.quantity()) : literal(metric.quantity());
    return new Comparison(
        metric, oneOf(metric.names()), oneOf(List.of(Operator.values())), operand);
  }

  private Baseline baseline(Quantity quantity) {
    @Nullable Factor factor =
        random.nextBoolean() ? new Factor(number(0.0001, 99), random.nextBoolean()) : null;
    // Up to 1, which fits every quantity.
    @Nullable Offset offset =
        random.nextBoolean()
            ? new Offset(random.nextBoolean(), new Literal(number(0, 1), unit(quantity)))
            : null;
    return new Baseline(factor, offset);
  }

  /** Within the quantity's range, without its ends, where comparisons are never or always true. */
  private Literal literal(Quantity quantity) {
    Unit unit = unit(quantity);
    double factor = unit.factor().doubleValue();
    double min = quantity.min() + 0.0001;
    double max = Math.min(quantity.max(), 1e9) - 0.0001;
    return new Literal(number(min / factor, max / factor), unit);
  }

  private Unit unit(Quantity quantity) {
    return oneOf(Arrays.stream(Unit.values()).filter(unit -> unit.fits(quantity)).toList());
  }

  /** A number with 0 to 4 digits after the point, as few as the range allows. */
  private String number(double min, double max) {
    BigDecimal number = BigDecimal.valueOf(random.nextDouble(min, max));
    for (int scale = random.nextInt(5); ; scale++) {
      BigDecimal rounded = number.setScale(scale, RoundingMode.HALF_UP);
      if (rounded.doubleValue() >= min && rounded.doubleValue() <= max) {
        return rounded.toPlainString();
      }
    }
  }

  /** Mostly one, at most three. */
  private <T> List<T> some(Supplier<T> one) {
    int count = Math.max(1, random.nextInt(6) - 2);
    return Stream.generate(one).limit(count).toList();
  }

  private <T> T oneOf(List<T> choices) {
    return choices.get(random.nextInt(choices.size()));
  }
}
