package io.promptmonitor.common.simulation;

import static org.assertj.core.api.Assertions.assertThat;

import io.promptmonitor.common.alerts.AlertEvent;
import io.promptmonitor.common.alerts.AlertTransition.Change;
import io.promptmonitor.common.alerts.AlertingConfig;
import io.promptmonitor.common.alerts.EvidenceTwins;
import io.promptmonitor.common.alerts.Severity;
import io.promptmonitor.common.deployment.DeploymentConfig;
import io.promptmonitor.common.replay.Replay;
import io.promptmonitor.common.replay.ReplayOutput;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** The default rules on traffic of which nothing is wrong, and what they find in it if it is. */
class HealthyTrafficTest {

  private static final long START = Instant.parse("2026-01-05T00:00:00Z").toEpochMilli();
  private static final long HOUR = Duration.ofHours(1).toMillis();
  private static final Duration LENGTH = Duration.ofHours(10);
  private static final AlertingConfig RULES = AlertingConfig.defaults();

  /** The rules that ask for evidence, by name. */
  private static final Set<String> WITH_EVIDENCE =
      Stream.concat(RULES.alertRules().stream(), RULES.autoRollback().triggers().stream())
          .filter(EvidenceTwins::hasTwin)
          .map(EvidenceTwins::nameOfTwin)
          .collect(Collectors.toSet());

  private static List<PaneTraffic> prompts() {
    return HealthyPrompts.of(20, START, 10_000, 7);
  }

  /** What fires of the default rules, each once plainly and once with evidence. */
  private static List<AlertEvent> fired(PaneTraffic traffic) {
    DeploymentConfig defaults = DeploymentConfig.defaults();
    DeploymentConfig config =
        new DeploymentConfig(
            defaults.monitor(),
            EvidenceTwins.of(RULES, 1e-4),
            defaults.grouping(),
            defaults.channels());
    List<AlertEvent> fired = new ArrayList<>();
    ReplayOutput output =
        new ReplayOutput() {
          @Override
          public void alert(AlertEvent event) {
            if (event.change() == Change.FIRING) {
              fired.add(event);
            }
          }
        };
    traffic.drive(new Replay(config, START, output), LENGTH);
    return fired;
  }

  private static boolean isCritical(AlertEvent event) {
    return event.rule().severity() == Severity.CRITICAL;
  }

  private static boolean asksForEvidence(AlertEvent event) {
    return WITH_EVIDENCE.contains(event.key().rule());
  }

  @Test
  void evidenceKeepsChanceFromAlarming() {
    assertThat(WITH_EVIDENCE).hasSize(8);
    List<AlertEvent> fired = new ArrayList<>();
    prompts().forEach(traffic -> fired.addAll(fired(traffic)));
    // Chance does make plain rules alarm.
    assertThat(fired).filteredOn(event -> !asksForEvidence(event)).hasSizeGreaterThan(20);
    assertThat(fired)
        .filteredOn(event -> isCritical(event) && !asksForEvidence(event))
        .hasSizeGreaterThan(5);
    assertThat(fired).filteredOn(HealthyTrafficTest::asksForEvidence).isEmpty();
  }

  @Test
  void evidenceFindsIncidentsInTheSameTraffic() {
    List<PaneTraffic> busy =
        prompts().stream().filter(traffic -> traffic.ratePerMinute() >= 5).toList();
    assertThat(busy).hasSizeGreaterThan(5);
    for (int i = 0; i < busy.size(); i++) {
      boolean errors = i % 2 == 0;
      Incident incident =
          errors
              ? Incident.ofErrors(8 * HOUR, 9 * HOUR, 0.3)
              : Incident.ofLatency(8 * HOUR, 9 * HOUR, 5);
      List<AlertEvent> found =
          fired(busy.get(i).with(List.of(incident))).stream()
              .filter(HealthyTrafficTest::asksForEvidence)
              .toList();
      assertThat(found)
          .allMatch(event -> event.time() > START + 8 * HOUR && event.time() <= START + 9 * HOUR);
      assertThat(found.stream().filter(HealthyTrafficTest::isCritical))
          .anyMatch(
              event -> event.key().rule().contains(errors ? "Error Rate" : "High Latency P95"));
    }
  }
}
