package io.promptmonitor.common.metrics;

import org.jspecify.annotations.Nullable;

/** The attributes of a {@link Metric}, written so that a constant reads like a sentence. */
record MetricAttributes(
    Metric.Type type,
    @Nullable Quantity quantity,
    Worse worse,
    @Nullable BaselineSource baseline,
    boolean quality,
    @Nullable String alias) {

  /** A whole number. */
  static MetricAttributes whole(Quantity quantity) {
    return new MetricAttributes(Metric.Type.COUNT, quantity, Worse.NEITHER, null, false, null);
  }

  /** A real number. */
  static MetricAttributes real(Quantity quantity) {
    return new MetricAttributes(Metric.Type.NUMBER, quantity, Worse.NEITHER, null, false, null);
  }

  /** Something else than a number. */
  static MetricAttributes notANumber(Metric.Type type) {
    return new MetricAttributes(type, null, Worse.NEITHER, null, false, null);
  }

  MetricAttributes worseIfHigher() {
    return new MetricAttributes(type, quantity, Worse.HIGHER, baseline, quality, alias);
  }

  MetricAttributes worseIfLower() {
    return new MetricAttributes(type, quantity, Worse.LOWER, baseline, quality, alias);
  }

  MetricAttributes baseline(BaselineSource source) {
    return new MetricAttributes(type, quantity, worse, source, quality, alias);
  }

  /** Feedback that comes after the execution changes it. */
  MetricAttributes fromFeedback() {
    return new MetricAttributes(type, quantity, worse, baseline, true, alias);
  }

  MetricAttributes alias(String name) {
    return new MetricAttributes(type, quantity, worse, baseline, quality, name);
  }
}
