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
}
