package io.promptmonitor.common.simulation;

import io.promptmonitor.common.alerts.AutoRollback;
import io.promptmonitor.common.alerts.RollbackVariant;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A way to decide on rollbacks, of which a simulation compares several on the same traffic.
 *
 * @param name for people
 * @param variant how the rules are evaluated
 * @param evidence see {@link AutoRollback#evidence()}; null if the rule's word is enough
 */
public record RollbackPolicy(String name, RollbackVariant variant, @Nullable Double evidence) {

  private static final List<String> OTHER_EVIDENCE =
      List.of("1e-3", "1e-4", "1e-5", "1e-6", "1e-7", "1e-8");

  public RollbackPolicy {
    Objects.requireNonNull(name, "name");
    Objects.requireNonNull(variant, "variant");
  }

  /**
   * What a configuration says, which comes first; then what each of its parts is good for: without
   * evidence, without the choice among windows, without both and without the least number of
   * executions; and other evidence.
   */
  public static List<RollbackPolicy> compared(AutoRollback config) {
    Double evidence = config.evidence();
    List<RollbackPolicy> policies = new ArrayList<>();
    policies.add(new RollbackPolicy("as configured", RollbackVariant.CONFIGURED, evidence));
    policies.add(new RollbackPolicy("without evidence", RollbackVariant.CONFIGURED, null));
    policies.add(
        new RollbackPolicy("on the longest window", RollbackVariant.LONGEST_WINDOW, evidence));
    policies.add(
        new RollbackPolicy(
            "on the longest window, without evidence", RollbackVariant.LONGEST_WINDOW, null));
    policies.add(new RollbackPolicy("plain rule", RollbackVariant.PLAIN, null));
    for (String other : OTHER_EVIDENCE) {
      Double alpha = Double.valueOf(other);
      if (!alpha.equals(evidence)) {
        policies.add(new RollbackPolicy("evidence: " + other, RollbackVariant.CONFIGURED, alpha));
      }
    }
    return List.copyOf(policies);
  }
}
