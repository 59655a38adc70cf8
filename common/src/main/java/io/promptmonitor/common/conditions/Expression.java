package io.promptmonitor.common.conditions;

import java.io.Serializable;
import java.util.List;
import java.util.stream.Collectors;

/**
 * What is compared in a condition. The types follow the grammar, in which {@code and} binds tighter
 * than {@code or}: what would need parentheses cannot be built without {@link Parenthesized}, and
 * printing needs no rules.
 */
public sealed interface Expression extends Serializable permits Expression.Or, Expression.Disjunct {

  /** What {@code or} can join. */
  sealed interface Disjunct extends Expression permits And, Conjunct {}

  /** What {@code and} can join. */
  sealed interface Conjunct extends Disjunct permits Comparison, Parenthesized {}

  /** Holds if one of its disjuncts does. */
  record Or(List<Disjunct> disjuncts) implements Expression {
    public Or {
      disjuncts = atLeastTwo(disjuncts);
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
    public String toString() {
      return joined(conjuncts, " and ");
    }
  }

  /** Holds if what is in the parentheses does. */
  record Parenthesized(Expression inner) implements Conjunct {
    @Override
    public String toString() {
      return "(" + inner + ")";
    }
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
