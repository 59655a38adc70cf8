package io.promptmonitor.common.alerts;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.promptmonitor.common.config.ConfigException;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.ObjectInputStream;
import java.io.ObjectOutputStream;
import java.time.Duration;
import java.util.List;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

class AlertingConfigTest {

  private static String shown(AlertRule rule) {
    return String.join(
        " | ",
        rule.name(),
        rule.condition(),
        rule.windows().size() == 1
            ? rule.windows().get(0).toMinutes() + "m"
            : "up to " + rule.longestWindow().toMinutes() + "m",
        rule.severity().label(),
        rule.actions().stream().map(AlertAction::label).collect(Collectors.joining(" ")));
  }

  @Test
  void defaultRules() {
    AlertingConfig config = AlertingConfig.defaults();
    assertThat(config.alertRules())
        .map(AlertingConfigTest::shown)
        .containsExactly(
            "Critical Error Rate | error_rate > 0.05 | 5m | critical | alert auto_rollback",
            "Elevated Error Rate | error_rate > 0.03 | 15m | warning | alert",
            "High Latency P95 | latency_p95 > baseline * 2.0 | 5m | critical | alert",
            "Elevated Latency | latency_p95 > baseline * 1.5 | 15m | warning | alert",
            "Low Success Rate | success_rate < 0.95 | 10m | critical | alert auto_rollback",
            "Calibration Drift | avg_calibration_delta > 2.0 | 60m | warning | alert flag_for_review",
            "User Satisfaction Drop | avg_user_feedback < 3.0 | 1440m | warning | alert");
    assertThat(config.alertRules())
        .allSatisfy(
            rule -> {
              assertThat(rule.hold()).isZero();
              assertThat(rule.keepFiringFor()).isEqualTo(Duration.ofMinutes(5));
              assertThat(rule.noData()).isEqualTo(NoDataPolicy.freeze());
              assertThat(rule.evidence()).isNull();
            });
  }

  @Test
  void defaultEscalation() {
    AlertingConfig config = AlertingConfig.defaults();
    assertThat(config.policy(Severity.WARNING))
        .isEqualTo(new EscalationPolicy(List.of("slack"), Duration.ofHours(1), null, null));
    assertThat(config.policy(Severity.CRITICAL))
        .isEqualTo(
            new EscalationPolicy(
                List.of("slack", "pagerduty"),
                Duration.ofMinutes(15),
                Duration.ofMinutes(30),
                "on_call_engineer"));
  }

  @Test
  void defaultRollback() {
    AutoRollback rollback = AlertingConfig.defaults().autoRollback();
    assertThat(rollback.triggers())
        .map(rule -> shown(rule) + " | " + rule.confidence())
        .containsExactly(
            "rollback: error_rate > 0.10 for 5 minutes | error_rate > 0.10 for 5m | up to 5m |"
                + " critical | auto_rollback | HIGH",
            "rollback: success_rate < 0.85 for 10 minutes | success_rate < 0.85 for 10m | up to 10m |"
                + " critical | auto_rollback | HIGH",
            "rollback: latency_p99 > 10000ms for 5 minutes | latency_p99 > 10000ms for 5m | up to 5m"
                + " | critical | auto_rollback | MEDIUM");
    assertThat(rollback.minInterval()).isEqualTo(Duration.ofMinutes(15));
    assertThat(rollback.maxPerDay()).isEqualTo(3);
  }

  @Test
  void whatIsLeftOutIsAsTheDefaultsSay() {
    AlertingConfig defaults = AlertingConfig.defaults();
    assertThat(TestRules.config("")).isEqualTo(defaults);
    AlertingConfig config =
        TestRules.config(
            """
            alert_rules: []
            escalation:
              warning: {channels: [email]}
            auto_rollback:
              safeguards:
                - Maximum auto-rollbacks per day: 1
            """);
    assertThat(config.alertRules()).isEmpty();
    assertThat(config.policy(Severity.WARNING))
        .isEqualTo(new EscalationPolicy(List.of("email"), null, null, null));
    assertThat(config.policy(Severity.CRITICAL)).isEqualTo(defaults.policy(Severity.CRITICAL));
    assertThat(config.autoRollback())
        .isEqualTo(
            new AutoRollback(
                true,
                defaults.autoRollback().triggers(),
                Confidence.MEDIUM,
                1e-7,
                Duration.ofMinutes(15),
                1));
  }

  @Test
  void extraKeysOfAutomaticRollback() {
    AutoRollback rollback =
        TestRules.config("auto_rollback: {enabled: false, min_confidence: high, evidence: 1e-6}")
            .autoRollback();
    assertThat(rollback.enabled()).isFalse();
    assertThat(rollback.minConfidence()).isEqualTo(Confidence.HIGH);
    assertThat(rollback.evidence()).isEqualTo(1e-6);
    assertThat(TestRules.config("auto_rollback: {evidence: none}").autoRollback().evidence())
        .isNull();
  }

  @Test
  void extraKeys() {
    AlertRule rule =
        TestRules.rule(
            "for: 2m, keep_firing_for: 90s, min_executions: 50, evidence: 1e-4, no_data: ok");
    assertThat(rule.hold()).isEqualTo(Duration.ofMinutes(2));
    assertThat(rule.keepFiringFor()).isEqualTo(Duration.ofSeconds(90));
    assertThat(rule.minExecutions()).isEqualTo(50);
    assertThat(rule.evidence()).isEqualTo(1e-4);
    assertThat(rule.noData()).isEqualTo(NoDataPolicy.ok());
    assertThat(TestRules.rule("no_data: freeze").noData()).isEqualTo(NoDataPolicy.freeze());
    assertThat(TestRules.rule("no_data: alert").noData())
        .isEqualTo(NoDataPolicy.alert(Duration.ofMinutes(10)));
    assertThat(TestRules.rule("no_data: alert, for: 30m").noData())
        .isEqualTo(NoDataPolicy.alert(Duration.ofMinutes(30)));
    assertThat(TestRules.rule("no_data: {alert_after: 3m}").noData())
        .isEqualTo(NoDataPolicy.alert(Duration.ofMinutes(3)));
  }

