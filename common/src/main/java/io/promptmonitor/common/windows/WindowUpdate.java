package io.promptmonitor.common.windows;

import io.promptmonitor.common.execution.PromptVersionId;
import io.promptmonitor.common.metrics.Metric;
import io.promptmonitor.common.metrics.WindowAggregate;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A tumbling window's row, to be written over the row with the same prompt version, size and start.
 *
 * @param promptVersion whose executions the window holds
 * @param size the window's size
 * @param start start of the window, milliseconds since the epoch (UTC), inclusive
 * @param isFinal whether the window has ended; late executions and feedback may still correct it
 * @param revision 1 for the first row of this window, one more for each rewrite
 * @param qualityOnly whether only the quality metrics ({@code Metric.isQuality}) are known and to
 *     be written, onto a row that is there already: a correction by late feedback
 * @param predictedQuality the quality that was predicted for the prompt version, as far as it was
 *     known when the row was made: 0 to 10, or NaN
 * @param aggregate what the metrics are computed from; must not be changed any more
 */
public record WindowUpdate(
    PromptVersionId promptVersion,
    WindowSize size,
    long start,
    boolean isFinal,
    int revision,
    boolean qualityOnly,
    double predictedQuality,
    WindowAggregate aggregate) {

  public WindowUpdate {
    Objects.requireNonNull(promptVersion, "promptVersion");
    Objects.requireNonNull(size, "size");
    Objects.requireNonNull(aggregate, "aggregate");
  }

  /** The value of a metric, see {@link Metric#value}. */
  public @Nullable Object value(Metric metric) {
    return metric.value(aggregate, predictedQuality);
  }

  /** End of the window, milliseconds since the epoch (UTC), exclusive. */
  public long end() {
    return start + size.millis();
  }
}
