package io.promptmonitor.common.simulation;

import static org.assertj.core.api.Assertions.assertThat;

import io.promptmonitor.common.alerts.RollbackTrigger;
import io.promptmonitor.common.alerts.RollbackVariant;
import io.promptmonitor.common.deployment.DeploymentConfig;
import io.promptmonitor.common.metrics.WindowAggregate;
import io.promptmonitor.common.replay.Replay;
import io.promptmonitor.common.replay.ReplayOutput;
import io.promptmonitor.common.rollback.RollbackDecision;
import io.promptmonitor.common.simulation.FalseRollbacks.FalseRollback;
import io.promptmonitor.common.simulation.IncidentClass.Kind;
import io.promptmonitor.common.simulation.IncidentClass.Span;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Automatic rollbacks on healthy traffic and in incidents, as the simulation counts them. */
class RollbackAccuracyTest {

  private static final long START = Instant.parse("2026-01-05T00:00:00Z").toEpochMilli();
  private static final long PANE = 10_000;
  private static final DeploymentConfig CONFIG = DeploymentConfig.defaults();
  private static final List<RollbackPolicy> POLICIES =
      RollbackPolicy.compared(CONFIG.alerting().autoRollback());
  private static final int CONFIGURED = 0;
  private static final int PLAIN = number(RollbackVariant.PLAIN);

  private static final IncidentClass MANY_ERRORS =
      new IncidentClass(Kind.ERRORS, new Span(0.4, 0.6), new Span(10, 30), false);

  private static int number(RollbackVariant variant) {
    return POLICIES.stream().map(RollbackPolicy::variant).toList().indexOf(variant);
  }

  private static List<FalseRollback> halfADay(long seed) {
    List<FalseRollback> all = new ArrayList<>();
    for (PaneTraffic traffic : HealthyPrompts.noisy(10, START, PANE, seed)) {
      all.addAll(FalseRollbacks.of(traffic, CONFIG, POLICIES, START, Duration.ofHours(12)));
    }
    return all;
  }

  @Test
  void evidenceKeepsHealthyVersionsWherePlainRulesDoNot() {
    List<FalseRollback> all = halfADay(3);
    assertThat(all).filteredOn(found -> found.policy() == CONFIGURED).isEmpty();
    assertThat(all).filteredOn(found -> found.policy() == PLAIN).hasSizeGreaterThan(10);
    assertThat(all).isEqualTo(halfADay(3)).isNotEqualTo(halfADay(4));
  }

  @Test
  void theSafeguardsHold() {
    // 4 % of the executions fail, and for the plain rule a single one may be enough.
    PaneTraffic traffic = HealthyPrompts.noisy(10, START, PANE, 3).get(6);
    List<Long> times =
        FalseRollbacks.of(traffic, CONFIG, POLICIES, START, Duration.ofDays(2)).stream()
            .filter(found -> found.policy() == PLAIN)
            .map(FalseRollback::time)
            .toList();
    assertThat(times).hasSize(6).isSorted();
    assertThat(times.get(2)).isLessThan(START + Duration.ofDays(1).toMillis());
    assertThat(times.get(3)).isGreaterThanOrEqualTo(START + Duration.ofDays(1).toMillis());
    for (int i = 1; i < times.size(); i++) {
      assertThat(times.get(i) - times.get(i - 1)).isGreaterThanOrEqualTo(15 * 60_000);
    }
  }

  @Test
  void manyErrorsAreFoundSoon() {
    IncidentDetection detection = new IncidentDetection(CONFIG, POLICIES, START);
    for (int i = 0; i < 5; i++) {
      long[] delays = detection.delays(MANY_ERRORS, 1, i);
      assertThat(delays).hasSameSizeAs(POLICIES.toArray());
      assertThat(delays[CONFIGURED]).isBetween(1L, Duration.ofMinutes(5).toMillis());
      // Asking for more takes longer.
      assertThat(delays[PLAIN]).isBetween(1L, delays[CONFIGURED]);
      assertThat(delays).isEqualTo(detection.delays(MANY_ERRORS, 1, i));
      assertThat(delays).isNotEqualTo(detection.delays(MANY_ERRORS, 2, i));
    }
  }

  @Test
  void slowExecutionsAreFoundIfThereAreEnough() {
    IncidentDetection detection = new IncidentDetection(CONFIG, POLICIES, START);
    Span half = new Span(0.4, 0.5);
    long[] found =
        detection.delays(new IncidentClass(Kind.LATENCY, half, new Span(40, 50), false), 1, 0);
    assertThat(found[CONFIGURED]).isBetween(0L, Duration.ofMinutes(6).toMillis());
    // The 99th percentile takes 100 executions in 5 minutes.
    long[] missed =
        detection.delays(new IncidentClass(Kind.LATENCY, half, new Span(1, 3), false), 1, 0);
    assertThat(missed[CONFIGURED]).isEqualTo(IncidentDetection.MISSED);
  }

  @Test
  void gradualIncidentsTakeLonger() {
    IncidentDetection detection = new IncidentDetection(CONFIG, POLICIES, START);
    IncidentClass gradual =
        new IncidentClass(Kind.ERRORS, MANY_ERRORS.severity(), MANY_ERRORS.traffic(), true);
    long suddenly = 0;
    long gradually = 0;
    for (int i = 0; i < 5; i++) {
      suddenly += detection.delays(MANY_ERRORS, 1, i)[CONFIGURED];
      gradually += detection.delays(gradual, 1, i)[CONFIGURED];
    }
    assertThat(gradually).isGreaterThan(suddenly);
  }

  @Test
  void aTrialDecidesAsTheConfigurationDoesAlone() {
    PaneTraffic traffic =
        HealthyPrompts.even(20, true, START, PANE, 5)
            .with(List.of(Incident.ofErrors(1_234_567, 9_000_000, 0.15)));
    WindowAggregate target = traffic.dayOfEqual(START);
    List<Long> alone = new ArrayList<>();
    drive(
        traffic,
        CONFIG,
        new ReplayOutput() {
          @Override
          public void rollbackTrigger(RollbackTrigger trigger) {
            if (RollbackDecision.of(trigger, CONFIG.alerting().autoRollback(), target).refusal()
                == null) {
              alone.add(trigger.time());
            }
          }
        });
    List<Long> inTrial = new ArrayList<>();
    drive(
        traffic,
        RollbackTrial.config(CONFIG),
        new RollbackTrial(POLICIES, CONFIG.alerting().autoRollback(), target) {
          @Override
          boolean mayRollBack(int policy, long now) {
            return policy == CONFIGURED;
          }

          @Override
          void rolledBack(int policy, RollbackTrigger trigger, RollbackDecision decision) {
            inTrial.add(trigger.time());
          }
        });
    assertThat(alone).hasSizeGreaterThan(20);
    assertThat(inTrial).isEqualTo(alone);
  }

  private static void drive(PaneTraffic traffic, DeploymentConfig config, ReplayOutput output) {
    traffic.drive(new Replay(config, START, output), Duration.ofHours(1));
  }
}
