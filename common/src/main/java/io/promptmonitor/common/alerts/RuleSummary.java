package io.promptmonitor.common.alerts;

import io.promptmonitor.common.metrics.Metric;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * What is told about a rule. It goes with its alerts, because by the time they end the rule may
 * have changed, or be gone.
 *
 * @param kind where the rule comes from
 * @param severity how bad it is
 * @param condition the condition as a person would write it
 * @param hold how long it must hold, in milliseconds
 * @param metrics the metrics that are compared
 * @param actions what is done
 * @param confidence of a rollback trigger; null for other rules
 * @param channels the version's own channels, which are told as well as those of the policy
 */
public record RuleSummary(
    RuleKind kind,
    Severity severity,
    String condition,
    long hold,
    List<Metric> metrics,
    List<AlertAction> actions,
    @Nullable Confidence confidence,
    List<String> channels) {

  public RuleSummary {
    Objects.requireNonNull(kind, "kind");
    Objects.requireNonNull(severity, "severity");
    Objects.requireNonNull(condition, "condition");
    metrics = List.copyOf(metrics);
    actions = List.copyOf(actions);
    channels = List.copyOf(channels);
  }

  /** The summary of a rule of a version with channels of its own. */
  public static RuleSummary of(AlertRule rule, List<String> channels) {
    return new RuleSummary(
        rule.kind(),
        rule.severity(),
        rule.condition(),
        rule.hold().toMillis(),
        List.copyOf(rule.metrics()),
        List.copyOf(rule.actions()),
        rule.confidence(),
        channels);
  }
}
