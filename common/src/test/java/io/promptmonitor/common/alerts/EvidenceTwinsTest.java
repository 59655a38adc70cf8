package io.promptmonitor.common.alerts;

import static org.assertj.core.api.Assertions.assertThat;

import io.promptmonitor.common.config.ConfigReader;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

class EvidenceTwinsTest {

  private static AlertingConfig config(String rule) {
    return ConfigReader.read(
        "c.yaml",
        "alert_rules: [{"
            + rule
            + ", window: 5m, severity: critical, actions: [alert], min_executions: 30}]",
        top -> AlertingConfig.read(top, Duration.ofSeconds(10)));
  }

  @Test
  void aTwinIsTheRuleWithEvidence() {
    AlertingConfig plain = config("name: Errors, condition: error_rate > 0.05");
    AlertingConfig twins = EvidenceTwins.of(plain, 1e-4);
    assertThat(twins.alertRules())
        .containsExactly(
            plain.alertRules().get(0),
            config("name: 'Errors, with evidence', condition: error_rate > 0.05, evidence: 1e-4")
                .alertRules()
                .get(0));
    assertThat(twins.escalation()).isEqualTo(plain.escalation());
  }

  @Test
  void onlyRulesForWhichThereCanBeEvidenceHaveTwins() {
    AlertingConfig defaults = AlertingConfig.defaults();
    List<String> without =
        defaults.alertRules().stream()
            .filter(rule -> !EvidenceTwins.hasTwin(rule))
            .map(AlertRule::name)
            .toList();
    assertThat(without).containsExactly("Calibration Drift", "User Satisfaction Drop");
    AlertingConfig twins = EvidenceTwins.of(defaults, 1e-4);
    assertThat(twins.alertRules()).hasSize(7 + 5);
    assertThat(twins.autoRollback().triggers())
        .hasSize(2 * 3)
        .filteredOn(trigger -> trigger.evidence() != null)
        .extracting(AlertRule::name)
        .containsExactlyElementsOf(
            defaults.autoRollback().triggers().stream().map(EvidenceTwins::nameOfTwin).toList());
  }
}
