package io.promptmonitor.common.rollback;

import com.fasterxml.jackson.databind.PropertyNamingStrategies.SnakeCaseStrategy;
import com.fasterxml.jackson.databind.annotation.JsonNaming;
import io.promptmonitor.common.alerts.AlertReading;
import io.promptmonitor.common.alerts.RollbackTrigger;
import io.promptmonitor.common.conditions.Operator;
import io.promptmonitor.common.metrics.Metric;
import java.time.Instant;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * The trigger that led to a rollback, as it is kept with the event. Times are event time.
 *
 * @param alertId the episode of the alert
 * @param rule name of the rule
 * @param kind label of the rule's kind
 * @param condition the condition as a person would write it
 * @param severity label of the rule's severity
 * @param confidence label of how sure the rule is
 * @param pendingSince when the condition began to hold
 * @param firingSince when the alert began to fire
 * @param evaluatedAt the evaluation that completed the trigger
 * @param metric column of the metric that tells most; null if nothing was seen
 * @param value its value in its unit
 * @param operator how it was compared, as a symbol
 * @param threshold what it was compared with
 * @param baseline what the threshold was made from
 * @param sampleCount how many executions, ratings or scores the value is taken from
 * @param windowSeconds length of the window that was looked at
 */
@JsonNaming(SnakeCaseStrategy.class)
public record RollbackCause(
    String alertId,
    String rule,
    String kind,
    String condition,
    String severity,
    String confidence,
    Instant pendingSince,
    Instant firingSince,
    Instant evaluatedAt,
    @Nullable String metric,
    @Nullable Double value,
    @Nullable String operator,
    @Nullable Double threshold,
    @Nullable Double baseline,
    @Nullable Long sampleCount,
    @Nullable Long windowSeconds) {

  public RollbackCause {
    Objects.requireNonNull(alertId, "alertId");
    Objects.requireNonNull(rule, "rule");
  }

  /** What a trigger says. */
  public static RollbackCause of(RollbackTrigger trigger) {
    AlertReading reading = trigger.reading();
    return new RollbackCause(
        trigger.triggerId(),
        trigger.rule(),
        trigger.summary().kind().label(),
        trigger.summary().condition(),
        trigger.summary().severity().label(),
        trigger.confidence().label(),
        Instant.ofEpochMilli(trigger.pendingSince()),
        Instant.ofEpochMilli(trigger.firingSince()),
        Instant.ofEpochMilli(trigger.time()),
        reading == null ? null : reading.metric().column(),
        reading == null ? null : known(reading.value()),
        reading == null ? null : reading.operator().symbol(),
        reading == null ? null : known(reading.threshold()),
        reading == null ? null : known(reading.baseline()),
        reading == null ? null : reading.count(),
        reading == null ? null : reading.window() / 1_000);
  }

  private static @Nullable Double known(double value) {
    return Double.isNaN(value) ? null : value;
  }

  /** What was seen; null if nothing was, or it is of a metric that is not known. */
  @Nullable AlertReading reading() {
    Metric known = metric == null ? null : Metric.named(metric);
    Operator compared = operator == null ? null : Operator.ofSymbol(operator);
    return known == null || compared == null
        ? null
        : new AlertReading(
            known,
            compared,
            number(value),
            number(threshold),
            number(baseline),
            sampleCount == null ? 0 : sampleCount,
            windowSeconds == null ? 0 : windowSeconds * 1_000,
            Double.NaN);
  }

  private static double number(@Nullable Double value) {
    return value == null ? Double.NaN : value;
  }
}
