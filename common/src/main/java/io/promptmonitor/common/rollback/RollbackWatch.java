package io.promptmonitor.common.rollback;

import io.promptmonitor.common.windows.WindowSize;
import java.time.Instant;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A rollback whose recovery is being watched. Times are milliseconds; event time but for {@code
 * deadline}.
 *
 * @param record what is known by now
 * @param switchedAt when executions may have noticed the switch at the earliest
 * @param deadline when the watch ends by the clock of the machine if event time stands still
 */
record RollbackWatch(RollbackRecord record, long switchedAt, long deadline) {

  /** How long recovery is watched, as the specification says. */
  static final long LENGTH = 15 * 60_000;

  /** How long after its end the last executions may come in. */
  private static final long GRACE = 45_000;

  private static final long MINUTE = WindowSize.ONE_MINUTE.millis();

  RollbackWatch {
    Objects.requireNonNull(record, "record");
  }

  /** The watch of a rollback that has just been heard of. */
  static RollbackWatch of(RollbackRecord record, RollbackContext context) {
    Instant triggered = record.triggeredAt();
    Instant switched = record.switchedAt();
    long trigger = triggered == null ? Long.MIN_VALUE : triggered.toEpochMilli();
    long registry = switched == null ? Long.MIN_VALUE : switched.toEpochMilli();
    long switchedAt =
        context.live()
            ? Math.max(trigger, registry)
            : triggered == null ? context.eventTime() : trigger;
    // The last minute ends up to one minute after the watch began.
    return new RollbackWatch(record, switchedAt, context.wallClock() + LENGTH + MINUTE + GRACE);
  }

  /** From when on executions are counted: the first whole minute after the switch. */
  long from() {
    return -Math.floorDiv(-switchedAt, MINUTE) * MINUTE;
  }

  long until() {
    return from() + LENGTH;
  }

  /** When the failing version began to fail, as far as the trigger tells; to the minute. */
  long failingFrom() {
    RollbackCause cause = record.cause();
    if (cause == null) {
      return from() - LENGTH;
    }
    Long seconds = cause.windowSeconds();
    long window = seconds == null ? 0 : seconds * 1_000;
    return WindowSize.ONE_MINUTE.startOf(cause.pendingSince().toEpochMilli() - window);
  }

  RollbackWatch with(RollbackRecord next) {
    return new RollbackWatch(next, switchedAt, deadline);
  }

  boolean isOf(@Nullable String rollbackId) {
    return record.rollbackId().equals(rollbackId);
  }
}
