package io.promptmonitor.common.notifications;

import static org.assertj.core.api.Assertions.assertThat;

import io.promptmonitor.common.alerts.AlertAction;
import io.promptmonitor.common.alerts.AlertEvent;
import io.promptmonitor.common.alerts.AlertKey;
import io.promptmonitor.common.alerts.AlertPhase;
import io.promptmonitor.common.alerts.AlertReading;
import io.promptmonitor.common.alerts.AlertTransition.Cause;
import io.promptmonitor.common.alerts.AlertTransition.Change;
import io.promptmonitor.common.alerts.DataStatus;
import io.promptmonitor.common.alerts.EscalationPolicy;
import io.promptmonitor.common.alerts.LabelMatcher;
import io.promptmonitor.common.alerts.RuleKind;
import io.promptmonitor.common.alerts.RuleSummary;
import io.promptmonitor.common.alerts.Severity;
import io.promptmonitor.common.alerts.Silence;
import io.promptmonitor.common.conditions.Operator;
import io.promptmonitor.common.execution.PromptVersionId;
import io.promptmonitor.common.metrics.Metric;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * The escalations of one prompt as the job drives them: inputs at their times, and wake-ups when
 * they are asked for. Times are seconds.
 */
final class EscalationRun implements PromptEscalations.Output {

  static final String PROMPT = "checkout";

  /** An alert that can fire. */
  record Alert(
      String rule,
      String version,
      Severity severity,
      Metric metric,
      List<String> channels,
      AlertAction action) {

    Alert(String rule, String version, Severity severity, Metric metric) {
      this(rule, version, severity, metric, List.of(), AlertAction.ALERT);
    }

    AlertKey key() {
      return new AlertKey(new PromptVersionId(PROMPT, version), rule);
    }

    /** The episode that begins at a time. */
    String id(long seconds) {
      return key().dedupKey(seconds * 1000);
    }

    AlertEvent event(Change change, long episode, long seconds) {
      return event(change, Cause.CONDITION, episode, seconds);
    }

    AlertEvent event(Change change, Cause cause, long episode, long seconds) {
      return new AlertEvent(
          key(),
          new RuleSummary(
              RuleKind.ALERT_RULE,
              severity,
              metric.column() + " > 0.05",
              0,
              List.of(metric),
              List.of(action),
              null,
              channels),
          change,
          cause,
          seconds * 1000,
          episode * 1000,
          episode * 1000,
          change == Change.FIRING ? AlertPhase.FIRING : AlertPhase.INACTIVE,
          DataStatus.SUFFICIENT,
          null,
          new AlertReading(
              metric, Operator.GREATER, 0.125, 0.05, Double.NaN, 240, 300_000, Double.NaN),
          List.of());
    }
  }

  private final Map<Severity, EscalationPolicy> policies;
  private final GroupingConfig grouping;
  private final boolean restarts;
  private final Map<Alert, Long> firing = new LinkedHashMap<>();
  private final List<Silence> silences = new ArrayList<>();
  private final List<Notification> sent = new ArrayList<>();
  private final List<EscalationRow> rows = new ArrayList<>();
  private PromptEscalations escalations;
  private long now;

  /**
   * A run of a prompt of which no alert fires.
   *
   * @param restarts whether there is a restart after everything that happens
   */
  EscalationRun(
      Map<Severity, EscalationPolicy> policies, GroupingConfig grouping, boolean restarts) {
    this.policies = policies;
    this.grouping = grouping;
    this.restarts = restarts;
    this.escalations = new PromptEscalations(PROMPT, grouping);
  }

  @Override
  public void notification(Notification notification) {
    sent.add(notification);
  }

  @Override
  public void escalation(EscalationRow row) {
    rows.add(row);
  }

  /** Lets time pass, wake-ups included, up to and including a time. */
  EscalationRun at(long seconds) {
    while (escalations.wakeUpAt() <= seconds * 1000) {
      long ring = Math.max(escalations.wakeUpAt(), now);
      wake(ring);
      assertThat(escalations.wakeUpAt()).as("the next wake-up").isGreaterThan(ring);
    }
    now = seconds * 1000;
    return this;
  }

  /** Wakes without having been asked to. */
  EscalationRun lookedAt(long seconds) {
    at(seconds);
    wake(now);
    return this;
  }

  private void wake(long time) {
    now = time;
    escalations.wake(silences.stream().filter(s -> time < s.endsAt()).toList(), time, this);
    if (restarts) {
      escalations = restored(escalations.toBytes());
    }
  }

  private PromptEscalations restored(byte[] bytes) {
    try {
      return PromptEscalations.fromBytes(PROMPT, grouping, bytes);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  EscalationRun fires(Alert alert) {
    firing.put(alert, now / 1000);
    return take(alert, Change.FIRING);
  }

  EscalationRun resolves(Alert alert) {
    take(alert, Change.RESOLVED);
    firing.remove(alert);
    return this;
  }

  /** Resolved for another reason than the condition. */
  EscalationRun ends(Alert alert, Cause cause) {
    escalations.take(
        alert.event(Change.RESOLVED, cause, firing.remove(alert), now / 1000),
        policies.get(alert.severity()),
        now,
        this);
    wake(now);
    return this;
  }

  EscalationRun take(Alert alert, Change change) {
    escalations.take(
        alert.event(change, firing.get(alert), now / 1000),
        policies.get(alert.severity()),
        now,
        this);
    wake(now);
    return this;
  }

  EscalationRun acknowledged(String alertId) {
    escalations.acknowledge(new Acknowledgement(alertId, "ann", "on it"), now, this);
    wake(now);
    return this;
  }

  EscalationRun silenced(String id, long from, long to, String... matchers) {
    silences.add(
        new Silence(
            id,
            Arrays.stream(matchers).map(LabelMatcher::parse).toList(),
            from * 1000,
            to * 1000,
            "ben",
            "known"));
    wake(now);
    return this;
  }

  EscalationRun silenceEnded(String id) {
    silences.removeIf(silence -> silence.id().equals(id));
    wake(now);
    return this;
  }

  EscalationRun finished() {
    escalations.finish(this);
    return this;
  }

  long now() {
    return now / 1000;
  }

  boolean isFiring(Alert alert) {
    return firing.containsKey(alert);
  }

  /** When the alert's episode that fires began. */
  long since(Alert alert) {
    return firing.get(alert);
  }

  List<Silence> silences() {
    return silences;
  }

  PromptEscalations escalations() {
    return escalations;
  }

  List<Notification> sent() {
    return sent;
  }

  List<EscalationRow> rows() {
    return rows;
  }

  EscalationRow lastRow() {
    return rows.get(rows.size() - 1);
  }

  /** What was sent, and to whom: {@code 1 slack: FIRING errors, FIRING success}. */
  List<String> shown() {
    return sent.stream().map(EscalationRun::shown).toList();
  }

  static String shown(Notification notification) {
    return notification.createdAt().toEpochMilli() / 1000
        + " "
        + notification.channel()
        + ": "
        + notification.alerts().stream()
            .map(
                message ->
                    message.reason()
                        + " "
                        + message.rule()
                        + (message.unreported() == 0 ? "" : " +" + message.unreported()))
            .collect(Collectors.joining(", "));
  }
}
