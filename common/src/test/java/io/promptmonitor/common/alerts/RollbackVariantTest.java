package io.promptmonitor.common.alerts;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class RollbackVariantTest {

  private static final AlertingConfig DEFAULTS = AlertingConfig.defaults();
  private static final AlertingConfig ALL = RollbackVariant.all(DEFAULTS);

  private static List<AlertRule> of(RollbackVariant variant) {
    return Stream.concat(ALL.alertRules().stream(), ALL.autoRollback().triggers().stream())
        .filter(rule -> rule.actions().contains(AlertAction.AUTO_ROLLBACK))
        .filter(rule -> RollbackVariant.ofRule(rule.name()) == variant)
        .toList();
  }

  @Test
  void asConfiguredIsAsConfigured() {
    List<AlertRule> configured = of(RollbackVariant.CONFIGURED);
    assertThat(configured).hasSize(5);
    assertThat(DEFAULTS.alertRules()).containsAll(configured.subList(0, 2));
    assertThat(configured.subList(2, 5)).isEqualTo(DEFAULTS.autoRollback().triggers());
  }

  @Test
  void otherVariantsLookAtTheLongestWindow() {
    for (RollbackVariant variant : List.of(RollbackVariant.LONGEST_WINDOW, RollbackVariant.PLAIN)) {
      assertThat(of(variant))
          .extracting(AlertRule::windows)
          .containsExactly(minutes(5), minutes(10), minutes(5), minutes(10), minutes(5));
    }
    assertThat(of(RollbackVariant.PLAIN)).allMatch(rule -> rule.minExecutions() == 1);
    assertThat(of(RollbackVariant.LONGEST_WINDOW))
        .extracting(AlertRule::minExecutions)
        .isEqualTo(of(RollbackVariant.CONFIGURED).stream().map(AlertRule::minExecutions).toList());
  }

  private static List<Duration> minutes(int length) {
    return List.of(Duration.ofMinutes(length));
  }

  @Test
  void namesTellTheVariant() {
    for (RollbackVariant variant : RollbackVariant.values()) {
      assertThat(of(variant))
          .extracting(rule -> RollbackVariant.withoutVariant(rule.name()))
          .isEqualTo(of(RollbackVariant.CONFIGURED).stream().map(AlertRule::name).toList());
    }
  }

  @Test
  void whatFailureRateIsToleratedStays() {
    assertThat(ALL.alertRules())
        .filteredOn(rule -> rule.severity() == Severity.WARNING)
        .extracting(AlertRule::name)
        .containsExactly("Elevated Error Rate");
  }
}
