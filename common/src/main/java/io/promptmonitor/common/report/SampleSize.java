package io.promptmonitor.common.report;

import io.promptmonitor.common.metrics.Metric;
import org.jspecify.annotations.Nullable;

/** How many executions, ratings or scores it takes for a figure to mean something. */
final class SampleSize {

  /** As the alert rules' default: below it a rate or a mean says nothing about a day. */
  static final int LEAST = 20;

  private SampleSize() {}

  /** How many a metric takes. */
  static long needed(Metric metric) {
    return Math.max(LEAST, metric.minSamples());
  }

  /**
   * Why {@code n} is too few for a metric, such as {@code insufficient data: 7 executions
   * yesterday, at least 20 are needed}; null if it is enough.
   *
   * @param when of which time, such as {@code yesterday}
   */
  static @Nullable String tooFew(Metric metric, long n, String when) {
    if (n >= needed(metric)) {
      return null;
    }
    String sample = metric.sample().plural();
    return n == 0
        ? "insufficient data: no " + sample + " " + when
        : "insufficient data: "
            + n
            + " "
            + (n == 1 ? sample.replaceFirst("s$", "") : sample)
            + " "
            + when
            + ", at least "
            + needed(metric)
            + " are needed";
  }
}
