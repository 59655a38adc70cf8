package io.promptmonitor.jobs.sink;

import io.promptmonitor.common.windows.WindowUpdate;

/**
 * Windows into the table {@code window_metrics}; the last write of a row wins. Corrections by late
 * feedback ({@link WindowUpdate#qualityOnly}) change the quality metrics of a row that is there.
 */
public final class WindowMetricsSink extends JdbcSink<WindowUpdate> {

  public WindowMetricsSink(SinkOptions options) {
    super(new WindowMetricsTable(), options);
  }

  private WindowMetricsSink(WindowMetricsTable table, SinkOptions options) {
    super(table, options);
  }

  /**
   * Into rows that may be there already and are not written anew for less: only a row of as many
   * executions and as much feedback takes the place of another one, and only if it says something
   * else.
   */
  public static WindowMetricsSink ofBackfill(SinkOptions options) {
    return new WindowMetricsSink(new WindowMetricsTable(true), options);
  }
}
