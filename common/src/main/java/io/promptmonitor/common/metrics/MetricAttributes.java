package io.promptmonitor.common.metrics;

import org.jspecify.annotations.Nullable;

/** The attributes of a {@link Metric}, written so that a constant reads like a sentence. */
record MetricAttributes(
    Metric.Type type,
    @Nullable Quantity quantity,
    Worse worse,
    @Nullable BaselineSource baseline,
    Sample sample,
    int minSamples,
    boolean quality,
    @Nullable String alias) {

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
        type, quantity, Worse.NEITHER, null, Sample.EXECUTIONS, 1, false, null);
  }

  MetricAttributes worseIfHigher() {
    return worse(Worse.HIGHER);
  }

  MetricAttributes worseIfLower() {
    return worse(Worse.LOWER);
  }

  private MetricAttributes worse(Worse side) {
    return new MetricAttributes(type, quantity, side, baseline, sample, minSamples, quality, alias);
  }

  MetricAttributes baseline(BaselineSource source) {
    return new MetricAttributes(type, quantity, worse, source, sample, minSamples, quality, alias);
  }

  /** A percentile {@code p} means something from 1 / (1 - p / 100) executions on. */
  MetricAttributes percentile(int p) {
    int rest = 100 - p;
    int needed = (100 + rest - 1) / rest;
    return new MetricAttributes(type, quantity, worse, baseline, sample, needed, quality, alias);
  }

  /** Feedback that comes after the execution changes it. */
  MetricAttributes fromFeedback() {
    return new MetricAttributes(type, quantity, worse, baseline, sample, minSamples, true, alias);
  }

  /** It is taken from a kind of feedback, which changes it when it comes after the execution. */
  MetricAttributes fromFeedback(Sample kind) {
    return new MetricAttributes(type, quantity, worse, baseline, kind, minSamples, true, alias);
  }

  MetricAttributes alias(String name) {
    return new MetricAttributes(type, quantity, worse, baseline, sample, minSamples, quality, name);
  }
}
