package io.promptmonitor.common.backtest;

import io.promptmonitor.common.execution.PromptVersionId;
import io.promptmonitor.common.metrics.Exemplars;
import io.promptmonitor.common.metrics.RowMetrics;
import io.promptmonitor.common.replay.Replay;
import io.promptmonitor.common.windows.PaneUpdate;
import io.promptmonitor.common.windows.WindowSize;
import java.util.Objects;

/**
 * A row of {@code window_metrics}. Its executions all count in its last minute: a window of whole
 * rows that ends with a row, or before the next one does, holds exactly those rows.
 *
 * @param promptVersion whose executions
 * @param size length of the row
 * @param start start of the row, milliseconds since the epoch
 * @param metrics what it tells
 */
public record StoredRow(
    PromptVersionId promptVersion, WindowSize size, long start, RowMetrics metrics)
    implements Arrival {

  public StoredRow {
    Objects.requireNonNull(promptVersion, "promptVersion");
    Objects.requireNonNull(size, "size");
    Objects.requireNonNull(metrics, "metrics");
  }

  @Override
  public String version() {
    return promptVersion.version();
  }

  @Override
  public long end() {
    return start + size.millis();
  }

  @Override
  public long executions() {
    return metrics.executions();
  }

  @Override
  public void addTo(Replay replay) {
    replay.add(
        PaneUpdate.executions(
            promptVersion,
            end() - WindowSize.ONE_MINUTE.millis(),
            metrics.toAggregate(),
            new Exemplars()));
  }
}
