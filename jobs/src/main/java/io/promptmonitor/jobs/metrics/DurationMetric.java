package io.promptmonitor.jobs.metrics;

import org.apache.flink.metrics.Counter;
import org.apache.flink.metrics.Histogram;
import org.apache.flink.metrics.MetricGroup;
import org.apache.flink.runtime.metrics.DescriptiveStatisticsHistogram;

/**
 * How long something takes, each time: quantiles of the latest times, and their number and total,
 * from which the mean of any span can be told. Adding allocates nothing.
 */
public final class DurationMetric {

  private static final int LATEST = 500;

  private final Histogram latest;
  private final Counter total;

  private DurationMetric(Histogram latest, Counter total) {
    this.latest = latest;
    this.total = total;
  }

  /**
   * Registers both with an operator's metrics.
   *
   * @param total the metric of the total
   */
  public static DurationMetric register(JobMetric metric, JobMetric total, MetricGroup operator) {
    Histogram latest = new DescriptiveStatisticsHistogram(LATEST);
    operator.addGroup(JobMetric.GROUP).histogram(metric.metricName(), latest);
    return new DurationMetric(latest, total.counter(operator));
  }

  /** Adds a time in milliseconds; less than 0, where clocks differ, counts as 0. */
  public void add(long millis) {
    long duration = Math.max(millis, 0);
    latest.update(duration);
    total.inc(duration);
  }
}
