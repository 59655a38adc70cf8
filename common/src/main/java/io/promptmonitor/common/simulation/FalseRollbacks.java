package io.promptmonitor.common.simulation;

import io.promptmonitor.common.alerts.AutoRollback;
import io.promptmonitor.common.alerts.RollbackTrigger;
import io.promptmonitor.common.alerts.RollbackVariant;
import io.promptmonitor.common.deployment.DeploymentConfig;
import io.promptmonitor.common.registry.RegistryException;
import io.promptmonitor.common.registry.RegistryException.Reason;
import io.promptmonitor.common.replay.Replay;
import io.promptmonitor.common.rollback.RollbackDecision;
import io.promptmonitor.common.rollback.RollbackEvidence;
import io.promptmonitor.common.rollback.RollbackSafeguards;
import io.promptmonitor.common.windows.WindowSize;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * The rollbacks of prompts of which nothing is wrong: all of them are false.
 *
 * <p>Each version is as good as the one it would go back to. Somebody deploys it again right after
 * a rollback, so that counting goes on; the safeguards hold all the same, and at midnight (UTC) an
 * operator clears the prompt.
 */
public final class FalseRollbacks {

  /**
   * One of them.
   *
   * @param policy number of the policy
   * @param rule name of the rule, without its variant
   * @param time of the evaluation, in milliseconds since the epoch
   * @param evidence what there was; null if there can be none
   */
  public record FalseRollback(
      int policy,
      String promptId,
      double ratePerMinute,
      String rule,
      long time,
      @Nullable RollbackEvidence evidence) {

    public FalseRollback {
      Objects.requireNonNull(promptId, "promptId");
      Objects.requireNonNull(rule, "rule");
    }
  }

  private FalseRollbacks() {}

  /**
   * Simulates a prompt.
   *
   * @param config whose rules and safeguards hold
   * @param start when the traffic begins, in milliseconds since the epoch
   * @return what each policy rolled back, in the order of time
   */
  public static List<FalseRollback> of(
      PaneTraffic traffic,
      DeploymentConfig config,
      List<RollbackPolicy> policies,
      long start,
      Duration length) {
    Count count = new Count(traffic, config.alerting().autoRollback(), policies, start);
    traffic.drive(new Replay(RollbackTrial.config(config), start, count), length);
    return List.copyOf(count.found);
  }

  private static final class Count extends RollbackTrial {

    private final PaneTraffic traffic;
    private final AutoRollback config;
    private final List<List<Instant>> rollbacks = new ArrayList<>();
    private final long[] notBefore;
    private final List<FalseRollback> found = new ArrayList<>();

    Count(PaneTraffic traffic, AutoRollback config, List<RollbackPolicy> policies, long start) {
      super(policies, config, traffic.dayOfEqual(start));
      this.traffic = traffic;
      this.config = config;
      this.notBefore = new long[policies.size()];
      policies.forEach(policy -> rollbacks.add(new ArrayList<>()));
    }

    @Override
    boolean mayRollBack(int policy, long now) {
      return now >= notBefore[policy];
    }

    @Override
    void rolledBack(int policy, RollbackTrigger trigger, RollbackDecision decision) {
      long now = trigger.time();
      long midnight = WindowSize.ONE_DAY.startOf(now);
      List<Instant> earlier = rollbacks.get(policy);
      try {
        RollbackSafeguards.check(
            traffic.promptVersion().promptId(),
            earlier,
            Instant.ofEpochMilli(midnight - 1),
            config.minInterval(),
            config.maxPerDay(),
            Instant.ofEpochMilli(now));
      } catch (RegistryException e) {
        if (e.reason() != Reason.ROLLBACK_LIMIT) {
          notBefore[policy] = midnight + WindowSize.ONE_DAY.millis();
        }
        return;
      }
      earlier.add(Instant.ofEpochMilli(now));
      notBefore[policy] = now + config.minInterval().toMillis();
      found.add(
          new FalseRollback(
              policy,
              traffic.promptVersion().promptId(),
              traffic.ratePerMinute(),
              RollbackVariant.withoutVariant(trigger.rule()),
              now,
              decision.evidence()));
    }
  }
}
