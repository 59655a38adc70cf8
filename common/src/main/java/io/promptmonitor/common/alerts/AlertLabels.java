package io.promptmonitor.common.alerts;

import io.promptmonitor.common.metrics.Metric;
import java.util.Objects;
import java.util.Set;

/**
 * What alerts are told apart by.
 *
 * @param key rule, prompt and version
 * @param severity how bad it is
 * @param metrics the metrics that the rule compares
 */
public record AlertLabels(AlertKey key, Severity severity, Set<Metric> metrics) {

  public AlertLabels {
    Objects.requireNonNull(key, "key");
    Objects.requireNonNull(severity, "severity");
    metrics = Set.copyOf(metrics);
  }
}
