package io.promptmonitor.common.registry;

import java.math.BigDecimal;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * How a prompt was arrived at: the way through the tree of alternatives that were explored.
 *
 * @param path for example {@code root → A → A.1}; null if only the decisions are known
 * @param techniques the techniques that the prompt combines, as the author names them
 * @param complexity how complex the task is, as the author names it; null if it is not known
 * @param decisions what was decided at each depth, from depth 0 on, without gaps; empty if it is
 *     not known
 */
public record Exploration(
    @Nullable String path,
    List<String> techniques,
    @Nullable String complexity,
    List<ExplorationDecision> decisions) {

  public Exploration {
    techniques = List.copyOf(techniques);
    decisions = List.copyOf(decisions);
  }

  /**
   * What was decided at one depth of the exploration.
   *
   * @param selected the alternative that was taken
   * @param alternatives those that were not
   * @param rationale why; null if nothing was said
   * @param potentialIssue what may turn out wrong about it; null if nothing was said
   */
  public record ExplorationDecision(
      String selected,
      List<Alternative> alternatives,
      @Nullable String rationale,
      @Nullable String potentialIssue) {

    public ExplorationDecision {
      Objects.requireNonNull(selected, "selected");
      alternatives = List.copyOf(alternatives);
    }
  }

  /**
   * An alternative that was not taken, written {@code Few-Shot (7.3)}.
   *
   * @param name what it is called
   * @param score how good it was thought to be, 0 to 10; null if it was not scored
   */
  public record Alternative(String name, @Nullable Double score) {

    public Alternative {
      Objects.requireNonNull(name, "name");
    }

    /** As it is written in a version's file: {@code Few-Shot (7.3)}. */
    public String text() {
      return score == null
          ? name
          : name + " (" + BigDecimal.valueOf(score).stripTrailingZeros().toPlainString() + ")";
    }
  }
}
