package io.promptmonitor.bench;

import io.promptmonitor.common.rollback.RollbackEvidence;
import io.promptmonitor.common.simulation.FalseRollbacks.FalseRollback;
import io.promptmonitor.common.simulation.RollbackPolicy;
import java.io.PrintStream;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/** Counts false rollbacks, by policy and traffic and by rule. */
final class FalseRollbackTables {

  private static final double DAYS_A_MONTH = 30;

  private final List<RollbackPolicy> policies;
  private final double promptDays;
  private final List<FalseRollback> all = new ArrayList<>();

  /**
   * Nothing counted.
   *
   * @param promptDays days of all prompts together
   */
  FalseRollbackTables(List<RollbackPolicy> policies, double promptDays) {
    this.policies = policies;
    this.promptDays = promptDays;
  }

  void add(List<FalseRollback> found) {
    all.addAll(found);
  }

  /** How many there are of a policy. */
  long of(int policy) {
    return all.stream().filter(found -> found.policy() == policy).count();
  }

  /** Prints both tables. */
  void print(PrintStream out) {
    out.printf(
        "%n| rollbacks | all | a prompt-month | %s |%n", String.join(" | ", TrafficClass.NAMES));
    out.println("|---|---:|---:|" + "---:|".repeat(TrafficClass.NAMES.size()));
    for (int i = 0; i < policies.size(); i++) {
      int policy = i;
      out.printf(
          Locale.ROOT,
          "| %s | %d | %.3f | %s |%n",
          policies.get(policy).name(),
          of(policy),
          of(policy) / promptDays * DAYS_A_MONTH,
          IntStream.range(0, TrafficClass.NAMES.size())
              .mapToObj(
                  traffic ->
                      count(policy, found -> TrafficClass.of(found.ratePerMinute()) == traffic))
              .collect(Collectors.joining(" | ")));
    }
    Map<String, List<FalseRollback>> byRule =
        all.stream()
            .collect(Collectors.groupingBy(FalseRollback::rule, TreeMap::new, Collectors.toList()));
    if (byRule.isEmpty()) {
      return;
    }
    out.printf("%n| rollbacks by rule | %s |%n", String.join(" | ", byRule.keySet()));
    out.println("|---|" + "---:|".repeat(byRule.size()));
    for (int i = 0; i < policies.size(); i++) {
      int policy = i;
      out.printf(
          "| %s | %s |%n",
          policies.get(policy).name(),
          byRule.keySet().stream()
              .map(rule -> count(policy, found -> found.rule().equals(rule)))
              .collect(Collectors.joining(" | ")));
    }
  }

  private String count(int policy, Predicate<FalseRollback> which) {
    return Long.toString(
        all.stream().filter(found -> found.policy() == policy).filter(which).count());
  }

  /** Prints those that evidence did not prevent. */
  void printEach(List<FalseRollback> found, PrintStream out) {
    for (FalseRollback rollback : found) {
      RollbackPolicy policy = policies.get(rollback.policy());
      RollbackEvidence evidence = rollback.evidence();
      if (policy.evidence() != null && evidence != null) {
        out.printf(
            Locale.ROOT,
            "%s: %s (%.2f/min) at %s by %s: %d of %d, reference %.4f of %s, e-value %.3g%n",
            policy.name(),
            rollback.promptId(),
            rollback.ratePerMinute(),
            Instant.ofEpochMilli(rollback.time()),
            rollback.rule(),
            evidence.counted(),
            evidence.executions(),
            evidence.reference(),
            evidence.referenceExecutions(),
            evidence.eValue());
      }
    }
  }
}
