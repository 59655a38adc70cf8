package io.promptmonitor.common.ruletests;

import io.promptmonitor.common.ruletests.RuleTestResult.Line;
import io.promptmonitor.common.ruletests.RuleTestResult.Mark;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BiPredicate;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Compares a list of what was expected with a list of what there is, whatever their order: each
 * thing there is meets one expectation at most.
 *
 * @param <E> what is expected
 * @param <G> what there is
 */
final class ListDifference<E, G> {

  private final List<Line> lines = new ArrayList<>();
  private final List<E> missing = new ArrayList<>();
  private final int unexpected;

  /**
   * The difference of two lists.
   *
   * @param meets whether something is as expected
   * @param resembles whether it is about the same, though not as expected
   */
  ListDifference(
      List<E> expected,
      List<G> got,
      BiPredicate<E, G> meets,
      BiPredicate<E, G> resembles,
      Function<E, String> expectedText,
      Function<G, String> gotText) {
    List<G> rest = new ArrayList<>(got);
    List<E> unmet = new ArrayList<>();
    for (E e : expected) {
      G met = first(e, rest, meets);
      if (met == null) {
        unmet.add(e);
      } else {
        rest.remove(met);
        lines.add(new Line(Mark.SAME, gotText.apply(met)));
      }
    }
    for (E e : unmet) {
      lines.add(new Line(Mark.MISSING, expectedText.apply(e)));
      G similar = first(e, rest, resembles);
      if (similar == null) {
        missing.add(e);
      } else {
        rest.remove(similar);
        lines.add(new Line(Mark.UNEXPECTED, gotText.apply(similar)));
      }
    }
    rest.forEach(g -> lines.add(new Line(Mark.UNEXPECTED, gotText.apply(g))));
    unexpected = rest.size();
  }

  private static <E, G> @Nullable G first(E expected, List<G> got, BiPredicate<E, G> predicate) {
    for (G g : got) {
      if (predicate.test(expected, g)) {
        return g;
      }
    }
    return null;
  }

  /** All of it, that which is as expected first, that which nobody spoke of last. */
  List<Line> lines() {
    return List.copyOf(lines);
  }

  /** All of it but that which nobody spoke of. */
  List<Line> linesOfExpected() {
    return lines.subList(0, lines.size() - unexpected);
  }

  /** What was expected, and nothing like it is there. */
  List<E> missing() {
    return List.copyOf(missing);
  }

  /** Whether all that was expected is there. */
  boolean hasAll() {
    return lines.stream().noneMatch(line -> line.mark() == Mark.MISSING);
  }

  /** Whether all that was expected is there, and nothing else. */
  boolean isExact() {
    return lines.stream().allMatch(line -> line.mark() == Mark.SAME);
  }
}
