package io.promptmonitor.common.backtest;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.function.BiPredicate;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Finds what happened both ways: each thing once, in the order of time. */
final class Matching {

  private Matching() {}

  /**
   * What would have happened beside what did; one of the two may be null, not both.
   *
   * @param candidate null if it would not have happened
   * @param actual null if it did not happen
   */
  record Pair<T>(@Nullable T candidate, @Nullable T actual) {

    /** The one that is there; what would have happened if both are. */
    T any() {
      T found = candidate != null ? candidate : actual;
      if (found == null) {
        throw new IllegalStateException("neither");
      }
      return found;
    }
  }

  /**
   * Pairs in the given order.
   *
   * @param same whether a candidate and an actual one are the same thing
   */
  static <T> List<Pair<T>> of(
      List<T> candidates, List<T> actuals, BiPredicate<T, T> same, Comparator<T> order) {
    List<T> left = new ArrayList<>(actuals);
    left.sort(order);
    List<Pair<T>> pairs = new ArrayList<>();
    for (T candidate : candidates.stream().sorted(order).toList()) {
      T found = null;
      for (T actual : left) {
        if (same.test(candidate, actual)) {
          found = actual;
          break;
        }
      }
      if (found != null) {
        left.remove(found);
      }
      pairs.add(new Pair<>(candidate, found));
    }
    left.forEach(actual -> pairs.add(new Pair<>(null, actual)));
    Function<Pair<T>, T> any = Pair::any;
    pairs.sort(Comparator.comparing(any, order));
    return pairs;
  }

  /** How many there are of each sort. */
  record Counts(long both, long onlyCandidate, long onlyActual) {

    static <T> Counts of(List<Pair<T>> pairs) {
      long both = 0;
      long onlyCandidate = 0;
      for (Pair<T> pair : pairs) {
        if (pair.candidate() != null && pair.actual() != null) {
          both++;
        } else if (pair.candidate() != null) {
          onlyCandidate++;
        }
      }
      return new Counts(both, onlyCandidate, pairs.size() - both - onlyCandidate);
    }

    Counts plus(Counts other) {
      return new Counts(
          both + other.both, onlyCandidate + other.onlyCandidate, onlyActual + other.onlyActual);
    }
  }
}
