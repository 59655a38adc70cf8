package io.promptmonitor.common.conditions;

import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * What came of evaluating a condition on a window.
 *
 * @param verdict whether it holds, as far as can be known
 * @param executions number of executions in the window
 * @param observations what each comparison saw, in the condition's order; empty without executions
 */
public record Evaluation(Verdict verdict, long executions, List<Observation> observations) {

  private static final Evaluation NO_DATA = new Evaluation(Verdict.NO_DATA, 0, List.of());

  public Evaluation {
    Objects.requireNonNull(verdict, "verdict");
    observations = List.copyOf(observations);
    if ((executions == 0) != (verdict == Verdict.NO_DATA)) {
      throw new IllegalArgumentException(executions + " executions, but " + verdict);
    }
  }

  /** Of a window without executions. */
  public static Evaluation noData() {
    return NO_DATA;
  }

  /**
   * The observation that tells most: the first that agrees with the verdict, so the first that
   * holds if the condition does, and the first that was not decided if it was not. Null without
   * executions.
   */
  public @Nullable Observation leading() {
    for (Observation observation : observations) {
      if (observation.verdict() == verdict) {
        return observation;
      }
    }
    return null;
  }

  /** Why the condition was not decided, for people; null if it was. */
  public @Nullable String reason() {
    if (verdict == Verdict.NO_DATA) {
      return "no executions";
    }
    Observation leading = verdict.isDecided() ? null : leading();
    return leading == null ? null : String.valueOf(leading.undecided());
  }
}
