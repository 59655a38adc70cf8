package io.promptmonitor.jobs.metrics;

import java.util.function.LongSupplier;
import org.apache.flink.metrics.Gauge;
import org.apache.flink.metrics.MetricGroup;

/** How far an operator's event time is behind the clock, in milliseconds. */
public final class WatermarkLag implements Gauge<Double> {

  private final LongSupplier clock;

  /** Written by the task, read by whoever wants to know. */
  private volatile long watermark = Long.MIN_VALUE;

  private WatermarkLag(LongSupplier clock) {
    this.clock = clock;
  }

  /**
   * Registers it with an operator's metrics.
   *
   * @param clock processing time, in milliseconds since the epoch
   */
  public static WatermarkLag register(MetricGroup operator, LongSupplier clock) {
    WatermarkLag lag = new WatermarkLag(clock);
    JobMetric.WATERMARK_LAG.gauge(operator, lag);
    return lag;
  }

  /** Event time has come to {@code timestamp}. */
  public void reached(long timestamp) {
    watermark = timestamp;
  }

  /** The lag; NaN before the first watermark, 0 after the last one of a source that has ended. */
  @Override
  public Double getValue() {
    long reached = watermark;
    if (reached == Long.MIN_VALUE) {
      return Double.NaN;
    }
    return reached == Long.MAX_VALUE ? 0 : (double) (clock.getAsLong() - reached);
  }
}
