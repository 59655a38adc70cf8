package io.promptmonitor.common.alerts;

import java.util.List;
import java.util.stream.Stream;

/**
 * Rules that are evaluated twice on the same windows, plainly and with evidence, to see what asking
 * for evidence changes.
 */
public final class EvidenceTwins {

  private static final String SUFFIX = ", with evidence";

  private EvidenceTwins() {}

  /**
   * All rules and triggers, and of each for which there can be evidence a twin that asks for it.
   *
   * @param alpha see {@link AlertRule#evidence}
   */
  public static AlertingConfig of(AlertingConfig config, double alpha) {
    AutoRollback rollback = config.autoRollback();
    return new AlertingConfig(
        withTwins(config.alertRules(), alpha),
        config.escalation(),
        rollback.withTriggers(withTwins(rollback.triggers(), alpha)));
  }

  /** Whether a rule has a twin. */
  public static boolean hasTwin(AlertRule rule) {
    return Evidence.isFor(rule.expression());
  }

  /** The name of a rule's twin. */
  public static String nameOfTwin(AlertRule rule) {
    return rule.name() + SUFFIX;
  }

  private static List<AlertRule> withTwins(List<AlertRule> rules, double alpha) {
    Stream<AlertRule> twins =
        rules.stream().filter(EvidenceTwins::hasTwin).map(rule -> twin(rule, alpha));
    return Stream.concat(rules.stream(), twins).toList();
  }

  private static AlertRule twin(AlertRule rule, double alpha) {
    return new AlertRule(
        nameOfTwin(rule),
        rule.kind(),
        rule.expression(),
        rule.windows(),
        rule.hold(),
        rule.keepFiringFor(),
        rule.minExecutions(),
        rule.noData(),
        alpha,
        rule.severity(),
        rule.actions(),
        rule.confidence());
  }
}
