package io.promptmonitor.common.alerts;

import io.promptmonitor.common.registry.RegisteredVersion;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The rules that hold for one prompt version, each with what is told about it.
 *
 * @param rules the rules, no two with the same name
 * @param summaries their summaries, in the same order
 */
public record RulesOfVersion(List<VersionRule> rules, List<RuleSummary> summaries) {

  public RulesOfVersion {
    rules = List.copyOf(rules);
    summaries = List.copyOf(summaries);
    if (rules.size() != summaries.size()) {
      throw new IllegalArgumentException("a summary for each rule");
    }
  }

  /**
   * The rules of a deployment as they hold for a version.
   *
   * @param version null for a version that is not in the registry
   */
  public static RulesOfVersion of(RuleSet ruleSet, @Nullable RegisteredVersion version) {
    List<String> channels = version == null ? List.of() : version.alertingChannels();
    List<VersionRule> rules = ruleSet.forVersion(version);
    List<RuleSummary> summaries = new ArrayList<>(rules.size());
    rules.forEach(rule -> summaries.add(RuleSummary.of(rule.rule(), channels)));
    return new RulesOfVersion(rules, summaries);
  }

  /** The rule of a name; null if there is none. */
  @Nullable VersionRule named(String name) {
    for (VersionRule rule : rules) {
      if (rule.rule().name().equals(name)) {
        return rule;
      }
    }
    return null;
  }

  /** Whether a rule asks for an alert if there are no executions. */
  public boolean watchForSilence() {
    return rules.stream().anyMatch(rule -> rule.rule().kind() == RuleKind.NO_DATA_ALERT);
  }
}
