package io.promptmonitor.common.alerts;

import io.promptmonitor.common.metrics.MetricPart;
import io.promptmonitor.common.registry.RegisteredVersion;
import io.promptmonitor.common.windows.SlidingDemand;
import java.io.Serializable;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What is wanted of sliding windows, and by whom.
 *
 * @param rules the rules of the deployment; null if none are evaluated
 * @param latencies lengths of the windows of which latencies are always wanted
 */
public record RuleDemand(@Nullable RuleSet rules, List<Duration> latencies)
    implements Serializable {

  public RuleDemand {
    latencies = List.copyOf(latencies);
  }

  /**
   * What is wanted of the windows of a version.
   *
   * @param version null for a version that has traffic but is not in the registry
   */
  public SlidingDemand of(@Nullable RegisteredVersion version) {
    SlidingDemand.Builder demand = SlidingDemand.builder().onlyWantedLengths();
    for (Duration length : latencies) {
      demand.add(length.toMillis(), MetricPart.LATENCY.mask());
    }
    if (rules != null) {
      rules.forVersion(version).forEach(rule -> rule.addTo(demand));
    }
    return demand.build();
  }
}
