package io.promptmonitor.common.rollback;

import io.promptmonitor.common.registry.RegistryException;
import io.promptmonitor.common.registry.RegistryException.Reason;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Whether a prompt may be rolled back automatically once more. The same rule in SQL, where it is
 * enforced: {@code rollback_check_limits}, with the same messages.
 */
public final class RollbackSafeguards {

  private static final Duration DAY = Duration.ofHours(24);

  /** Rounds up, as long as times have no more than microseconds. */
  private static final Duration ALMOST_A_MINUTE = Duration.ofMinutes(1).minusNanos(1_000);

  private RollbackSafeguards() {}

  /**
   * Checks the safeguards.
   *
   * <p>As many rollbacks as are allowed within any 24 hours, since an operator last cleared the
   * prompt, use up what is allowed until an operator clears it again, however long that takes.
   *
   * @param rollbacks when the prompt was rolled back automatically, ascending
   * @param cleared when an operator last cleared it; null if none ever did
   * @throws RegistryException with the reason {@code INTERVENTION_REQUIRED}, {@code ROLLBACK_LIMIT}
   *     or, without any rollback that is allowed, {@code AUTO_ROLLBACK_DISABLED} if it may not
   */
  public static void check(
      String promptId,
      List<Instant> rollbacks,
      @Nullable Instant cleared,
      Duration minInterval,
      int maxPerDay,
      Instant now) {
    if (maxPerDay == 0) {
      throw new RegistryException(
          Reason.AUTO_ROLLBACK_DISABLED,
          promptId
              + " is not to be rolled back automatically (at most 0 times a day); an operator can");
    }
    if (isUsedUp(rollbacks, cleared, maxPerDay)) {
      throw new RegistryException(
          Reason.INTERVENTION_REQUIRED,
          promptId
              + " was rolled back automatically "
              + (maxPerDay == 1 ? "once" : maxPerDay + " times")
              + " in 24 hours; an operator has to look, and then: promptmon rollbacks clear "
              + promptId);
    }
    if (!rollbacks.isEmpty()) {
      Duration since = Duration.between(rollbacks.get(rollbacks.size() - 1), now);
      if (since.compareTo(minInterval) < 0) {
        throw new RegistryException(
            Reason.ROLLBACK_LIMIT,
            promptId
                + " was rolled back automatically "
                + minutes(since.toMinutes())
                + " ago; the next one may be in "
                + minutes(minInterval.minus(since).plus(ALMOST_A_MINUTE).toMinutes()));
      }
    }
  }

  private static String minutes(long minutes) {
    return minutes < 1 ? "less than a minute" : minutes == 1 ? "1 minute" : minutes + " minutes";
  }

  private static boolean isUsedUp(
      List<Instant> rollbacks, @Nullable Instant cleared, int maxPerDay) {
    List<Instant> counted =
        rollbacks.stream().filter(at -> cleared == null || at.isAfter(cleared)).toList();
    for (int last = maxPerDay - 1; last < counted.size(); last++) {
      Instant first = counted.get(last - maxPerDay + 1);
      if (Duration.between(first, counted.get(last)).compareTo(DAY) < 0) {
        return true;
      }
    }
    return false;
  }
}
