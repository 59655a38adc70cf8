package io.promptmonitor.notifications;

import io.promptmonitor.common.alerts.AlertAction;
import io.promptmonitor.common.alerts.AlertRule;
import io.promptmonitor.common.alerts.AlertingConfig;
import io.promptmonitor.common.alerts.EscalationPolicy;
import io.promptmonitor.common.alerts.Severity;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/** Who names which channel in a configuration. */
final class ChannelUses {

  private final AlertingConfig alerting;

  ChannelUses(AlertingConfig alerting) {
    this.alerting = alerting;
  }

  /** Where each channel is named, as paths of the configuration. */
  Map<String, List<String>> places() {
    Map<String, List<String>> places = new LinkedHashMap<>();
    alerting
        .escalation()
        .forEach(
            (severity, policy) -> {
              String path = "escalation." + severity.label();
              for (String channel : policy.channels()) {
                add(places, channel, path + ".channels");
              }
              if (policy.escalateTo() != null) {
                add(places, policy.escalateTo(), path + ".escalate_to");
              }
            });
    return places;
  }

  private static void add(Map<String, List<String>> places, String channel, String place) {
    places.computeIfAbsent(channel, c -> new ArrayList<>()).add(place);
  }

  /** The rules that tell people by a channel, in quotes. */
  String rules(String channel) {
    return alerting.alertRules().stream()
        .filter(rule -> rule.actions().contains(AlertAction.ALERT))
        .filter(rule -> channels(rule.severity()).contains(channel))
        .map(AlertRule::name)
        .map(name -> "\"" + name + "\"")
        .collect(Collectors.joining(", "));
  }

  /** All channels that are told of alerts of a severity, sooner or later. */
  Set<String> channels(Severity severity) {
    EscalationPolicy policy = alerting.policy(severity);
    Set<String> channels = new LinkedHashSet<>(policy.channels());
    if (policy.escalateTo() != null) {
      channels.add(policy.escalateTo());
    }
    return channels;
  }
}
