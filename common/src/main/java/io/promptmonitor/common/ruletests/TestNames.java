package io.promptmonitor.common.ruletests;

import io.promptmonitor.common.alerts.AlertingConfig;
import io.promptmonitor.common.alerts.EscalationPolicy;
import io.promptmonitor.common.alerts.RuleSet;
import io.promptmonitor.common.alerts.RulesOfVersion;
import io.promptmonitor.common.execution.PromptVersionId;
import io.promptmonitor.common.registry.Deployment;
import io.promptmonitor.common.registry.RegisteredVersion;
import io.promptmonitor.common.registry.VersionDefinition;
import io.promptmonitor.common.registry.VersionStatus;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * What can be named in a test: its prompts, their versions, and the rules and channels of these.
 */
final class TestNames {

  private final Map<String, Map<String, Set<String>>> rules = new TreeMap<>();
  private final Set<String> channels = new LinkedHashSet<>();
  private final AlertingConfig alerting;
  private final RuleSet ruleSet;

  TestNames(AlertingConfig alerting) {
    this.alerting = alerting;
    this.ruleSet = RuleSet.of(alerting);
    for (EscalationPolicy policy : alerting.escalation().values()) {
      channels.addAll(policy.channels());
      if (policy.escalateTo() != null) {
        channels.add(policy.escalateTo());
      }
    }
  }

  /**
   * Adds a version.
   *
   * @param definition null if it is not in the registry
   */
  void add(PromptVersionId version, @Nullable VersionDefinition definition) {
    Map<String, Set<String>> ofPrompt =
        rules.computeIfAbsent(version.promptId(), id -> new TreeMap<>());
    if (definition == null && ofPrompt.containsKey(version.version())) {
      return;
    }
    // The active version has all the rules that one in another state has, and more.
    RegisteredVersion active =
        definition == null
            ? null
            : new RegisteredVersion(
                definition, new Deployment(VersionStatus.ACTIVE, null, null, null), null);
    Set<String> names = new LinkedHashSet<>();
    RulesOfVersion rulesOfVersion = RulesOfVersion.of(ruleSet, active);
    rulesOfVersion.rules().forEach(rule -> names.add(rule.rule().name()));
    rulesOfVersion.summaries().forEach(summary -> channels.addAll(summary.channels()));
    ofPrompt.put(version.version(), names);
  }

  Set<String> prompts() {
    return rules.keySet();
  }

  Set<String> versions(String promptId) {
    return rules.getOrDefault(promptId, Map.of()).keySet();
  }

  Set<String> rules(PromptVersionId version) {
    return Objects.requireNonNullElse(
        rules.getOrDefault(version.promptId(), Map.of()).get(version.version()), Set.of());
  }

  /** The rules of all versions. */
  Set<String> allRules() {
    Set<String> all = new LinkedHashSet<>();
    rules.values().forEach(versions -> versions.values().forEach(all::addAll));
    if (all.isEmpty()) {
      alerting.alertRules().forEach(rule -> all.add(rule.name()));
    }
    return all;
  }

  Set<String> channels() {
    return channels;
  }

  /** All versions of all prompts. */
  Set<PromptVersionId> promptVersions() {
    Set<PromptVersionId> all = new LinkedHashSet<>();
    rules.forEach(
        (prompt, versions) ->
            versions.keySet().forEach(version -> all.add(new PromptVersionId(prompt, version))));
    return all;
  }

  /** The only element, or null if there is none or more than one. */
  static @Nullable String only(Collection<String> names) {
    return names.size() == 1 ? names.iterator().next() : null;
  }
}
