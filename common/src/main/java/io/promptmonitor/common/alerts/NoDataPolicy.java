package io.promptmonitor.common.alerts;

import java.io.Serializable;
import java.time.Duration;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * What a rule does while its condition cannot be decided, for want of executions or of anything
 * else. Nothing of it is a breach.
 *
 * @param pending what becomes of an alert that is pending
 * @param alertAfter how long there may be no executions at all before an alert of its own fires;
 *     null for ever
 */
public record NoDataPolicy(Pending pending, @Nullable Duration alertAfter) implements Serializable {

  /** What becomes of a pending alert. */
  public enum Pending {
    /** Its clock stops, for at most as long as the condition must hold; then it is cancelled. */
    FREEZE,
    /** It is cancelled, as if the condition did not hold: what Prometheus does. */
    CANCEL
  }

  private static final NoDataPolicy FREEZE = new NoDataPolicy(Pending.FREEZE, null);
  private static final NoDataPolicy OK = new NoDataPolicy(Pending.CANCEL, null);

  public NoDataPolicy {
    Objects.requireNonNull(pending, "pending");
  }

  /** A pending alert's clock stops: {@code no_data: freeze}, which is the default. */
  public static NoDataPolicy freeze() {
    return FREEZE;
  }

  /** As if the condition did not hold: {@code no_data: ok}. */
  public static NoDataPolicy ok() {
    return OK;
  }

  /** As {@link #freeze}, and an alert of its own: {@code no_data: {alert_after: 10m}}. */
  public static NoDataPolicy alert(Duration after) {
    return new NoDataPolicy(Pending.FREEZE, after);
  }
}
