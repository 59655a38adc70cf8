package io.promptmonitor.common.alerts;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.promptmonitor.common.GoldenBytes;
import io.promptmonitor.common.alerts.AlertTransition.Cause;
import io.promptmonitor.common.alerts.AlertTransition.Change;
import io.promptmonitor.common.conditions.Baselines;
import io.promptmonitor.common.conditions.MetricValues;
import io.promptmonitor.common.execution.PromptVersionId;
import io.promptmonitor.common.metrics.Exemplar;
import io.promptmonitor.common.metrics.Metric;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.LongStream;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;

class VersionAlertsTest {

  private static final long MINUTE = 60_000;
  private static final long INTERVAL = 10_000;
  private static final PromptVersionId VERSION = new PromptVersionId("checkout", "1.2.0");

  private static final Exemplar FAILURE =
      new Exemplar(7, 5 * MINUTE, 1_200, false, "timeout", 0x1dL, 0x2eL, "small", null);
  private static final Exemplar SLOW =
      new Exemplar(8, 4 * MINUTE, 9_000, true, null, 0x3fL, 0x40L, null, "long");

  /** Rules by their name, each with the keys of a flow mapping. */
  private static RulesOfVersion rules(String... rules) {
    String yaml =
        List.of(rules).stream()
            .map(keys -> "{actions: [alert], window: 5m, " + keys + "}")
            .collect(Collectors.joining(", ", "alert_rules: [", "]"));
    return rulesOf(TestRules.config(yaml).alertRules());
  }

  private static RulesOfVersion rulesOf(List<AlertRule> rules) {
    return new RulesOfVersion(
        rules.stream()
            .map(rule -> new VersionRule(rule, VersionAlertsTest::baseline, 0.03))
            .toList(),
        rules.stream().map(rule -> RuleSummary.of(rule, List.of())).toList());
  }

  private static Double baseline(Metric metric) {
    return metric == Metric.LATENCY_P95 ? 1_500.0 : null;
  }

  private static RulesOfVersion errorRule(String keys) {
    return rules("name: errors, condition: error_rate > 0.05, " + keys);
  }

  /** The alert of its own that {@code no_data} asks for. */
  private static RulesOfVersion silenceRule(String after) {
    AlertRule rule = TestRules.rule("no_data: {alert_after: " + after + "}");
    return rulesOf(List.of(rule, rule.noDataAlert()));
  }

  /** The same metrics in windows of all lengths. */
  private static EvaluatedWindows windows(Map<Metric, Double> metrics) {
    MetricValues values = metric -> metrics.getOrDefault(metric, Double.NaN);
    return length -> values;
  }

  /** What a healthy version shows, but for the given metric. */
  private static EvaluatedWindows healthyBut(Metric metric, double value) {
    Map<Metric, Double> metrics = new EnumMap<>(Metric.class);
    metrics.put(Metric.EXECUTION_COUNT, 200.0);
    metrics.put(Metric.ERROR_RATE, 0.01);
    metrics.put(Metric.SUCCESS_RATE, 0.99);
    metrics.put(Metric.LATENCY_P95, 1_500.0);
    metrics.put(Metric.LATENCY_P99, 2_000.0);
    metrics.put(Metric.FEEDBACK_COUNT, 10.0);
    metrics.put(Metric.AVG_USER_FEEDBACK, 4.2);
    metrics.put(Metric.AUTOMATED_SCORE_COUNT, 0.0);
    metrics.put(Metric.AVG_CALIBRATION_DELTA, 0.4);
    metrics.put(metric, value);
    return windows(metrics);
  }

  private static EvaluatedWindows errorRate(double rate) {
    return healthyBut(Metric.ERROR_RATE, rate);
  }

  private static List<AlertEvent> evaluate(
      VersionAlerts alerts, RulesOfVersion rules, EvaluatedWindows windows, long now) {
    return alerts.evaluate(rules, windows, true, ExemplarChoice.none(), now);
  }

  private static String shown(AlertEvent event) {
    return event.key().rule()
        + " "
        + event.change()
        + (event.cause() == Cause.CONDITION ? "" : " " + event.cause());
  }

  private static List<String> shown(List<AlertEvent> events) {
    return events.stream().map(VersionAlertsTest::shown).toList();
  }

