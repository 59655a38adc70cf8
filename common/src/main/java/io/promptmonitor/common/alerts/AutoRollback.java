package io.promptmonitor.common.alerts;

import java.io.Serializable;
import java.time.Duration;
import java.util.List;
import java.util.Objects;

/**
 * The block {@code auto_rollback}: when a version is rolled back, and how often that may happen.
 *
 * @param triggers rules of the kind {@link RuleKind#ROLLBACK_TRIGGER}
 * @param minInterval least time between two automatic rollbacks of a prompt
 * @param maxPerDay most automatic rollbacks of a prompt in any 24 hours
 */
public record AutoRollback(List<AlertRule> triggers, Duration minInterval, int maxPerDay)
    implements Serializable {

  public AutoRollback {
    triggers = List.copyOf(triggers);
    Objects.requireNonNull(minInterval, "minInterval");
  }
}
