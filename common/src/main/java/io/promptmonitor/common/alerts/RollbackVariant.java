package io.promptmonitor.common.alerts;

import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;

/**
 * How a rule that can roll back is evaluated, to see what each part of that changes: all variants
 * of it, on the same windows.
 */
public enum RollbackVariant {
  /** As it is written. */
  CONFIGURED(""),
  /** On its longest window only, though a shorter one may have enough executions. */
  LONGEST_WINDOW(", on the longest window"),
  /** On its longest window only, however few executions that has; percentiles need theirs. */
  PLAIN(", plain");

  private final String suffix;

  RollbackVariant(String suffix) {
    this.suffix = suffix;
  }

  /**
   * Of a configuration the rules that can roll back, each in every variant; and those that say what
   * failure rate is tolerated, because evidence depends on them.
   */
  public static AlertingConfig all(AlertingConfig config) {
    AutoRollback rollback = config.autoRollback();
    Stream<AlertRule> warnings =
        config.alertRules().stream()
            .filter(rule -> !canRollBack(rule) && rule.severity() == Severity.WARNING)
            .filter(rule -> rule.metrics().stream().allMatch(Evidence::isFailureRate));
    Stream<AlertRule> switching = config.alertRules().stream().filter(RollbackVariant::canRollBack);
    return new AlertingConfig(
        Stream.concat(variants(switching), warnings).toList(),
        config.escalation(),
        rollback.withTriggers(
            variants(rollback.triggers().stream().filter(RollbackVariant::canRollBack)).toList()));
  }

  private static boolean canRollBack(AlertRule rule) {
    return rule.actions().contains(AlertAction.AUTO_ROLLBACK);
  }

  private static Stream<AlertRule> variants(Stream<AlertRule> rules) {
    return rules.flatMap(rule -> Arrays.stream(values()).map(variant -> variant.of(rule)));
  }

  /** The variant of the rule with a name. */
  public static RollbackVariant ofRule(String name) {
    for (RollbackVariant variant : values()) {
      if (variant != CONFIGURED && name.endsWith(variant.suffix)) {
        return variant;
      }
    }
    return CONFIGURED;
  }

  /** The name of the rule that a name is a variant of. */
  public static String withoutVariant(String name) {
    return name.substring(0, name.length() - ofRule(name).suffix.length());
  }

  private AlertRule of(AlertRule rule) {
    List<Duration> windows = this == CONFIGURED ? rule.windows() : List.of(rule.longestWindow());
    return new AlertRule(
        rule.name() + suffix,
        rule.kind(),
        rule.expression(),
        windows,
        rule.hold(),
        rule.keepFiringFor(),
        this == PLAIN ? 1 : rule.minExecutions(),
        rule.noData(),
        rule.evidence(),
        rule.severity(),
        rule.actions(),
        rule.confidence());
  }
}
