package io.promptmonitor.common.backtest;

import io.promptmonitor.common.alerts.AlertRule;
import io.promptmonitor.common.alerts.AlertingConfig;
import io.promptmonitor.common.alerts.RuleSet;
import io.promptmonitor.common.deployment.DeploymentConfig;
import io.promptmonitor.common.deployment.MonitorConfig;
import io.promptmonitor.common.windows.WindowSize;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/**
 * What is backtested: rules, over a time. Times are milliseconds since the epoch.
 *
 * @param rules the candidate, as it was written
 * @param from when what happens begins to count
 * @param to when it ends, exclusive
 * @param spans which rows are judged when, in the order of time; empty if executions are
 */
public record BacktestPlan(DeploymentConfig rules, long from, long to, List<RowSpan> spans) {

  /**
   * How long before the time rows are read, so that windows are full and holds have begun: the
   * longest window.
   */
  public static final long LEAD = Duration.ofHours(24).toMillis();

  public BacktestPlan {
    Objects.requireNonNull(rules, "rules");
    spans = List.copyOf(spans);
    if (from >= to) {
      throw new IllegalArgumentException("the time ends before it begins");
    }
  }

  /** Whether executions are judged. */
  public boolean ofExecutions() {
    return spans.isEmpty();
  }

  /** The spans of which anything counts. */
  List<RowSpan> judged() {
    return spans.stream().filter(span -> span.to() > from).toList();
  }

  /** Time between two evaluations in milliseconds: the length of the finest rows. */
  public long step() {
    return ofExecutions()
        ? rules.monitor().slidingInterval().toMillis()
        : spans.stream().mapToLong(span -> span.size().millis()).min().orElseThrow();
  }

  /** By how much the time at which something happens may differ from when it did. */
  public long tolerance() {
    return ofExecutions()
        ? 2 * step()
        : 2 * judged().stream().mapToLong(span -> span.size().millis()).max().orElse(step());
  }

  /** Length of a pane. */
  long pane() {
    return ofExecutions()
        ? rules.monitor().evaluationInterval().toMillis()
        : WindowSize.ONE_MINUTE.millis();
  }

  /** The rules as they hold in a span. */
  RuleSet rulesOf(RowSpan span) {
    return RuleSet.of(rules.alerting()).onRows(Duration.ofMillis(span.size().millis()));
  }

  /** The configuration of the state machines. */
  DeploymentConfig config() {
    if (ofExecutions()) {
      return rules;
    }
    MonitorConfig monitor = rules.monitor();
    Duration pane = Duration.ofMillis(pane());
    MonitorConfig onRows =
        new MonitorConfig(
            pane,
            Duration.ZERO,
            Duration.ZERO,
            monitor.idleTimeout(),
            Duration.ZERO,
            monitor.deduplication(),
            monitor.deduplicationMemory(),
            monitor.automatedScoreScale(),
            monitor.maxClockSkew(),
            List.of(),
            Duration.ofMillis(step()),
            Map.of());
    AlertingConfig alerting = rules.alerting();
    return new DeploymentConfig(
        onRows,
        new AlertingConfig(
            wholeMinutes(alerting.alertRules()),
            alerting.escalation(),
            alerting.autoRollback().withTriggers(wholeMinutes(alerting.autoRollback().triggers()))),
        rules.grouping(),
        rules.channels());
  }

  private static List<AlertRule> wholeMinutes(List<AlertRule> rules) {
    return rules.stream()
        .map(rule -> rule.onRows(Duration.ofMinutes(1)))
        .filter(Objects::nonNull)
        .map(rule -> Objects.requireNonNull(rule))
        .toList();
  }
}