  @Test
  void everyProblemHasItsPlace() {
    assertThatThrownBy(
            () ->
                TestRules.config(
                    """
                    alert_rules:
                      - name: a
                        condition: "error_rate > 0.1 for 5 minutes"
                        for: 5m
                        severity: critical
                        actions: [page]
                      - {name: b, condition: error_rate > 0.1, severity: warning, actions: [alert]}
                      - {name: a, condition: error_rate > 2, window: 25h, severity: warning, actions: []}
                      - {name: "rollback: x", condition: latency_avg > 1s, window: 5m, evidence: 0.01,
                         severity: warning, actions: [alert], keep: 5m}
                      - {name: c, condition: error_rate > 0.1, window: 5m, severity: warning, actions: [alert]}
                      - {name: c, condition: error_rate > 0.2, window: 5m, severity: warning, actions: [alert]}
                    escalation:
                      warning: {channels: [Slack], escalate_after: 5m}
                      info: {channels: [slack]}
                    auto_rollback:
                      triggers:
                        - condition: error_rate > 0.1
                          confidence: certain
                      process: 1. PANIC
                      safeguards:
                        - Maximum auto-rollbacks per week: 3
                    """))
        .isInstanceOf(ConfigException.class)
        .message()
        .isEqualTo(
            """
            c.yaml:4:10: alert_rules[0].for: the condition says "for" already
            c.yaml:6:15: alert_rules[0].actions[0]: unknown value "page"; expected one of alert, auto_rollback, flag_for_review
            c.yaml:7:5: alert_rules[1]: "window" is missing; only a condition with "for" can do without
            c.yaml:8:5: alert_rules[2]: the name "a" is given twice, first in alert_rules[0]
            c.yaml:8:39: alert_rules[2].condition: 2 is out of range: error_rate is a rate from 0 to 1; did you mean 2%?
            c.yaml:8:50: alert_rules[2].window: must be from 1s to 24h, found 25h
            c.yaml:8:83: alert_rules[2].actions: expected alert, auto_rollback or flag_for_review, found nothing
            c.yaml:9:12: alert_rules[3].name: a name must not begin with "rollback: ", which is reserved
            c.yaml:9:78: alert_rules[3].evidence: needs a condition that compares error_rate, success_rate or a percentile of the latency, once and on the side that is worse
            c.yaml:10:43: alert_rules[3].keep: unknown key; expected one of name, severity, actions, condition, for, window, keep_firing_for, min_executions, no_data, evidence
            c.yaml:12:5: alert_rules[5]: the name "c" is given twice, first in alert_rules[4]
            c.yaml:14:24: escalation.warning.channels[0]: expected the name of a channel, such as slack or on-call: small letters, digits, _ and -, beginning with a letter; found "Slack"
            c.yaml:14:48: escalation.warning.escalate_after: "escalate_after" and "escalate_to" go together
            c.yaml:15:3: escalation.info: unknown key; expected one of warning, critical
            c.yaml:18:7: auto_rollback.triggers[0]: "window" is missing; only a condition with "for" can do without
            c.yaml:19:19: auto_rollback.triggers[0].confidence: unknown value "certain"; expected one of low, medium, high
            c.yaml:20:12: auto_rollback.process: the seven steps are built in, from "1. DETECT" to "7. MONITOR"; leave "process" out or give them unchanged
            c.yaml:22:7: auto_rollback.safeguards[0].Maximum auto-rollbacks per week: unknown key; did you mean "Maximum auto-rollbacks per day"?
            """
                .strip());
  }

  @Test
  void theHashIsOfAllThatARuleSays() {
    AlertRule rule = TestRules.rule("");
    assertThat(rule.contentHash())
        .isEqualTo(TestRules.rule("").contentHash())
        .isEqualTo(-7495537795593429352L); // kept in state
    assertThat(
            List.of(
                TestRules.rule("for: 1m").contentHash(),
                TestRules.rule("keep_firing_for: 1m").contentHash(),
                TestRules.rule("min_executions: 20").contentHash(),
                TestRules.rule("no_data: ok").contentHash(),
                TestRules.rule("no_data: alert").contentHash(),
                TestRules.rule("evidence: 0.01").contentHash(),
                rule.withThreshold(0.06).contentHash()))
        .doesNotHaveDuplicates()
        .doesNotContain(rule.contentHash());
  }

  @Test
  void itCanBeSentToTheTasksOfAJob() throws Exception {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (ObjectOutputStream out = new ObjectOutputStream(bytes)) {
      out.writeObject(AlertingConfig.defaults());
      out.writeObject(RuleSet.of(AlertingConfig.defaults()));
    }
    try (ObjectInputStream in =
        new ObjectInputStream(new ByteArrayInputStream(bytes.toByteArray()))) {
      assertThat(in.readObject()).isEqualTo(AlertingConfig.defaults());
      assertThat(in.readObject()).isEqualTo(RuleSet.of(AlertingConfig.defaults()));
    }
  }
}
