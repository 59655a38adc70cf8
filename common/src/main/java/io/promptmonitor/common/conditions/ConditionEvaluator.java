package io.promptmonitor.common.conditions;

import io.promptmonitor.common.conditions.Expression.And;
import io.promptmonitor.common.conditions.Expression.Or;
import io.promptmonitor.common.conditions.Expression.Parenthesized;
import io.promptmonitor.common.conditions.Operand.Baseline;
import io.promptmonitor.common.conditions.Operand.Factor;
import io.promptmonitor.common.conditions.Operand.Literal;
import io.promptmonitor.common.conditions.Operand.Offset;
import io.promptmonitor.common.conditions.Undecided.Cause;
import io.promptmonitor.common.metrics.Metric;
import io.promptmonitor.common.metrics.Quantity;
import io.promptmonitor.common.metrics.Sample;
import java.math.BigDecimal;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Evaluates a condition for one prompt version. Thresholds are worked out once, in decimal, so that
 * {@code baseline * 3} of 0.1 is 0.3. Immutable.
 *
 * <p>What cannot be decided is neither true nor false (Kleene's logic): {@code or} still holds if
 * another part does, {@code and} still does not hold if another part does not.
 */
public final class ConditionEvaluator {

  /** How many executions, or ratings, a rate is taken from at least, if a rule does not say. */
  public static final int MIN_FOR_RATES = 20;

  /** For {@code minExecutions}: what is usual for each metric. */
  public static final int USUAL_MINIMUM = 0;

  /** A comparison with its threshold. */
  private record Resolved(
      Metric metric,
      Operator operator,
      double threshold,
      double baseline,
      long needed,
      @Nullable Cause baselineProblem) {}

  /**
   * What a metric is compared with.
   *
   * @param value in the metric's unit; NaN if it is made from a baseline that is not known
   */
  public record Threshold(Metric metric, Operator operator, double value) {}

  private final Expression expression;
  private final List<Resolved> comparisons;
  private final long requiredExecutions;

  /**
   * The evaluator of a condition.
   *
   * @param minExecutions how many executions every metric is taken from at least, or, for metrics
   *     that are taken from ratings or scores, how many of these; {@link #USUAL_MINIMUM} for {@link
   *     #MIN_FOR_RATES} where a metric is a rate and 1 where it is not. Percentiles always need
   *     {@link Metric#minSamples()}.
   */
  public ConditionEvaluator(Expression expression, Baselines baselines, int minExecutions) {
    this.expression = expression;
    this.comparisons =
        expression.comparisons().stream()
            .map(comparison -> resolved(comparison, baselines, minExecutions))
            .toList();
    requiredExecutions =
        comparisons.stream()
            .filter(comparison -> comparison.metric.sample() == Sample.EXECUTIONS)
            .mapToLong(Resolved::needed)
            .max()
            .orElse(1);
  }

  /** How many executions a window needs for all comparisons to be decided; at least 1. */
  public long requiredExecutions() {
    return requiredExecutions;
  }

  /** What metrics are compared with, in the condition's order. */
  public List<Threshold> thresholds() {
    return comparisons.stream()
        .map(
            comparison ->
                new Threshold(comparison.metric, comparison.operator, comparison.threshold))
        .toList();
  }

  /** Evaluates the condition on a window. */
  public Evaluation evaluate(MetricValues window) {
    long executions = window.count(Sample.EXECUTIONS);
    if (executions == 0) {
      return Evaluation.noData();
    }
    Observation[] observations = new Observation[comparisons.size()];
    for (int i = 0; i < observations.length; i++) {
      observations[i] = observe(comparisons.get(i), window);
    }
    Verdict verdict = new Walk(observations).verdict(expression);
    return new Evaluation(verdict, executions, Arrays.asList(observations));
  }

  private static Observation observe(Resolved comparison, MetricValues window) {
    Metric metric = comparison.metric;
    long count = window.count(metric.sample());
    double value = window.value(metric);
    Cause cause = null;
    if (comparison.baselineProblem != null) {
      cause = comparison.baselineProblem;
    } else if (count < comparison.needed) {
      cause = Cause.TOO_FEW;
    } else if (Double.isNaN(value)) {
      cause =
          metric.sample() == Sample.RATINGS_AND_SCORES
              ? Cause.PREDICTED_QUALITY_MISSING
              : Cause.NO_VALUE;
    }
    Verdict verdict =
        cause != null
            ? Verdict.INSUFFICIENT_DATA
            : Verdict.of(comparison.operator.holds(value, comparison.threshold));
    return new Observation(
        metric,
        comparison.operator,
        value,
        comparison.threshold,
        comparison.baseline,
        count,
        verdict,
        cause == null ? null : new Undecided(cause, metric, count, comparison.needed));
  }

  /** Walks through the expression and, in step with it, through the observations. */
  private static final class Walk {

    private final Observation[] observations;
    private int next;

    Walk(Observation[] observations) {
      this.observations = observations;
    }

    Verdict verdict(Expression expression) {
      if (expression instanceof Or or) {
        return join(or.disjuncts(), Verdict.HOLDS, Verdict.DOES_NOT_HOLD);
      }
      if (expression instanceof And and) {
        return join(and.conjuncts(), Verdict.DOES_NOT_HOLD, Verdict.HOLDS);
      }
      if (expression instanceof Parenthesized parenthesized) {
        return verdict(parenthesized.inner());
      }
      return observations[next++].verdict();
    }

    /** One part that is {@code deciding} decides; {@code otherwise} needs all parts. */
    private Verdict join(List<? extends Expression> parts, Verdict deciding, Verdict otherwise) {
      Verdict joined = otherwise;
      for (Expression part : parts) {
        Verdict verdict = verdict(part);
        if (verdict == deciding || (joined != deciding && verdict == Verdict.INSUFFICIENT_DATA)) {
          joined = verdict;
        }
      }
      return joined;
    }
  }

  private static Resolved resolved(Comparison comparison, Baselines baselines, int minExecutions) {
    Metric metric = comparison.metric();
    double threshold = Double.NaN;
    double baseline = Double.NaN;
    Cause problem = null;
    if (comparison.operand() instanceof Literal literal) {
      threshold = literal.value();
    } else if (comparison.operand() instanceof Baseline function) {
      Double stated = baselines.of(metric);
      if (stated == null || stated.isNaN()) {
        problem = Cause.BASELINE_MISSING;
      } else {
        baseline = stated;
        if (baseline <= 0) {
          problem = Cause.BASELINE_NOT_POSITIVE;
        } else {
          threshold = threshold(function, baseline);
        }
      }
    }
    int usual =
        minExecutions != USUAL_MINIMUM
            ? minExecutions
            : metric.quantity() == Quantity.RATE ? MIN_FOR_RATES : 1;
    long needed = Math.max(metric.minSamples(), usual);
    return new Resolved(metric, comparison.operator(), threshold, baseline, needed, problem);
  }

  private static double threshold(Baseline function, double baseline) {
    BigDecimal threshold = BigDecimal.valueOf(baseline);
    Factor factor = function.factor();
    if (factor != null) {
      threshold = threshold.multiply(new BigDecimal(factor.number()));
    }
    Offset offset = function.offset();
    if (offset != null) {
      Literal amount = offset.amount();
      BigDecimal added = new BigDecimal(amount.number()).multiply(amount.unit().factor());
      threshold = offset.subtracted() ? threshold.subtract(added) : threshold.add(added);
    }
    return threshold.doubleValue();
  }
}
