package io.promptmonitor.common.metrics;

import org.jspecify.annotations.Nullable;

/** The attributes of a {@link Metric}, written so that a constant reads like a sentence. */
record MetricAttributes(
    Metric.Type type,
    @Nullable Quantity quantity,
    Worse worse,
    @Nullable BaselineSource baseline,
    Sample sample,
    int percentile,
    boolean quality,
    @Nullable String alias,
    @Nullable MetricPart part) {

  /** A whole number. */
  static MetricAttributes whole(Quantity quantity) {
    return plain(Metric.Type.COUNT, quantity);
  }

  /** A real number. */
  static MetricAttributes real(Quantity quantity) {
    return plain(Metric.Type.NUMBER, quantity);
  }

  /** Something else than a number. */
  static MetricAttributes notANumber(Metric.Type type) {
    return plain(type, null);
  }

  private static MetricAttributes plain(Metric.Type type, @Nullable Quantity quantity) {
    return new MetricAttributes(
        type, quantity, Worse.NEITHER, null, Sample.EXECUTIONS, 0, false, null, null);
  }

  MetricAttributes worseIfHigher() {
    return worse(Worse.HIGHER);
  }

  MetricAttributes worseIfLower() {
    return worse(Worse.LOWER);
  }

  private MetricAttributes worse(Worse side) {
    return new MetricAttributes(
        type, quantity, side, baseline, sample, percentile, quality, alias, part);
  }

  MetricAttributes baseline(BaselineSource source) {
    return new MetricAttributes(
        type, quantity, worse, source, sample, percentile, quality, alias, part);
  }

  /** It is a percentile of a distribution. */
  MetricAttributes percentile(int p, MetricPart distribution) {
    return new MetricAttributes(
        type, quantity, worse, baseline, sample, p, quality, alias, distribution);
  }

  /** It is taken from more than counters. */
  MetricAttributes from(MetricPart source) {
    return new MetricAttributes(
        type, quantity, worse, baseline, sample, percentile, quality, alias, source);
  }

  /** Feedback that comes after the execution changes it. */
  MetricAttributes fromFeedback() {
    return new MetricAttributes(
        type, quantity, worse, baseline, sample, percentile, true, alias, part);
  }

  /** It is taken from a kind of feedback, which changes it when it comes after the execution. */
  MetricAttributes fromFeedback(Sample kind) {
    return new MetricAttributes(
        type, quantity, worse, baseline, kind, percentile, true, alias, part);
  }

  MetricAttributes alias(String name) {
    return new MetricAttributes(
        type, quantity, worse, baseline, sample, percentile, quality, name, part);
  }
}
