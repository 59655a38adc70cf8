package io.promptmonitor.common.alerts;

import io.promptmonitor.common.conditions.Comparison;
import io.promptmonitor.common.conditions.ConditionEvaluator;
import io.promptmonitor.common.conditions.Expression;
import io.promptmonitor.common.conditions.Operator;
import io.promptmonitor.common.config.DurationText;
import io.promptmonitor.common.encoding.StableHash;
import io.promptmonitor.common.metrics.Metric;
import io.promptmonitor.common.metrics.RowMetrics;
import io.promptmonitor.common.metrics.Worse;
import java.io.Serializable;
import java.time.Duration;
import java.util.Collections;
import java.util.EnumSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * When something is done, and what.
 *
 * @param name identifies the rule among all rules of a prompt version; 1 to {@value #MAX_NAME}
 *     characters
 * @param kind where the rule comes from
 * @param expression what must be the case
 * @param windows lengths of the windows on which it may be evaluated, ascending: the shortest one
 *     that has enough executions is taken, and the longest if none has
 * @param hold how long it must be the case without a break; 0 if once is enough
 * @param keepFiringFor how long an alert goes on firing after it no longer is the case; 0 or more
 * @param minExecutions see {@link ConditionEvaluator}
 * @param noData what happens while it cannot be decided
 * @param evidence how improbable a false alarm must be in a window, above 0 and below 1; null if
 *     the plain comparison is enough
 * @param severity how bad it is
 * @param actions what is done
 * @param confidence of a rollback trigger; null for other rules
 */
public record AlertRule(
    String name,
    RuleKind kind,
    Expression expression,
    List<Duration> windows,
    Duration hold,
    Duration keepFiringFor,
    int minExecutions,
    NoDataPolicy noData,
    @Nullable Double evidence,
    Severity severity,
    Set<AlertAction> actions,
    @Nullable Confidence confidence)
    implements Serializable {

  /** Most characters of a name. */
  public static final int MAX_NAME = 1_100;

  /** How long an alert goes on firing if a rule does not say. */
  public static final Duration KEEP_FIRING_FOR = Duration.ofMinutes(5);

  public AlertRule {
    Objects.requireNonNull(kind, "kind");
    Objects.requireNonNull(expression, "expression");
    Objects.requireNonNull(noData, "noData");
    Objects.requireNonNull(severity, "severity");
    windows = List.copyOf(windows);
    require(!name.isBlank() && name.length() <= MAX_NAME, "a name has 1 to 1100 characters");
    require(
        !windows.isEmpty() && windows.equals(List.copyOf(new TreeSet<>(windows))),
        "windows are there, and ascend");
    require(windows.get(0).compareTo(Duration.ZERO) > 0, "a window is longer than 0");
    require(!hold.isNegative() && !keepFiringFor.isNegative(), "durations are 0 or more");
    require(minExecutions >= 0, "minExecutions is 0 or more");
    require(evidence == null || (evidence > 0 && evidence < 1), "evidence is above 0 and below 1");
    require(!actions.isEmpty(), "a rule does something");
    require(
        (kind == RuleKind.ROLLBACK_TRIGGER) == (confidence != null), "triggers have confidence");
    actions = Collections.unmodifiableSet(EnumSet.copyOf(actions));
  }

  private static void require(boolean condition, String message) {
    if (!condition) {
      throw new IllegalArgumentException(message);
    }
  }

  /** The longest window. */
  public Duration longestWindow() {
    return windows.get(windows.size() - 1);
  }

  /** The condition as a person would write it: {@code error_rate > 0.10 for 5m}. */
  public String condition() {
    if (kind == RuleKind.NO_DATA_ALERT) {
      return "no executions for " + DurationText.format(hold.plus(longestWindow()));
    }
    return hold.isZero() ? expression.toString() : expression + " for " + DurationText.format(hold);
  }

  /** The metrics that are compared, in the order of {@link Metric}. */
  public Set<Metric> metrics() {
    Set<Metric> metrics = EnumSet.noneOf(Metric.class);
    expression.comparisons().forEach(comparison -> metrics.add(comparison.metric()));
    return metrics;
  }

  /**
   * The metric that a version's own threshold replaces in this rule, or null if there is none: the
   * only one of which more or less is worse, compared once and on that side. {@code error_rate >
   * 0.05 and execution_count > 100} is a rule of the error rate.
   */
  public @Nullable Metric thresholdMetric() {
    List<Comparison> comparisons =
        expression.comparisons().stream()
            .filter(comparison -> comparison.metric().worse() != Worse.NEITHER)
            .toList();
    if (kind != RuleKind.ALERT_RULE || comparisons.size() != 1) {
      return null;
    }
    Comparison comparison = comparisons.get(0);
    boolean above =
        comparison.operator() == Operator.GREATER
            || comparison.operator() == Operator.GREATER_OR_EQUAL;
    Metric metric = comparison.metric();
    return above == (metric.worse() == Worse.HIGHER) ? metric : null;
  }

  /** This rule with another threshold for {@link #thresholdMetric}. */
  AlertRule withThreshold(double threshold) {
    Metric metric = Objects.requireNonNull(thresholdMetric());
    Expression replaced =
        expression.map(
            comparison ->
                comparison.metric() == metric
                    ? Comparison.of(metric, comparison.operator(), threshold)
                    : comparison);
    return with(replaced, windows, hold);
  }

  /**
   * The alert of its own that {@link #noData} asks for, or null if it asks for none: the shortest
   * window there always is must be empty for the rest of the time.
   */
  @Nullable AlertRule noDataAlert() {
    Duration after = noData.alertAfter();
    if (after == null) {
      return null;
    }
    return new AlertRule(
        RuleNames.NO_DATA + name,
        RuleKind.NO_DATA_ALERT,
        expression,
        List.of(RuleWindows.SHORTEST),
        after.minus(RuleWindows.SHORTEST),
        Duration.ZERO,
        minExecutions,
        NoDataPolicy.ok(),
        null,
        severity,
        EnumSet.of(AlertAction.ALERT),
        null);
  }

  /**
   * This rule as far as it can be judged on stored rows of a length, which are evaluated when they
   * end: on those of its windows that are whole rows. Null if none is, or a metric is not in rows.
   */
  public @Nullable AlertRule onRows(Duration row) {
    boolean noDataAlert = kind == RuleKind.NO_DATA_ALERT;
    if (!noDataAlert && !metrics().stream().allMatch(RowMetrics::tells)) {
      return null;
    }
    List<Duration> whole = windows.stream().filter(window -> isWhole(window, row)).toList();
    Duration newHold = hold;
    if (noDataAlert && whole.isEmpty()) {
      // Nothing for so long, seen in longer windows.
      newHold = hold.plus(longestWindow()).minus(row);
      whole = newHold.isNegative() ? whole : List.of(row);
    }
    if (whole.isEmpty()) {
      return null;
    }
    return with(expression, whole, newHold);
  }

  /** This rule with another condition. */
  private AlertRule with(Expression changed, List<Duration> newWindows, Duration newHold) {
    return new AlertRule(
        name,
        kind,
        changed,
        newWindows,
        newHold,
        keepFiringFor,
        minExecutions,
        noData,
        evidence,
        severity,
        actions,
        confidence);
  }

  private static boolean isWhole(Duration window, Duration row) {
    return window.toMillis() % row.toMillis() == 0;
  }

  /** Why {@link #onRows} is null; null if it is not. */
  public @Nullable String notOnRows(Duration row) {
    if (onRows(row) != null) {
      return null;
    }
    for (Metric metric : metrics()) {
      if (!RowMetrics.tells(metric) && kind != RuleKind.NO_DATA_ALERT) {
        return metric.column() + " cannot be made from rows";
      }
    }
    String longest = DurationText.format(longestWindow());
    return kind == RuleKind.NO_DATA_ALERT
        ? "it asks for less than " + DurationText.format(row)
        : "its window of " + longest + " is not made of whole rows";
  }

  /**
   * A number made from all that the rule says: an alert that a changed rule has raised is resolved,
   * and the new rule starts fresh. It is kept in state, and never changes between releases.
   */
  public long contentHash() {
    String text =
        StableHash.join(
            name,
            kind.label(),
            expression.toString(),
            windows.stream().map(DurationText::format).collect(Collectors.joining(",")),
            DurationText.format(hold),
            DurationText.format(keepFiringFor),
            Integer.toString(minExecutions),
            noData.pending().name(),
            noData.alertAfter() == null ? "" : DurationText.format(noData.alertAfter()),
            evidence == null ? "" : Double.toString(evidence),
            severity.label(),
            actions.stream().map(AlertAction::label).collect(Collectors.joining(",")),
            confidence == null ? "" : confidence.label());
    return StableHash.hash64(text);
  }
}
