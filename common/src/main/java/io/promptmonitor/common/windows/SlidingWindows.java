package io.promptmonitor.common.windows;

import io.promptmonitor.common.execution.PromptVersionId;
import io.promptmonitor.common.metrics.Exemplar;
import io.promptmonitor.common.metrics.TopExemplars;
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
 * @param hasExecutions whether a window of the longest configured length has executions
 * @param windows a window of each configured length that is wanted, in ascending order
 * @param failures the newest failed executions of the longest window, the newest first; at most
 *     {@value #MAX_EXEMPLARS}
 * @param slowest the slowest executions of the last five minutes, failed ones included, the slowest
 *     first; at most {@value #MAX_EXEMPLARS}
 */
public record SlidingWindows(
    PromptVersionId promptVersion,
    long end,
    double predictedQuality,
    boolean hasExecutions,
    List<SlidingWindow> windows,
    List<Exemplar> failures,
    List<Exemplar> slowest) {

  /** Most executions of a kind that are shown as evidence. */
  public static final int MAX_EXEMPLARS = TopExemplars.LIMIT;

  public SlidingWindows {
    Objects.requireNonNull(promptVersion, "promptVersion");
    windows = List.copyOf(windows);
    failures = List.copyOf(failures);
    slowest = List.copyOf(slowest);
  }
}
