package io.promptmonitor.common.rollback;

import java.time.Duration;
import java.util.Objects;

/**
 * What the protocol asks the registry to do.
 *
 * @param record what is known by now, steps up to SNAPSHOT included; what the switch adds to it the
 *     registry fills in
 * @param minInterval least time between two automatic rollbacks of a prompt
 * @param maxPerDay most automatic rollbacks of a prompt in any 24 hours
 */
public record RollbackOrder(RollbackRecord record, Duration minInterval, int maxPerDay) {

  public RollbackOrder {
    Objects.requireNonNull(record, "record");
    Objects.requireNonNull(minInterval, "minInterval");
  }
}
