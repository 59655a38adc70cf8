package io.promptmonitor.common.alerts;

import io.promptmonitor.common.conditions.Baselines;
import io.promptmonitor.common.conditions.Comparison;
import io.promptmonitor.common.conditions.Condition;
import io.promptmonitor.common.conditions.ConditionEvaluator;
import io.promptmonitor.common.conditions.Expression;
import io.promptmonitor.common.conditions.Operand.Literal;
import io.promptmonitor.common.conditions.Operator;
import io.promptmonitor.common.encoding.StableHash;
import io.promptmonitor.common.metrics.Metric;
import io.promptmonitor.common.metrics.Worse;
import io.promptmonitor.common.registry.DeploymentSpecification.AlertThreshold;
import io.promptmonitor.common.registry.DeploymentSpecification.RollbackTriggers;
import io.promptmonitor.common.registry.RegisteredVersion;
import io.promptmonitor.common.registry.VersionStatus;
import java.io.Serializable;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The rules of a deployment, from which those of each version follow.
 *
 * @param alertRules the general rules
 * @param triggers the general rollback triggers
 * @param row the length of the stored rows on which the rules are judged, see {@link
 *     AlertRule#onRows}; null if they are judged on executions
 */
public record RuleSet(List<AlertRule> alertRules, List<AlertRule> triggers, @Nullable Duration row)
    implements Serializable {

  private static final Duration FIVE_MINUTES = Duration.ofMinutes(5);
  private static final Duration FIFTEEN_MINUTES = Duration.ofMinutes(15);
  private static final Duration DAY = Duration.ofHours(24);

  public RuleSet {
    alertRules = List.copyOf(alertRules);
    triggers = List.copyOf(triggers);
  }

  /** The rules as they are judged on executions. */
  public RuleSet(List<AlertRule> alertRules, List<AlertRule> triggers) {
    this(alertRules, triggers, null);
  }

  /** The same rules, judged on rows of a length as far as they can be. */
  public RuleSet onRows(Duration length) {
    return new RuleSet(alertRules, triggers, length);
  }

  /** The rules of a configuration. */
  public static RuleSet of(AlertingConfig config) {
    return new RuleSet(config.alertRules(), config.autoRollback().triggers());
  }

  /**
   * A number made from all that the rules say, kept in state; see {@link AlertRule#contentHash}.
   */
  public long contentHash() {
    return StableHash.hash64(
        StableHash.join(
            Stream.concat(alertRules.stream(), triggers.stream())
                .map(rule -> Long.toHexString(rule.contentHash()))
                .toArray(String[]::new)));
  }

  /**
   * The lengths of all windows on which rules can be evaluated, ascending: those of the general
   * rules, and those that versions' own conditions take.
   */
  public List<Duration> windows() {
    Set<Duration> windows = new TreeSet<>(RuleWindows.LADDER);
    alertRules.forEach(rule -> windows.addAll(rule.windows()));
    triggers.forEach(rule -> windows.addAll(rule.windows()));
    return List.copyOf(windows);
  }

  /**
   * The rules that hold for a version:
   *
   * <ul>
   *   <li>the general alert rules, each with the version's own threshold if {@code
   *       alert_thresholds} has one for its metric and severity ({@link
   *       AlertRule#thresholdMetric});
   *   <li>a rule for each threshold of the version for which there is no general rule;
   *   <li>the version's own {@code rollback_triggers.automatic}, or else the general triggers;
   *   <li>its {@code rollback_triggers.manual_review};
   *   <li>while it is the active version, the alerts that {@code no_data} asks for.
   * </ul>
   *
   * @param version null for a version that has traffic but is not in the registry
   */
  public List<VersionRule> forVersion(@Nullable RegisteredVersion version) {
    List<AlertRule> rules = new ArrayList<>();
    if (version == null) {
      rules.addAll(alertRules);
      rules.addAll(triggers);
    } else {
      addAlertRules(version.alertThresholds(), rules);
      RollbackTriggers own = version.rollbackTriggers();
      if (own.automatic().isEmpty()) {
        rules.addAll(triggers);
      }
      for (Condition condition : own.automatic()) {
        rules.add(ofVersion(condition, RuleKind.ROLLBACK_TRIGGER));
      }
      for (Condition condition : own.manualReview()) {
        rules.add(ofVersion(condition, RuleKind.MANUAL_REVIEW));
      }
      if (version.deployment().status() == VersionStatus.ACTIVE) {
        addNoDataAlerts(rules);
      }
    }
    Baselines baselines = version == null ? Baselines.unknown() : version::baseline;
    double failureRate = warningFailureRate(rules);
    List<VersionRule> judged = new ArrayList<>(rules.size());
    for (AlertRule rule : rules) {
      AlertRule possible = row == null ? rule : rule.onRows(row);
      if (possible != null) {
        judged.add(new VersionRule(possible, baselines, failureRate));
      }
    }
    return List.copyOf(judged);
  }

  /** The lowest failure rate of which a rule warns, as a number; NaN if none does. */
  private static double warningFailureRate(List<AlertRule> rules) {
    return rules.stream()
        .filter(rule -> rule.severity() == Severity.WARNING && rule.thresholdMetric() != null)
        .flatMap(rule -> rule.expression().comparisons().stream())
        .filter(comparison -> comparison.operand() instanceof Literal)
        .mapToDouble(
            comparison ->
                Evidence.failureRate(comparison.metric(), ((Literal) comparison.operand()).value()))
        .filter(rate -> !Double.isNaN(rate))
        .min()
        .orElse(Double.NaN);
  }

  private static void addNoDataAlerts(List<AlertRule> rules) {
    for (AlertRule rule : List.copyOf(rules)) {
      AlertRule noData = rule.noDataAlert();
      if (noData != null) {
        rules.add(noData);
      }
    }
  }

  private void addAlertRules(List<AlertThreshold> thresholds, List<AlertRule> rules) {
    Set<Metric> warned = EnumSet.noneOf(Metric.class);
    Set<Metric> alarmed = EnumSet.noneOf(Metric.class);
    for (AlertRule rule : alertRules) {
      Metric metric = rule.thresholdMetric();
      Double own = metric == null ? null : threshold(thresholds, metric, rule.severity());
      if (metric == null || own == null) {
        rules.add(rule);
      } else {
        (rule.severity() == Severity.WARNING ? warned : alarmed).add(metric);
        rules.add(rule.withThreshold(own));
      }
    }
    for (AlertThreshold threshold : thresholds) {
      Double warning = threshold.warning();
      if (warning != null && !warned.contains(threshold.metric())) {
        rules.add(ofThreshold(threshold.metric(), Severity.WARNING, warning));
      }
      Double critical = threshold.critical();
      if (critical != null && !alarmed.contains(threshold.metric())) {
        rules.add(ofThreshold(threshold.metric(), Severity.CRITICAL, critical));
      }
    }
  }

  private static @Nullable Double threshold(
      List<AlertThreshold> thresholds, Metric metric, Severity severity) {
    for (AlertThreshold threshold : thresholds) {
      if (threshold.metric() == metric) {
        return severity == Severity.WARNING ? threshold.warning() : threshold.critical();
      }
    }
    return null;
  }

  private static AlertRule ofThreshold(Metric metric, Severity severity, double threshold) {
    Operator operator = metric.worse() == Worse.HIGHER ? Operator.GREATER : Operator.LESS;
    Duration usual = severity == Severity.WARNING ? FIFTEEN_MINUTES : FIVE_MINUTES;
    return new AlertRule(
        RuleNames.THRESHOLD + metric.column() + " " + severity.label(),
        RuleKind.ALERT_RULE,
        Comparison.of(metric, operator, threshold),
        List.of(metric.isQuality() ? DAY : usual),
        Duration.ZERO,
        AlertRule.KEEP_FIRING_FOR,
        ConditionEvaluator.USUAL_MINIMUM,
        NoDataPolicy.freeze(),
        null,
        severity,
        EnumSet.of(AlertAction.ALERT),
        null);
  }

  /** The rule of a condition in a version's {@code rollback_triggers}. */
  private AlertRule ofVersion(Condition condition, RuleKind kind) {
    boolean rollback = kind == RuleKind.ROLLBACK_TRIGGER;
    Duration hold = condition.hold();
    return new AlertRule(
        (rollback ? RuleNames.ROLLBACK : RuleNames.REVIEW) + condition,
        kind,
        condition.expression(),
        hold == null ? List.of(usualWindow(condition.expression())) : RuleWindows.upTo(hold),
        hold == null ? Duration.ZERO : hold,
        AlertRule.KEEP_FIRING_FOR,
        ConditionEvaluator.USUAL_MINIMUM,
        NoDataPolicy.freeze(),
        null,
        rollback ? Severity.CRITICAL : Severity.WARNING,
        rollback
            ? EnumSet.of(AlertAction.AUTO_ROLLBACK)
            : EnumSet.of(AlertAction.ALERT, AlertAction.FLAG_FOR_REVIEW),
        rollback ? Confidence.HIGH : null);
  }

  /**
   * The window of a condition that names neither a window nor a time: the longest of the general
   * rules on its metrics; without one, 24 hours if it is about feedback, which is rare, else 5
   * minutes.
   */
  private Duration usualWindow(Expression expression) {
    List<Metric> metrics =
        expression.comparisons().stream().map(comparison -> comparison.metric()).toList();
    return alertRules.stream()
        .filter(rule -> rule.metrics().stream().anyMatch(metrics::contains))
        .map(AlertRule::longestWindow)
        .max(Duration::compareTo)
        .orElse(metrics.stream().anyMatch(Metric::isQuality) ? DAY : FIVE_MINUTES);
  }
}
