package io.promptmonitor.common.rollback.recovery;

import io.promptmonitor.common.comparison.MetricComparison;
import io.promptmonitor.common.comparison.ObservedSpan;
import io.promptmonitor.common.conditions.Operator;
import io.promptmonitor.common.metrics.Metric;
import io.promptmonitor.common.metrics.MetricText;
import org.jspecify.annotations.Nullable;

/**
 * What one metric says of recovery.
 *
 * @param operator on which side of the threshold, and of the failing version, it would be bad
 * @param threshold NaN if there is none
 * @param isKnown whether enough is known of the version that is active since
 * @param isBreached whether it is beyond the threshold
 * @param versusFailing against the failing version; null if that does not count
 * @param excuse why it may be worse than with the failing version; null if it may not
 */
record RecoveryCheck(
    Metric metric,
    Operator operator,
    double threshold,
    boolean isKnown,
    boolean isBreached,
    @Nullable MetricComparison versusFailing,
    @Nullable String excuse) {

  /** The same metric, which may be worse than with the failing version. */
  RecoveryCheck excused(String why) {
    return new RecoveryCheck(metric, operator, threshold, isKnown, isBreached, versusFailing, why);
  }

  /** Whether the whole interval of the difference from the failing version is on the bad side. */
  boolean isWorse() {
    if (versusFailing == null) {
      return false;
    }
    Double limit = isUpwards() ? versusFailing.lower() : versusFailing.upper();
    return limit != null && (isUpwards() ? limit > 0 : limit < 0);
  }

  /** Whether the whole interval of the difference from the failing version is on the good side. */
  boolean isBetter() {
    if (versusFailing == null) {
      return false;
    }
    Double limit = isUpwards() ? versusFailing.upper() : versusFailing.lower();
    return limit != null && (isUpwards() ? limit < 0 : limit > 0);
  }

  private boolean isUpwards() {
    return operator == Operator.GREATER || operator == Operator.GREATER_OR_EQUAL;
  }

  /** Whether it speaks for recovery; null if too little is known. */
  @Nullable Boolean passed() {
    return isKnown ? !isBreached && (!isWorse() || excuse != null) : null;
  }

  RecoveryReading reading(RecoverySpans spans) {
    return new RecoveryReading(
        metric.column(),
        known(spans.target().value(metric)),
        spans.target().count(metric.sample()),
        known(spans.failing().value(metric)),
        spans.failing().count(metric.sample()),
        spans.expected().of(metric),
        operator.symbol(),
        known(threshold),
        versusFailing == null ? null : versusFailing.lower(),
        versusFailing == null ? null : versusFailing.upper(),
        passed(),
        text(spans));
  }

  private static @Nullable Double known(double value) {
    return Double.isNaN(value) ? null : value;
  }

  /** For example {@code error_rate is 1.2% (85 executions), not > 10%; it was 40% (300 …) …}. */
  private String text(RecoverySpans spans) {
    StringBuilder text = new StringBuilder(metric.column());
    text.append(" is ").append(value(spans.target()));
    if (!isKnown) {
      return text.append(": too little is known").toString();
    }
    if (!Double.isNaN(threshold)) {
      text.append(isBreached ? ", still " : ", not ")
          .append(operator.symbol())
          .append(' ')
          .append(show(threshold));
    }
    text.append("; with the failing version it was ").append(value(spans.failing()));
    if (isWorse() && versusFailing != null) {
      text.append(", significantly ")
          .append(isUpwards() ? "lower" : "higher")
          .append(" (95% interval of the difference ")
          .append(limit(versusFailing.lower()))
          .append(" to ")
          .append(limit(versusFailing.upper()))
          .append(')');
      if (excuse != null) {
        text.append(", which ").append(excuse);
      }
    }
    return text.toString();
  }

  private String value(ObservedSpan span) {
    double value = span.value(metric);
    return (Double.isNaN(value) ? "unknown" : show(value))
        + " ("
        + span.count(metric.sample())
        + " "
        + metric.sample().plural()
        + ")";
  }

  private String limit(@Nullable Double limit) {
    return limit == null ? "unknown" : show(limit);
  }

  private String show(double value) {
    return MetricText.value(metric.column(), value);
  }
}
