package io.promptmonitor.common.alerts;

import io.promptmonitor.common.conditions.Baselines;
import io.promptmonitor.common.conditions.Evaluation;
import io.promptmonitor.common.conditions.Verdict;
import io.promptmonitor.common.config.ConfigReader;
import java.time.Duration;
import java.util.List;

/** Rules and evaluations for tests. */
final class TestRules {

  private TestRules() {}

  static AlertingConfig config(String yaml) {
    return ConfigReader.read(
        "c.yaml", yaml, top -> AlertingConfig.read(top, Duration.ofSeconds(10)));
  }

  /** The rule with some keys, as a flow mapping without its braces. */
  static AlertRule rule(String keys) {
    return config(
            "alert_rules: [{name: r, severity: warning, actions: [alert], window: 5m, condition:"
                + " error_rate > 0.05, "
                + keys
                + "}]")
        .alertRules()
        .get(0);
  }

  static VersionRule versionRule(AlertRule rule) {
    return new VersionRule(rule, Baselines.unknown(), Double.NaN);
  }

  /** An evaluation with a verdict and nothing seen. */
  static RuleEvaluation evaluation(Verdict verdict) {
    Evaluation evaluation =
        verdict == Verdict.NO_DATA ? Evaluation.noData() : new Evaluation(verdict, 1, List.of());
    return new RuleEvaluation(verdict, evaluation, 300_000, Double.NaN, null);
  }
}
