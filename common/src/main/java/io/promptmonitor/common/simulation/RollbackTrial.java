package io.promptmonitor.common.simulation;

import io.promptmonitor.common.alerts.AutoRollback;
import io.promptmonitor.common.alerts.RollbackTrigger;
import io.promptmonitor.common.alerts.RollbackVariant;
import io.promptmonitor.common.deployment.DeploymentConfig;
import io.promptmonitor.common.metrics.WindowAggregate;
import io.promptmonitor.common.replay.ReplayOutput;
import io.promptmonitor.common.rollback.RollbackDecision;
import io.promptmonitor.common.rollback.RollbackEvidence;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Decides on what the rules of a replay demand, as each of several policies would. The replay's
 * rules are those of {@link #config}; it has one prompt.
 */
abstract class RollbackTrial implements ReplayOutput {

  private final List<RollbackPolicy> policies;
  private final AutoRollback config;
  private final WindowAggregate target;

  /**
   * A trial.
   *
   * @param target the last traffic of the version to go back to
   */
  RollbackTrial(List<RollbackPolicy> policies, AutoRollback config, WindowAggregate target) {
    this.policies = policies;
    this.config = config.withEvidence(null);
    this.target = target;
  }

  /** A configuration whose rules are evaluated in all variants. */
  static DeploymentConfig config(DeploymentConfig config) {
    return new DeploymentConfig(
        config.monitor(),
        RollbackVariant.all(config.alerting()),
        config.grouping(),
        config.channels());
  }

  /** Whether a rollback by a policy would make a difference now. */
  abstract boolean mayRollBack(int policy, long now);

  /** The version is rolled back by a policy. */
  abstract void rolledBack(int policy, RollbackTrigger trigger, RollbackDecision decision);

  @Override
  public void rollbackTrigger(RollbackTrigger trigger) {
    RollbackVariant variant = RollbackVariant.ofRule(trigger.rule());
    RollbackDecision decision = null; // The same for all policies but for what they ask for.
    for (int i = 0; i < policies.size(); i++) {
      RollbackPolicy policy = policies.get(i);
      if (policy.variant() == variant && mayRollBack(i, trigger.time())) {
        if (decision == null) {
          decision = RollbackDecision.of(trigger, config, target);
        }
        if (decision.refusal() == null && isEnough(decision.evidence(), policy.evidence())) {
          rolledBack(i, trigger, decision);
        }
      }
    }
  }

  private static boolean isEnough(@Nullable RollbackEvidence found, @Nullable Double evidence) {
    if (evidence == null) {
      return true;
    }
    Double eValue = found == null ? null : found.eValue();
    return eValue != null && eValue >= 1 / evidence;
  }
}
