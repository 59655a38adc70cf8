package io.promptmonitor.common.windows;

import io.promptmonitor.common.execution.PromptVersionId;
import io.promptmonitor.common.metrics.Exemplar;
import java.util.List;
import java.util.Objects;

/**
 * An evaluation of a prompt version: what happened in the times before it, of several lengths. The
 * input of rules.
 *
 * @param promptVersion whose executions the windows hold
 * @param end end of all windows and time of the evaluation, milliseconds since the epoch (UTC),
 *     exclusive
 * @param predictedQuality the quality that was predicted for the prompt version, as far as it was
 *     known at the evaluation: 0 to 10, or NaN
 * @param windows a window of each configured length, in ascending order
 * @param exemplars executions that show what is wrong, if anything is
 */
public record SlidingWindows(
    PromptVersionId promptVersion,
    long end,
    double predictedQuality,
    List<SlidingWindow> windows,
    List<Exemplar> exemplars) {

  public SlidingWindows {
    Objects.requireNonNull(promptVersion, "promptVersion");
    windows = List.copyOf(windows);
    exemplars = List.copyOf(exemplars);
  }
}
