package io.promptmonitor.common.rollback;

import io.promptmonitor.common.metrics.MetricText;
import io.promptmonitor.common.rollback.RollbackRecord.Kind;
import io.promptmonitor.common.text.PlainText;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/** What is said about rollbacks, in sentences. */
public final class RollbackText {

  private static final int MAX_RULE = 200;

  private RollbackText() {}

  /**
   * Why a rule demands a rollback: {@code Critical Error Rate: error_rate 52% > 5% (60
   * executions)}.
   */
  public static String reason(RollbackCause cause) {
    String rule =
        cause.rule().length() <= MAX_RULE
            ? cause.rule()
            : cause.rule().substring(0, MAX_RULE) + "…";
    String metric = cause.metric();
    Double value = cause.value();
    if (metric == null || value == null) {
      return rule;
    }
    String seen = MetricText.comparison(metric, value, cause.operator(), cause.threshold());
    Long seconds = cause.windowSeconds();
    Long count = cause.sampleCount();
    return rule
        + ": "
        + seen
        + (count == null
            ? ""
            : " (" + count + " in " + (seconds == null ? "" : seconds / 60 + " min") + ")");
  }

  /** What happened, for those who are told. */
  static String happened(RollbackRecord rollback) {
    return rollback.promptId()
        + " was rolled back from "
        + rollback.fromVersion()
        + " to "
        + rollback.toVersion()
        + (rollback.kind() == Kind.MANUAL ? " by " + rollback.requestedBy() : " automatically")
        + switchedAt(rollback.switchedAt())
        + ": "
        + rollback.reason()
        + " — promptmon rollbacks show "
        + rollback.rollbackId();
  }

  private static String switchedAt(@Nullable Instant time) {
    return time == null ? "" : " at " + PlainText.time(time);
  }
}
