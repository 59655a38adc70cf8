package io.promptmonitor.common.rollback.analysis;

import java.util.Objects;

/**
 * Failures of one value of a dimension.
 *
 * @param dimension what the value is of
 * @param value such as the name of a branch
 * @param total what could have failed: executions, or users
 * @param failures what did, 0 to {@code total}
 */
public record FailureCounts(FailureDimension dimension, String value, long total, long failures) {

  public FailureCounts {
    Objects.requireNonNull(dimension, "dimension");
    Objects.requireNonNull(value, "value");
    if (failures < 0 || failures > total) {
      throw new IllegalArgumentException(
          dimension.show(value) + ": failures must lie between 0 and " + total + ": " + failures);
    }
  }
}
