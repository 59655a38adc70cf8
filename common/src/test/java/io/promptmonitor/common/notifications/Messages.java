package io.promptmonitor.common.notifications;

import io.promptmonitor.common.alerts.AlertTransition.Cause;
import io.promptmonitor.common.alerts.EscalationMessage.Reason;
import java.time.Duration;
import java.time.Instant;
import java.util.List;

/** Messages for tests: an alert on the error rate, with changes. */
final class Messages {

  static final Instant PENDING = Instant.parse("2026-03-01T10:00:10Z");
  static final Instant FIRED = Instant.parse("2026-03-01T10:05:10Z");

  private Messages() {}

  static AlertMessage errorRate(Reason reason, Duration afterFiring) {
    boolean resolved = reason == Reason.RESOLVED;
    Instant due = FIRED.plus(afterFiring);
    return new AlertMessage(
        "pm-0123456789abcdef0123456789abcdef",
        reason,
        1,
        "checkout",
        "1.2.0",
        "Critical Error Rate",
        "alert_rule",
        "critical",
        "error_rate > 0.05",
        List.of("alert", "auto_rollback"),
        "error_rate",
        0.125,
        ">",
        0.05,
        null,
        312L,
        "executions",
        300L,
        null,
        PENDING,
        FIRED,
        resolved ? due : null,
        resolved ? Cause.CONDITION : null,
        due,
        reason == Reason.ACKNOWLEDGED ? "alice" : null,
        reason == Reason.ACKNOWLEDGED ? "the provider is down, see the status page" : null,
        0);
  }

  /** A warning about latency, with a baseline, evidence, and episodes that went unreported. */
  static AlertMessage latency(Reason reason, Duration afterFiring) {
    AlertMessage a = errorRate(reason, afterFiring);
    return new AlertMessage(
        "pm-ffffffffffffffffffffffffffffffff",
        reason,
        2,
        a.promptId(),
        "1.1.0",
        "Elevated Latency",
        "alert_rule",
        "warning",
        "latency_p95 > baseline * 1.5 and execution_count > 100",
        List.of("alert", "flag_for_review"),
        "latency_p95",
        5210.4,
        ">",
        3000.0,
        2000.0,
        1_204L,
        "executions",
        900L,
        23456.7,
        FIRED,
        FIRED,
        a.endedAt(),
        a.cause(),
        a.dueAt(),
        a.acknowledgedBy(),
        null,
        3);
  }

  /** Nothing was seen: there are no executions. */
  static AlertMessage noData() {
    AlertMessage a = errorRate(Reason.FIRING, Duration.ZERO);
    return new AlertMessage(
        "pm-00000000000000000000000000000000",
        Reason.FIRING,
        1,
        a.promptId(),
        a.promptVersion(),
        "no data: Critical Error Rate",
        "no_data_alert",
        "critical",
        "no executions for 10m",
        List.of("alert"),
        null,
        null,
        null,
        null,
        null,
        null,
        null,
        null,
        null,
        PENDING,
        FIRED,
        null,
        null,
        FIRED,
        null,
        null,
        1);
  }

  /** The same, but ended for another reason. */
  static AlertMessage ended(Cause cause, Duration afterFiring) {
    AlertMessage a = errorRate(Reason.RESOLVED, afterFiring);
    return new AlertMessage(
        a.alertId(),
        a.reason(),
        a.number(),
        a.promptId(),
        a.promptVersion(),
        a.rule(),
        a.kind(),
        a.severity(),
        a.condition(),
        a.actions(),
        a.metric(),
        a.value(),
        a.operator(),
        a.threshold(),
        a.baseline(),
        a.sampleCount(),
        a.sample(),
        a.windowSeconds(),
        a.evidence(),
        a.pendingSince(),
        a.firedAt(),
        a.endedAt(),
        cause,
        a.dueAt(),
        null,
        null,
        0);
  }

  static AlertMessage renamed(AlertMessage a, String prompt, String rule, String comment) {
    return new AlertMessage(
        a.alertId(),
        a.reason(),
        a.number(),
        prompt,
        a.promptVersion(),
        rule,
        a.kind(),
        a.severity(),
        a.condition(),
        a.actions(),
        a.metric(),
        a.value(),
        a.operator(),
        a.threshold(),
        a.baseline(),
        a.sampleCount(),
        a.sample(),
        a.windowSeconds(),
        a.evidence(),
        a.pendingSince(),
        a.firedAt(),
        a.endedAt(),
        a.cause(),
        a.dueAt(),
        comment,
        comment,
        a.unreported());
  }

  static Notification of(AlertMessage... alerts) {
    Instant due = alerts[0].dueAt();
    return new Notification("n-1", "slack", "checkout", due, due, List.of(alerts), null);
  }

  static Notification of(Notice notice) {
    return new Notification("n-1", "slack", "", FIRED, FIRED, List.of(), notice);
  }
}
