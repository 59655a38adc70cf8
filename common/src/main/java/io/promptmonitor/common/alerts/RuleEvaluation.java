package io.promptmonitor.common.alerts;

import io.promptmonitor.common.conditions.Evaluation;
import io.promptmonitor.common.conditions.Verdict;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * What came of evaluating a rule at some time.
 *
 * @param verdict whether the rule is breached, as far as can be known
 * @param evaluation what was seen
 * @param window length in milliseconds of the window that was looked at
 * @param evidence the e-value ({@link Evidence}); NaN if the rule does not ask for it, or the
 *     condition does not hold
 * @param sample what {@link Evidence} is taken from; null if the condition does not hold, there can
 *     be none, or the rule neither asks for it nor can roll back
 */
public record RuleEvaluation(
    Verdict verdict,
    Evaluation evaluation,
    long window,
    double evidence,
    @Nullable EvidenceSample sample) {

  public RuleEvaluation {
    Objects.requireNonNull(verdict, "verdict");
    Objects.requireNonNull(evaluation, "evaluation");
  }
}
