package io.promptmonitor.common.notifications;

import java.time.Duration;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * Whether a channel works, and whether those on other channels were told that it does not: once
 * when an outage begins, and once when it is over.
 *
 * <p>It is an outage if something was given up, or if something waits and nothing got through for
 * {@link #TOLERANCE}. So that single messages that a receiver does not want lead to no flood, the
 * next outage is told of {@link #QUIET} after the last one at the earliest.
 *
 * @param lastSentAt when something last got through; null if never
 * @param failingSince when the first attempt failed since then; null if none did
 * @param outageToldAt when others were last told of an outage; null if never
 * @param recoveryToldAt when others were last told that it is over; null if never
 */
public record ChannelHealth(
    @Nullable Instant lastSentAt,
    @Nullable Instant failingSince,
    @Nullable Instant outageToldAt,
    @Nullable Instant recoveryToldAt) {

  /** How long a channel may fail without anybody being told. */
  public static final Duration TOLERANCE = Duration.ofMinutes(5);

  /** How long after others were told of an outage they are told of another one at the earliest. */
  public static final Duration QUIET = Duration.ofMinutes(30);

  /** Of which nothing is known yet. */
  public static final ChannelHealth UNKNOWN = new ChannelHealth(null, null, null, null);

  /** Whether others were told of an outage, and not yet that it is over. */
  public boolean isOutageTold() {
    return outageToldAt != null
        && (recoveryToldAt == null || recoveryToldAt.isBefore(outageToldAt));
  }

  /** Something got through; tells that an outage is over if others were told of it. */
  public ChannelHealth sent(Instant now) {
    return new ChannelHealth(now, null, outageToldAt, isOutageTold() ? now : recoveryToldAt);
  }

  /**
   * An attempt failed.
   *
   * @param gaveUp whether the message was given up
   */
  public ChannelHealth failed(Instant now, boolean gaveUp) {
    ChannelHealth failing =
        new ChannelHealth(
            lastSentAt, failingSince == null ? now : failingSince, outageToldAt, recoveryToldAt);
    return gaveUp && failing.mayTell(now) ? failing.told(now) : failing.waiting(now);
  }

  /** Something waits to be sent; tells of an outage if it is time. */
  public ChannelHealth waiting(Instant now) {
    Instant dueAt = outageDueAt();
    return dueAt == null || dueAt.isAfter(now) ? this : told(now);
  }

  /** When {@link #waiting} tells of an outage; null if never. */
  public @Nullable Instant outageDueAt() {
    if (failingSince == null || isOutageTold()) {
      return null;
    }
    Instant dueAt = failingSince.plus(TOLERANCE);
    return outageToldAt == null || dueAt.isAfter(outageToldAt.plus(QUIET))
        ? dueAt
        : outageToldAt.plus(QUIET);
  }

  private boolean mayTell(Instant now) {
    return !isOutageTold() && (outageToldAt == null || !outageToldAt.plus(QUIET).isAfter(now));
  }

  private ChannelHealth told(Instant now) {
    return new ChannelHealth(lastSentAt, failingSince, now, recoveryToldAt);
  }
}
