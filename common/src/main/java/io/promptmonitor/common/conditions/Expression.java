package io.promptmonitor.common.conditions;

import java.io.Serializable;
import java.util.List;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;

/**
 * What is compared in a condition. The types follow the grammar, in which {@code and} binds tighter
 * than {@code or}: what would need parentheses cannot be built without {@link Parenthesized}, and
 * printing needs no rules.
 */
public sealed interface Expression extends Serializable permits Expression.Or, Expression.Disjunct {

  /** The comparisons, in the order in which they are written. */
  List<Comparison> comparisons();

  /** The same expression with each comparison replaced. */
  Expression map(UnaryOperator<Comparison> replacement);

  /** What {@code or} can join. */
  sealed interface Disjunct extends Expression permits And, Conjunct {
    @Override
    Disjunct map(UnaryOperator<Comparison> replacement);
  }

  /** What {@code and} can join. */
  sealed interface Conjunct extends Disjunct permits Comparison, Parenthesized {
    @Override
    Conjunct map(UnaryOperator<Comparison> replacement);
  }

  /** Holds if one of its disjuncts does. */
  record Or(List<Disjunct> disjuncts) implements Expression {
    public Or {
      disjuncts = atLeastTwo(disjuncts);
    }

    @Override
    public List<Comparison> comparisons() {
      return comparisonsOf(disjuncts);
    }

    @Override
    public Or map(UnaryOperator<Comparison> replacement) {
      return new Or(disjuncts.stream().map(part -> part.map(replacement)).toList());
    }

    @Override
    public String toString() {
      return joined(disjuncts, " or ");
    }
  }

  /** Holds if all of its conjuncts do. */
  record And(List<Conjunct> conjuncts) implements Disjunct {
    public And {
      conjuncts = atLeastTwo(conjuncts);
    }

    @Override
    public List<Comparison> comparisons() {
      return comparisonsOf(conjuncts);
    }

    @Override
    public And map(UnaryOperator<Comparison> replacement) {
      return new And(conjuncts.stream().map(part -> part.map(replacement)).toList());
    }

    @Override
    public String toString() {
      return joined(conjuncts, " and ");
    }
  }

  /** Holds if what is in the parentheses does. */
  record Parenthesized(Expression inner) implements Conjunct {
    @Override
    public List<Comparison> comparisons() {
      return inner.comparisons();
    }

    @Override
    public Parenthesized map(UnaryOperator<Comparison> replacement) {
      return new Parenthesized(inner.map(replacement));
    }

    @Override
    public String toString() {
      return "(" + inner + ")";
    }
  }

  private static List<Comparison> comparisonsOf(List<? extends Expression> parts) {
    return parts.stream().flatMap(part -> part.comparisons().stream()).toList();
  }

  private static <T> List<T> atLeastTwo(List<T> parts) {
    if (parts.size() < 2) {
      throw new IllegalArgumentException("nothing to join: " + parts);
    }
    return List.copyOf(parts);
  }

  private static String joined(List<? extends Expression> parts, String word) {
    return parts.stream().map(Expression::toString).collect(Collectors.joining(word));
  }
}
