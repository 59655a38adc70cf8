package io.promptmonitor.common.rollback.recovery;

import io.promptmonitor.common.comparison.ObservedSpan;
import io.promptmonitor.common.conditions.Baselines;
import io.promptmonitor.common.metrics.Sample;
import java.util.Objects;

/**
 * What recovery is judged by.
 *
 * @param target the version that is active since the rollback, since the switch
 * @param failing the failing version, before the switch
 * @param expected what is expected of the version that is active since
 */
public record RecoverySpans(ObservedSpan target, ObservedSpan failing, Baselines expected) {

  public RecoverySpans {
    Objects.requireNonNull(target, "target");
    Objects.requireNonNull(failing, "failing");
    Objects.requireNonNull(expected, "expected");
  }

  /** How many executions there are since the switch. */
  long executions() {
    return target.count(Sample.EXECUTIONS);
  }
}
