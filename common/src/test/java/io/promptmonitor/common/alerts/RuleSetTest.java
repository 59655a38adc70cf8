package io.promptmonitor.common.alerts;

import static org.assertj.core.api.Assertions.assertThat;

import io.promptmonitor.common.conditions.MetricValues;
import io.promptmonitor.common.conditions.Observation;
import io.promptmonitor.common.conditions.Verdict;
import io.promptmonitor.common.config.ConfigReader;
import io.promptmonitor.common.metrics.Metric;
import io.promptmonitor.common.registry.Deployment;
import io.promptmonitor.common.registry.RegisteredVersion;
import io.promptmonitor.common.registry.VersionFile;
import io.promptmonitor.common.registry.VersionStatus;
import java.io.IOException;
import java.io.InputStream;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class RuleSetTest {

  private static final RuleSet DEFAULTS = RuleSet.of(AlertingConfig.defaults());

  private static RegisteredVersion version(String file) {
    try (InputStream in = RuleSetTest.class.getResourceAsStream("/registry/" + file)) {
      VersionFile read = ConfigReader.read(file, in.readAllBytes(), VersionFile::read);
      return new RegisteredVersion(
          read.definition(),
          new Deployment(VersionStatus.ACTIVE, null, Instant.EPOCH, "ann"),
          null);
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  private static List<String> shown(List<VersionRule> rules) {
    return rules.stream()
        .map(VersionRule::rule)
        .map(
            rule ->
                rule.name()
                    + " | "
                    + rule.condition()
                    + " | "
                    + rule.windows().stream()
                        .map(window -> Long.toString(window.toMinutes()))
                        .collect(Collectors.joining(" "))
                    + " | "
                    + rule.severity().label())
        .toList();
  }

  @Test
  void aVersionThatIsNotRegisteredHasTheGeneralRules() {
    assertThat(DEFAULTS.forVersion(null)).hasSize(7 + 3);
  }

  @Test
  void aVersionsOwnThresholdsAndTriggersReplaceTheGeneralOnes() {
    assertThat(shown(DEFAULTS.forVersion(version("full.yaml"))))
        .containsExactly(
            "Critical Error Rate | error_rate > 0.05 | 5 | critical",
            "Elevated Error Rate | error_rate > 0.03 | 15 | warning",
            "High Latency P95 | latency_p95 > 3000 | 5 | critical",
            "Elevated Latency | latency_p95 > 2250 | 15 | warning",
            "Low Success Rate | success_rate < 0.95 | 10 | critical",
            "Calibration Drift | avg_calibration_delta > 2.0 | 60 | warning",
            "User Satisfaction Drop | avg_user_feedback < 3.0 | 1440 | warning",
            "threshold: success_rate warning | success_rate < 0.97 | 15 | warning",
            "rollback: error_rate > 0.10 for 5 minutes | error_rate > 0.10 for 5m | 1 2 3 4 5 |"
                + " critical",
            "rollback: success_rate < 0.85 for 10 minutes | success_rate < 0.85 for 10m | 1 2 3 4 5 6"
                + " 7 8 9 10 | critical",
            "review: calibration_drift > 2.0 | calibration_drift > 2.0 | 60 | warning",
            "review: user_feedback_negative_rate > 0.20 | user_feedback_negative_rate > 0.20 | 1440 |"
                + " warning",
            "review: latency_p95 > 3000 for 30 minutes | latency_p95 > 3000 for 30m | 1 2 3 4 5 6 7 8"
                + " 9 10 15 20 30 | warning");
  }

  @Test
  void namesAreUnique() {
    assertThat(DEFAULTS.forVersion(version("full.yaml")))
        .extracting(rule -> rule.rule().name())
        .doesNotHaveDuplicates();
  }

  @Test
  void aVersionWithoutAnythingOfItsOwnHasTheGeneralRules() {
    assertThat(shown(DEFAULTS.forVersion(version("bare.yaml"))))
        .isEqualTo(shown(DEFAULTS.forVersion(null)));
  }

  @Test
  void aGuardedRuleKeepsItsGuard() {
    RuleSet rules =
        new RuleSet(
            List.of(
                TestRules.config(
                        "alert_rules: [{name: r, severity: critical, window: 5m, actions: [alert],"
                            + " condition: error_rate >= 0.1 and execution_count > 100}]")
                    .alertRules()
                    .get(0)),
            List.of());
    assertThat(shown(rules.forVersion(version("full.yaml"))).get(0))
        .isEqualTo("r | error_rate >= 0.05 and execution_count > 100 | 5 | critical");
  }

  @Test
  void rulesOfTwoMetricsAreNotReplaced() {
    assertThat(
            TestRules.config(
                    "alert_rules: [{name: r, severity: critical, window: 5m, actions: [alert],"
                        + " condition: error_rate > 0.1 and latency_p95 > 1s}]")
                .alertRules()
                .get(0)
                .thresholdMetric())
        .isNull();
    assertThat(TestRules.rule("").thresholdMetric()).isEqualTo(Metric.ERROR_RATE);
  }

  @Test
  void noDataAlertsAreForTheActiveVersion() {
    RuleSet rules = new RuleSet(List.of(TestRules.rule("no_data: alert")), List.of());
    RegisteredVersion active = version("bare.yaml");
    assertThat(shown(rules.forVersion(active)))
        .containsExactly(
            "r | error_rate > 0.05 | 5 | warning",
            "no data: r | no executions for 10m | 1 | warning");
    RegisteredVersion draft = new RegisteredVersion(active.definition(), Deployment.draft(), null);
    assertThat(rules.forVersion(draft)).hasSize(1);
  }

  @Test
  void theWindowsOfARuleSet() {
    List<Duration> windows = DEFAULTS.windows();
    assertThat(windows)
        .isSorted()
        .containsAll(IntStream.rangeClosed(1, 10).mapToObj(Duration::ofMinutes).toList())
        .contains(
            Duration.ofMinutes(15),
            Duration.ofMinutes(30),
            Duration.ofHours(1),
            Duration.ofHours(24));
    for (VersionRule rule : DEFAULTS.forVersion(version("full.yaml"))) {
      assertThat(windows).containsAll(rule.rule().windows());
    }
  }

  /** Windows with some executions a minute, all of which fail. */
  private static EvaluatedWindows failing(double perMinute) {
    return length ->
        (MetricValues)
            metric ->
                switch (metric) {
                  case EXECUTION_COUNT, FAILURE_COUNT -> Math.floor(perMinute * length / 60_000);
                  case ERROR_RATE -> 1;
                  default -> Double.NaN;
                };
  }

  @Test
  void theShortestWindowWithEnoughExecutionsIsTaken() {
    VersionRule trigger = DEFAULTS.forVersion(null).get(7);
    assertThat(trigger.rule().kind()).isEqualTo(RuleKind.ROLLBACK_TRIGGER);
    long minute = 60_000;
    assertThat(trigger.evaluate(failing(31)).window()).isEqualTo(minute);
    assertThat(trigger.evaluate(failing(20)).window()).isEqualTo(minute);
    assertThat(trigger.evaluate(failing(19)).window()).isEqualTo(2 * minute);
    assertThat(trigger.evaluate(failing(4)).window()).isEqualTo(5 * minute);
    assertThat(trigger.evaluate(failing(4)).verdict()).isEqualTo(Verdict.HOLDS);
    RuleEvaluation few = trigger.evaluate(failing(3.9));
    assertThat(few.window()).isEqualTo(5 * minute);
    assertThat(few.verdict()).isEqualTo(Verdict.INSUFFICIENT_DATA);
    assertThat(few.evaluation().reason()).isEqualTo("error_rate needs 20 executions, found 19");
    assertThat(trigger.evaluate(EvaluatedWindows.none()).verdict()).isEqualTo(Verdict.NO_DATA);
  }

  @Test
  void baselinesAreThoseOfTheVersion() {
    VersionRule rule =
        new RuleSet(
                List.of(
                    TestRules.config(
                            "alert_rules: [{name: r, severity: critical, window: 5m, actions:"
                                + " [alert], condition: latency_p50 > baseline * 1.5}]")
                        .alertRules()
                        .get(0)),
                List.of())
            .forVersion(version("full.yaml"))
            .get(0);
    RuleEvaluation evaluation =
        rule.evaluate(length -> metric -> metric == Metric.LATENCY_P50 ? 1300 : 100);
    Observation observation = evaluation.evaluation().leading();
    assertThat(observation.threshold()).isEqualTo(1200);
    assertThat(observation.baseline()).isEqualTo(800);
    assertThat(evaluation.verdict()).isEqualTo(Verdict.HOLDS);
  }

  @Test
  void evidenceIsAskedFor() {
    AlertRule warning = TestRules.rule("");
    AlertRule critical =
        TestRules.config(
                "alert_rules: [{name: c, severity: critical, window: 5m, actions: [alert],"
                    + " condition: error_rate > 0.1, evidence: 1e-4}]")
            .alertRules()
            .get(0);
    VersionRule rule = new RuleSet(List.of(warning, critical), List.of()).forVersion(null).get(1);
    RuleEvaluation little = rule.evaluate(window(30, 4));
    assertThat(little.verdict()).isEqualTo(Verdict.DOES_NOT_HOLD);
    assertThat(little.evaluation().verdict()).isEqualTo(Verdict.HOLDS);
    assertThat(little.evidence()).isBetween(0.1, 100.0);
    RuleEvaluation much = rule.evaluate(window(300, 60));
    assertThat(much.verdict()).isEqualTo(Verdict.HOLDS);
    // Against the 5 % of which the other rule warns, not against the 10 % of its own.
    assertThat(Math.log(much.evidence()))
        .isEqualTo(Evidence.logEValue(60, 300, 0.05), org.assertj.core.api.Assertions.within(1e-9));
  }

  private static EvaluatedWindows window(int executions, int failures) {
    return length ->
        metric ->
            switch (metric) {
              case EXECUTION_COUNT -> executions;
              case FAILURE_COUNT -> failures;
              case ERROR_RATE -> (double) failures / executions;
              default -> Double.NaN;
            };
  }
}