  private static VersionAlerts restored(VersionAlerts alerts) {
    try {
      return VersionAlerts.fromBytes(VERSION, alerts.toBytes());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  // The rules of the spec

  @Test
  void everyRuleOfTheSpecFiresOnItsMetricAndOnNoOther() {
    RulesOfVersion rules = rulesOf(AlertingConfig.defaults().alertRules());
    Map<String, EvaluatedWindows> breaches = new TreeMap<>();
    breaches.put("Critical Error Rate, Elevated Error Rate", errorRate(0.051));
    breaches.put("Elevated Error Rate", errorRate(0.031));
    breaches.put("High Latency P95, Elevated Latency", healthyBut(Metric.LATENCY_P95, 3_001));
    breaches.put("Elevated Latency", healthyBut(Metric.LATENCY_P95, 2_251));
    breaches.put("Low Success Rate", healthyBut(Metric.SUCCESS_RATE, 0.949));
    breaches.put("Calibration Drift", healthyBut(Metric.AVG_CALIBRATION_DELTA, 2.01));
    breaches.put("User Satisfaction Drop", healthyBut(Metric.AVG_USER_FEEDBACK, 2.99));
    breaches.forEach(
        (expected, windows) -> {
          VersionAlerts alerts = new VersionAlerts(VERSION);
          List<AlertEvent> fired =
              evaluate(alerts, rules, windows, 10 * MINUTE).stream()
                  .filter(event -> event.change() == Change.FIRING)
                  .toList();
          assertThat(
                  fired.stream().map(event -> event.key().rule()).collect(Collectors.joining(", ")))
              .isEqualTo(expected);
          assertThat(fired)
              .allSatisfy(
                  event -> {
                    assertThat(event.time()).isEqualTo(10 * MINUTE);
                    assertThat(event.episode()).isEqualTo(10 * MINUTE);
                    assertThat(event.firingSince()).isEqualTo(10 * MINUTE);
                    assertThat(event.phase()).isEqualTo(AlertPhase.FIRING);
                    assertThat(event.alertId()).isNotNull();
                    assertThat(event.reading()).isNotNull();
                  });
          // Quiet from 11 on, resolved when it has been for keep_firing_for.
          for (long now = 11; now <= 15; now++) {
            assertThat(evaluate(alerts, rules, errorRate(0.01), now * MINUTE)).isEmpty();
          }
          assertThat(shown(evaluate(alerts, rules, errorRate(0.01), 16 * MINUTE)))
              .containsExactlyElementsOf(
                  fired.stream().map(event -> event.key().rule() + " RESOLVED").toList());
        });
  }

  @Test
  void atTheThresholdNothingIsBreached() {
    RulesOfVersion rules = rulesOf(AlertingConfig.defaults().alertRules());
    VersionAlerts alerts = new VersionAlerts(VERSION);
    for (EvaluatedWindows windows :
        List.of(
            errorRate(0.03),
            healthyBut(Metric.LATENCY_P95, 2_250),
            healthyBut(Metric.SUCCESS_RATE, 0.95),
            healthyBut(Metric.AVG_CALIBRATION_DELTA, 2.0),
            healthyBut(Metric.AVG_USER_FEEDBACK, 3.0))) {
      assertThat(evaluate(alerts, rules, windows, MINUTE))
          .noneMatch(event -> event.change() != Change.DATA);
    }
  }

  @Test
  void aTriggerFiresAfterItsMinutesAndDemandsARollback() {
    RulesOfVersion rules = rulesOf(AlertingConfig.defaults().autoRollback().triggers());
    VersionAlerts alerts = new VersionAlerts(VERSION);
    List<String> happened = new ArrayList<>();
    List<RollbackTrigger> demanded = new ArrayList<>();
    for (long now = 0; now <= 6 * MINUTE; now += INTERVAL) {
      for (AlertEvent event : evaluate(alerts, rules, errorRate(0.11), now)) {
        if (event.change() != Change.DATA) {
          happened.add(now + " " + shown(event));
        }
      }
      demanded.addAll(alerts.rollbackTriggers());
    }
    assertThat(happened)
        .containsExactly(
            "0 rollback: error_rate > 0.10 for 5 minutes PENDING",
            "300000 rollback: error_rate > 0.10 for 5 minutes FIRING");
    assertThat(demanded)
        .as("while it fires")
        .extracting(RollbackTrigger::time)
        .isEqualTo(LongStream.rangeClosed(30, 36).map(n -> n * INTERVAL).boxed().toList());
    assertThat(demanded)
        .extracting(RollbackTrigger::triggerId)
        .containsOnly(new AlertKey(VERSION, demanded.get(0).rule()).dedupKey(0));
    RollbackTrigger trigger = demanded.get(0);
    assertThat(trigger.confidence()).isEqualTo(Confidence.HIGH);
    assertThat(trigger.time()).isEqualTo(5 * MINUTE);
    assertThat(trigger.pendingSince()).isZero();
    assertThat(trigger.reading().value()).isEqualTo(0.11);
    assertThat(trigger.reading().window()).isEqualTo(MINUTE);
  }

  // What is reported

  @Test
  void theFirstEvaluationReportsEveryRule() {
    RulesOfVersion rules =
        rules(
            "name: a, severity: warning, condition: error_rate > 0.05",
            "name: b, severity: warning, condition: error_rate > 0.05, for: 5m",
            "name: c, severity: warning, condition: latency_p99 > 1s, for: 5m",
            "name: d, severity: warning, condition: latency_p50 > baseline");
    VersionAlerts alerts = new VersionAlerts(VERSION);
    List<AlertEvent> first = evaluate(alerts, rules, errorRate(0.01), MINUTE);
    assertThat(shown(first))
        .containsExactly("a DATA", "b DATA", "c PENDING", "d DATA INSUFFICIENT_DATA");
    assertThat(first.get(0).data()).isEqualTo(DataStatus.SUFFICIENT);
    assertThat(first.get(0).reading().value()).isEqualTo(0.01);
    assertThat(first.get(0).reason()).isNull();
    assertThat(first.get(0).alertId()).isNull();
    assertThat(first.get(3).data()).isEqualTo(DataStatus.INSUFFICIENT_DATA);
    assertThat(first.get(3).reason())
        .isEqualTo("the version states no expected_latency_p50, the baseline of latency_p50");
    assertThat(evaluate(alerts, rules, errorRate(0.01), MINUTE + INTERVAL)).isEmpty();
  }

  @Test
  void aRuleThatComesLaterIsReportedThen() {
    VersionAlerts alerts = new VersionAlerts(VERSION);
    RulesOfVersion one = rules("name: a, severity: warning, condition: error_rate > 0.05");
    RulesOfVersion two =
        rules(
            "name: a, severity: warning, condition: error_rate > 0.05",
            "name: b, severity: warning, condition: error_rate > 0.10");
    evaluate(alerts, one, errorRate(0.01), 0);
    assertThat(shown(evaluate(alerts, two, errorRate(0.01), INTERVAL))).containsExactly("b DATA");
    assertThat(evaluate(alerts, two, errorRate(0.01), 2 * INTERVAL)).isEmpty();
  }

  @Test
  void evidenceIsOfTheKindThatTheRuleIsAbout() {
    RulesOfVersion rules =
        rules(
            "name: errors, severity: warning, condition: error_rate > 0.05",
            "name: slow, severity: warning, condition: latency_p95 > 1s",
            "name: sad, severity: warning, condition: avg_user_feedback < 3");
    ExemplarChoice exemplars = new ExemplarChoice(List.of(FAILURE), List.of(SLOW, FAILURE));
    VersionAlerts alerts = new VersionAlerts(VERSION);
    Map<Metric, Double> bad = new EnumMap<>(Metric.class);
    bad.put(Metric.EXECUTION_COUNT, 100.0);
    bad.put(Metric.ERROR_RATE, 0.2);
    bad.put(Metric.LATENCY_P95, 2_000.0);
    bad.put(Metric.FEEDBACK_COUNT, 3.0);
    bad.put(Metric.AVG_USER_FEEDBACK, 1.0);
    List<AlertEvent> fired = alerts.evaluate(rules, windows(bad), true, exemplars, MINUTE);
    assertThat(fired)
        .extracting(AlertEvent::exemplars)
        .containsExactly(List.of(FAILURE), List.of(SLOW, FAILURE), List.of());
    List<AlertEvent> resolved =
        alerts.evaluate(rules, EvaluatedWindows.none(), true, exemplars, MINUTE + INTERVAL);
    assertThat(resolved).allSatisfy(event -> assertThat(event.exemplars()).isEmpty());
  }

  // Rules that change

  @Test
  void aRuleThatChangesWhilePendingStartsFresh() {
    VersionAlerts alerts = new VersionAlerts(VERSION);
    evaluate(alerts, errorRule("severity: warning, for: 5m"), errorRate(0.06), 0);
    List<AlertEvent> events =
        evaluate(
            restored(alerts), errorRule("severity: warning, for: 6m"), errorRate(0.06), MINUTE);
    assertThat(shown(events)).containsExactly("errors CANCELLED RULE_CHANGED", "errors PENDING");
    assertThat(events.get(0).rule().hold()).as("the rule that it was").isEqualTo(5 * MINUTE);
    assertThat(events.get(0).episode()).isZero();
    assertThat(events.get(1).rule().hold()).isEqualTo(6 * MINUTE);
    assertThat(events.get(1).episode()).isEqualTo(MINUTE);
  }

  @Test
  void aRuleThatChangesWhileFiringStartsFresh() {
    VersionAlerts alerts = new VersionAlerts(VERSION);
    evaluate(alerts, errorRule("severity: critical, for: 0s"), errorRate(0.06), 0);
    List<AlertEvent> events =
        evaluate(
            restored(alerts), errorRule("severity: warning, for: 5m"), errorRate(0.06), MINUTE);
    assertThat(shown(events)).containsExactly("errors RESOLVED RULE_CHANGED", "errors PENDING");
    assertThat(events.get(0).rule().severity()).isEqualTo(Severity.CRITICAL);
    assertThat(events.get(0).firingSince()).isZero();
    assertThat(events.get(1).rule().severity()).isEqualTo(Severity.WARNING);
    assertThat(events.get(1).firingSince()).as("it does not fire").isEqualTo(AlertState.NEVER);
    events = evaluate(alerts, errorRule("severity: critical, for: 0s"), errorRate(0.06), MINUTE);
    assertThat(events).isEmpty();
  }

  @Test
  void aRuleThatIsInactiveChangesWithoutANoise() {
    VersionAlerts alerts = new VersionAlerts(VERSION);
    evaluate(alerts, errorRule("severity: warning, for: 5m"), errorRate(0.01), 0);
    assertThat(evaluate(alerts, errorRule("severity: warning, for: 6m"), errorRate(0.01), INTERVAL))
        .isEmpty();
  }

  @Test
  void aRuleThatIsGone() {
    String[] three = {
      "name: firing, severity: warning, condition: error_rate > 0.05",
      "name: pending, severity: warning, condition: error_rate > 0.05, for: 5m",
      "name: inactive, severity: warning, condition: error_rate > 0.5"
    };
    VersionAlerts alerts = new VersionAlerts(VERSION);
    evaluate(alerts, rules(three), errorRate(0.06), 0);
    List<AlertEvent> events =
        evaluate(
            restored(alerts),
            rules("name: other, severity: warning, condition: error_rate > 0.5"),
            errorRate(0.06),
            MINUTE);
    assertThat(shown(events))
        .containsExactly(
            "firing RESOLVED RULE_REMOVED",
            "inactive DATA RULE_REMOVED",
            "pending CANCELLED RULE_REMOVED",
            "other DATA");
    AlertEvent resolved = events.get(0);
    assertThat(resolved.phase()).isEqualTo(AlertPhase.INACTIVE);
    assertThat(resolved.rule().condition()).isEqualTo("error_rate > 0.05");
    assertThat(resolved.alertId()).isEqualTo(resolved.key().dedupKey(0));
    assertThat(resolved.firingSince()).isZero();
    assertThat(events.get(1).alertId()).isNull();
  }

  // Versions that are forgotten

  @Test
  void aVersionIsForgottenWhenItsWindowsAreEmptyAndReportedAnewLater() {
    RulesOfVersion rules = errorRule("severity: warning, for: 0s, keep_firing_for: 0s");
    VersionAlerts alerts = new VersionAlerts(VERSION);
    evaluate(alerts, rules, errorRate(0.06), 0);
    assertThat(alerts.isEmpty()).isFalse();
    assertThat(
            shown(
                alerts.evaluate(
                    rules, EvaluatedWindows.none(), false, ExemplarChoice.none(), MINUTE)))
        .containsExactly("errors RESOLVED NO_DATA", "errors DATA RULE_REMOVED");
    assertThat(alerts.isEmpty()).isTrue();
    assertThat(alerts.hasChanged()).isTrue();
    assertThat(restored(alerts).isEmpty()).isTrue();
    assertThat(alerts.wakeUpAt(rules, INTERVAL)).isEqualTo(Long.MAX_VALUE);
    assertThat(shown(evaluate(alerts, rules, errorRate(0.01), 100 * MINUTE)))
        .containsExactly("errors DATA");
  }

  @Test
  void whatIsGoingOnIsNotForgotten() {
    RulesOfVersion rules = errorRule("severity: warning, for: 5m");
    VersionAlerts alerts = new VersionAlerts(VERSION);
    evaluate(alerts, rules, errorRate(0.06), 0);
    alerts.evaluate(rules, EvaluatedWindows.none(), false, ExemplarChoice.none(), INTERVAL);
    assertThat(alerts.isEmpty()).as("its clock stands still").isFalse();
    // It stood still for as long as the hold: then it is cancelled, and the version forgotten.
    long wakeUpAt = alerts.wakeUpAt(rules, INTERVAL);
    assertThat(wakeUpAt).isEqualTo(5 * MINUTE + 1);
    assertThat(shown(alerts.wake(rules, INTERVAL, wakeUpAt)))
        .containsExactly("errors CANCELLED NO_DATA", "errors DATA RULE_REMOVED");
    assertThat(alerts.isEmpty()).isTrue();
  }

  @Test
  void aFiringAlertEndsWithoutEvaluations() {
    RulesOfVersion rules = errorRule("severity: warning, for: 0s");
    VersionAlerts alerts = new VersionAlerts(VERSION);
    evaluate(alerts, rules, errorRate(0.06), 0);
    List<String> happened = new ArrayList<>();
    long wakeUpAt = alerts.wakeUpAt(rules, INTERVAL);
    while (wakeUpAt != Long.MAX_VALUE) {
      for (AlertEvent event : alerts.wake(rules, INTERVAL, wakeUpAt)) {
        happened.add(wakeUpAt + " " + shown(event));
      }
      alerts = restored(alerts);
      wakeUpAt = alerts.wakeUpAt(rules, INTERVAL);
    }
    // By 5 min what was seen has left the window, then it fires on for keep_firing_for.
    assertThat(happened)
        .containsExactly(
            "300001 errors DATA NO_DATA",
            "600001 errors RESOLVED NO_DATA",
            "600001 errors DATA RULE_REMOVED");
    assertThat(alerts.isEmpty()).isTrue();
  }

  @Test
  void nothingIsWokenWhileEvaluationsGoOn() {
    RulesOfVersion rules = errorRule("severity: warning, for: 1m");
    VersionAlerts alerts = new VersionAlerts(VERSION);
    for (long now = 0; now < 10 * MINUTE; now += INTERVAL) {
      evaluate(alerts, rules, errorRate(0.06), now);
      // A timer may ring that was set earlier: it is later than the evaluation at its time.
      assertThat(alerts.wake(rules, INTERVAL, now)).isEmpty();
      assertThat(alerts.wake(rules, INTERVAL, now + INTERVAL)).isEmpty();
      assertThat(alerts.wake(rules, INTERVAL, now - MINUTE)).isEmpty();
      assertThat(alerts.wakeUpAt(rules, INTERVAL)).isGreaterThan(now + INTERVAL);
    }
  }

  @Test
  void aTimerThatRingsForAVersionThatIsForgottenSaysNothing() {
    RulesOfVersion rules = errorRule("severity: warning, for: 5m");
    VersionAlerts alerts = new VersionAlerts(VERSION);
    assertThat(alerts.wake(rules, INTERVAL, MINUTE)).isEmpty();
    assertThat(alerts.isEmpty()).isTrue();
  }

  // Silence

  @Test
  void aVersionThatNeverHadExecutions() {
    RulesOfVersion rules = silenceRule("10m");
    assertThat(rules.watchForSilence()).isTrue();
    VersionAlerts alerts = new VersionAlerts(VERSION);
    // The version is deployed.
    List<AlertEvent> events = alerts.wake(rules, INTERVAL, MINUTE);
    assertThat(shown(events)).containsExactly("r DATA NO_DATA", "no data: r PENDING");
    long wakeUpAt = alerts.wakeUpAt(rules, INTERVAL);
    assertThat(wakeUpAt).isEqualTo(10 * MINUTE);
    assertThat(alerts.wake(rules, INTERVAL, wakeUpAt - INTERVAL)).isEmpty();
    alerts = restored(alerts);
    events = alerts.wake(rules, INTERVAL, alerts.wakeUpAt(rules, INTERVAL));
    assertThat(shown(events)).containsExactly("no data: r FIRING");
    assertThat(events.get(0).episode()).isEqualTo(MINUTE);
    assertThat(events.get(0).reading()).isNull();
    assertThat(alerts.wakeUpAt(rules, INTERVAL)).isEqualTo(Long.MAX_VALUE);
    assertThat(shown(evaluate(alerts, rules, errorRate(0.01), 30 * MINUTE)))
        .containsExactly("r DATA", "no data: r RESOLVED");
  }

  @Test
  void aVersionThatNoLongerHasExecutions() {
    RulesOfVersion rules = silenceRule("10m");
    VersionAlerts alerts = new VersionAlerts(VERSION);
    evaluate(alerts, rules, errorRate(0.01), 0);
    // The last evaluation, at which the longest window is empty.
    assertThat(
            shown(
                alerts.evaluate(
                    rules, EvaluatedWindows.none(), false, ExemplarChoice.none(), 5 * MINUTE)))
        .containsExactly("r DATA NO_DATA", "no data: r PENDING");
    assertThat(alerts.wakeUpAt(rules, INTERVAL)).isEqualTo(14 * MINUTE);
    assertThat(shown(alerts.wake(rules, INTERVAL, 14 * MINUTE)))
        .containsExactly("no data: r FIRING");
  }

  @Test
  void theAlertOfSilenceEndsWithTheDeploymentOfAnotherVersion() {
    RulesOfVersion active = silenceRule("10m");
    RulesOfVersion superseded = rulesOf(List.of(active.rules().get(0).rule()));
    VersionAlerts firing = new VersionAlerts(VERSION);
    firing.wake(active, INTERVAL, 0);
    firing.wake(active, INTERVAL, 10 * MINUTE);
    VersionAlerts later = restored(firing);
    assertThat(shown(later.wake(superseded, INTERVAL, 60 * MINUTE)))
        .containsExactly("no data: r RESOLVED RULE_REMOVED", "r DATA RULE_REMOVED");
    assertThat(later.isEmpty()).isTrue();
    // Too soon after it fired to be sure that there are no evaluations: it is asked again then.
    VersionAlerts soon = restored(firing);
    assertThat(soon.wake(superseded, INTERVAL, 10 * MINUTE + INTERVAL)).isEmpty();
    long wakeUpAt = soon.wakeUpAt(superseded, INTERVAL);
    assertThat(wakeUpAt).isEqualTo(10 * MINUTE + 2 * INTERVAL);
    assertThat(shown(soon.wake(superseded, INTERVAL, wakeUpAt)))
        .containsExactly("no data: r RESOLVED RULE_REMOVED", "r DATA RULE_REMOVED");
  }

  @Test
  void theAlertOfSilenceThatIsSetDifferentlyStartsFresh() {
    RulesOfVersion before = silenceRule("10m");
    RulesOfVersion after = silenceRule("20m");
    VersionAlerts alerts = new VersionAlerts(VERSION);
    alerts.wake(before, INTERVAL, 0);
    alerts.wake(before, INTERVAL, 10 * MINUTE);
    long wakeUpAt = alerts.wakeUpAt(after, INTERVAL);
    assertThat(wakeUpAt).isEqualTo(10 * MINUTE + 2 * INTERVAL);
    assertThat(shown(alerts.wake(after, INTERVAL, wakeUpAt)))
        .containsExactly("no data: r RESOLVED RULE_CHANGED", "no data: r PENDING");
  }

  // State

  @Test
  void nothingChangesWhileNothingHappens() {
    RulesOfVersion rules = errorRule("severity: warning, for: 5m");
    VersionAlerts alerts = new VersionAlerts(VERSION);
    assertThat(alerts.hasChanged()).isFalse();
    evaluate(alerts, rules, errorRate(0.01), 0);
    assertThat(alerts.hasChanged()).isTrue();
    VersionAlerts read = restored(alerts);
    evaluate(read, rules, errorRate(0.02), INTERVAL);
    assertThat(read.hasChanged()).as("nothing has to be written").isFalse();
  }

  @Test
  void bytesStayReadable() throws IOException {
    RulesOfVersion rules =
        rules(
            "name: errors, severity: critical, condition: error_rate > 0.05, for: 30s",
            "name: latency, severity: warning, condition: latency_p95 > baseline * 2, for: 5m",
            "name: ratings, severity: warning, condition: avg_user_feedback < 3");
    VersionAlerts alerts = new VersionAlerts(VERSION);
    Map<Metric, Double> bad = new EnumMap<>(Metric.class);
    bad.put(Metric.EXECUTION_COUNT, 100.0);
    bad.put(Metric.ERROR_RATE, 0.2);
    bad.put(Metric.LATENCY_P95, 4_000.0);
    evaluate(alerts, rules, windows(bad), 1_700_000_000_000L);
    evaluate(alerts, rules, windows(bad), 1_700_000_030_000L);
    GoldenBytes.assertGolden("version-alerts", out -> out.write(alerts.toBytes()));
    VersionAlerts read = VersionAlerts.fromBytes(VERSION, GoldenBytes.golden("version-alerts"));
    assertThat(read.toBytes()).isEqualTo(alerts.toBytes());
    assertThat(
            shown(
                evaluate(
                    read,
                    rules("name: other, severity: warning, condition: error_rate > 0.05"),
                    errorRate(0.01),
                    1_700_000_040_000L)))
        .containsExactly(
            "errors RESOLVED RULE_REMOVED",
            "latency CANCELLED RULE_REMOVED",
            "ratings DATA RULE_REMOVED",
            "other DATA");
  }

  @Test
  void bytesThatAreSomethingElse() {
    assertThatExceptionOfType(IOException.class)
        .isThrownBy(() -> VersionAlerts.fromBytes(VERSION, new byte[] {9}))
        .withMessage("unknown format of a version's alerts: 9");
    byte[] bytes = new VersionAlerts(VERSION).toBytes();
    bytes[bytes.length - 1] = 5;
    assertThatExceptionOfType(IOException.class)
        .isThrownBy(() -> VersionAlerts.fromBytes(VERSION, bytes));
  }

  // Properties

  /** Two sets of rules, and what a version may show. */
  private static final List<RulesOfVersion> VARIANTS =
      List.of(
          rules(
              "name: a, severity: warning, condition: error_rate > 0.05, keep_firing_for: 1m",
              "name: b, severity: warning, condition: error_rate > 0.05, for: 2m",
              "name: c, severity: warning, condition: success_rate < 0.9 or latency_p95 > baseline * 2, for: 1m",
              "name: d, severity: warning, condition: error_rate > 0.01, for: 1m, no_data: ok"),
          rules(
              "name: a, severity: warning, condition: error_rate > 0.06, keep_firing_for: 1m, for: 1m",
              "name: b, severity: warning, condition: error_rate > 0.05, for: 2m"),
          silenceRule("3m"));

  private static EvaluatedWindows random(Random random) {
    Map<Metric, Double> metrics = new EnumMap<>(Metric.class);
    metrics.put(Metric.EXECUTION_COUNT, (double) random.nextInt(60));
    metrics.put(Metric.ERROR_RATE, random.nextInt(4) / 40.0);
    metrics.put(Metric.SUCCESS_RATE, random.nextInt(3) == 0 ? 0.8 : 1);
    metrics.put(Metric.LATENCY_P95, random.nextInt(3) == 0 ? 4_000.0 : 1_000.0);
    return windows(metrics);
  }

  /** A random history of a version: evaluations, pauses, empty windows, rules that change. */
  private static final class History {
    private final Random random;
    private final List<AlertEvent> events = new ArrayList<>();
    private final boolean forgetful;
    private VersionAlerts alerts = new VersionAlerts(VERSION);
    private RulesOfVersion rules = VARIANTS.get(0);
    private long now;

    History(long seed, boolean forgetful) {
      this.random = new Random(seed);
      this.forgetful = forgetful;
    }

    List<AlertEvent> run() {
      for (int i = 0; i < 120; i++) {
        if (random.nextInt(25) == 0) {
          rules = VARIANTS.get(random.nextInt(VARIANTS.size()));
        }
        boolean restart = random.nextInt(5) == 0;
        int what = random.nextInt(20);
        if (what == 0) {
          add(alerts.evaluate(rules, EvaluatedWindows.none(), false, ExemplarChoice.none(), now));
          pause();
        } else {
          add(alerts.evaluate(rules, random(random), true, ExemplarChoice.none(), now));
        }
        now += INTERVAL * (1 + random.nextInt(4));
        if (restart && forgetful) {
          alerts = restored(alerts);
        }
      }
      return events;
    }

    /** No evaluations for a while: it is woken when it wants to be. */
    private void pause() {
      long until = now + random.nextInt(20) * MINUTE;
      for (long ring = wakeUpAt(); ring <= until; ring = wakeUpAt()) {
        add(alerts.wake(rules, INTERVAL, ring));
        if (forgetful) {
          alerts = restored(alerts);
        }
        assertThat(wakeUpAt()).as("another wake-up").isGreaterThan(ring);
      }
      now = Math.max(now, until);
    }

    private long wakeUpAt() {
      return alerts.wakeUpAt(rules, INTERVAL);
    }

    private void add(List<AlertEvent> happened) {
      events.addAll(happened);
    }
  }

  @Property(tries = 300)
  void aRestartChangesNothing(@ForAll long seed) {
    assertThat(new History(seed, true).run()).isEqualTo(new History(seed, false).run());
  }

  /** Whatever happens: each rule's events are a story that makes sense by itself. */
  @Property(tries = 300)
  void theEventsOfARuleAreOneStory(@ForAll long seed) {
    Map<String, AlertEvent> last = new TreeMap<>();
    long time = Long.MIN_VALUE;
    for (AlertEvent event : new History(seed, false).run()) {
      assertThat(event.time()).isGreaterThanOrEqualTo(time);
      time = event.time();
      AlertEvent before = last.put(event.key().rule(), event);
      AlertPhase phase = before == null ? AlertPhase.INACTIVE : before.phase();
      switch (event.change()) {
        case PENDING -> {
          assertThat(phase).isEqualTo(AlertPhase.INACTIVE);
          assertThat(event.episode()).isEqualTo(event.time());
          assertThat(event.firingSince()).isEqualTo(AlertState.NEVER);
        }
        case FIRING -> {
          assertThat(phase).isNotEqualTo(AlertPhase.FIRING);
          assertThat(event.firingSince()).isEqualTo(event.time());
          assertThat(event.time() - event.episode()).isGreaterThanOrEqualTo(event.rule().hold());
        }
        case RESOLVED -> {
          assertThat(phase).isEqualTo(AlertPhase.FIRING);
          assertThat(event.alertId()).isEqualTo(before.alertId());
          assertThat(event.firingSince()).isEqualTo(before.firingSince());
          assertThat(event.rule()).isEqualTo(before.rule());
        }
        case CANCELLED -> {
          assertThat(phase).isEqualTo(AlertPhase.PENDING);
          assertThat(event.alertId()).isEqualTo(before.alertId());
          assertThat(event.firingSince()).isEqualTo(AlertState.NEVER);
          assertThat(event.rule()).isEqualTo(before.rule());
        }
        case DATA -> assertThat(event.phase()).isEqualTo(phase);
      }
    }
  }

  /** Rule by rule the same as the life cycle that knows of one rule only. */
  @Property(tries = 200)
  void asTheLifeCyclesOfItsRules(@ForAll long seed) {
    Random random = new Random(seed);
    RulesOfVersion rules = VARIANTS.get(0);
    VersionAlerts alerts = new VersionAlerts(VERSION);
    Map<String, AlertState> states = new TreeMap<>();
    for (int i = 0; i < 100; i++) {
      long now = i * INTERVAL;
      EvaluatedWindows windows = random(random);
      List<String> expected = new ArrayList<>();
      for (VersionRule rule : rules.rules()) {
        AlertStep step =
            AlertLifeCycle.step(
                states.getOrDefault(rule.rule().name(), AlertState.initial()),
                rule,
                rule.evaluate(windows),
                now);
        states.put(rule.rule().name(), step.state());
        step.transitions()
            .forEach(
                t ->
                    expected.add(
                        rule
                            + " "
                            + t.change()
                            + " "
                            + t.episode()
                            + " "
                            + t.phase()
                            + " "
                            + t.data()
                            + " "
                            + t.reason()));
      }
      List<String> events =
          evaluate(alerts, rules, windows, now).stream()
              .filter(
                  event ->
                      !(event.change() == Change.DATA
                          && event.time() == 0
                          && event.data() == DataStatus.SUFFICIENT))
              .map(
                  e ->
                      e.key().rule()
                          + " "
                          + e.change()
                          + " "
                          + e.episode()
                          + " "
                          + e.phase()
                          + " "
                          + e.data()
                          + " "
                          + e.reason())
              .toList();
      assertThat(events).isEqualTo(expected);
    }
  }

  @Test
  void withoutBaselines() {
    VersionRule rule =
        new VersionRule(
            rules("name: d, severity: warning, condition: latency_p95 > baseline")
                .rules()
                .get(0)
                .rule(),
            Baselines.unknown(),
            Double.NaN);
    VersionAlerts alerts = new VersionAlerts(VERSION);
    RulesOfVersion rules =
        new RulesOfVersion(List.of(rule), List.of(RuleSummary.of(rule.rule(), List.of())));
    assertThat(shown(evaluate(alerts, rules, errorRate(0.01), 0)))
        .containsExactly("d DATA INSUFFICIENT_DATA");
  }
}
