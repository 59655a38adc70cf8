package io.promptmonitor.notifications;

import io.promptmonitor.common.notifications.AlertMessage;
import io.promptmonitor.common.notifications.ChannelHealth;
import io.promptmonitor.common.notifications.Notification;
import io.promptmonitor.common.notifications.NotificationJson;
import io.promptmonitor.common.notifications.NotificationText;
import io.promptmonitor.notifications.Outbox.Attempt;
import io.promptmonitor.notifications.Outbox.Status;
import io.promptmonitor.notifications.channels.Channel;
import io.promptmonitor.notifications.channels.Outcome;
import io.promptmonitor.notifications.channels.Outcome.Kind;
import io.promptmonitor.notifications.channels.RefreshedChannel;
import java.io.IOException;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.function.DoubleSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Sends the notifications of one channel, one after the other: the earliest one that may be tried.
 * One of which an attempt failed holds back later ones about the same prompt, and no others. Used
 * by one thread; each {@link #step} does what is to be done at the time of the clock.
 */
final class ChannelDelivery {

  private static final Logger LOG = LoggerFactory.getLogger(ChannelDelivery.class);

  /** Something that is due is looked for no sooner than this after it was not found. */
  private static final Duration SHORTEST_WAIT = Duration.ofMillis(50);

  private final String name;
  private final Channel channel;
  private final Outbox outbox;
  private final String claimant;
  private final OutageNotices notices;
  private final DeliverySettings settings;
  private final boolean eventTime;
  private final Clock clock;
  private final DoubleSupplier random;
  private final DeliveryCounts.OfChannel counts;

  private @Nullable ChannelHealth health;
  private @Nullable Settlement unsettled;
  private Instant notBefore = Instant.MIN;
  private Instant refreshAt = Instant.MIN;

  /**
   * The delivery of one channel.
   *
   * @param claimant who sends: nobody else has this name
   * @param eventTime whether the clock of escalation is not that of the machine, but event time
   * @param random for pauses: numbers from 0 to 1, exclusive
   */
  ChannelDelivery(
      String name,
      Channel channel,
      Outbox outbox,
      String claimant,
      OutageNotices notices,
      DeliverySettings settings,
      boolean eventTime,
      Clock clock,
      DoubleSupplier random,
      DeliveryCounts counts) {
    this.name = name;
    this.channel = channel;
    this.outbox = outbox;
    this.claimant = claimant;
    this.notices = notices;
    this.settings = settings;
    this.eventTime = eventTime;
    this.clock = clock;
    this.random = random;
    this.counts = counts.channel(name);
  }

  /** What is to be written about an attempt. */
  private record Settlement(
      ClaimedNotification claimed,
      Attempt attempt,
      Status status,
      @Nullable Instant nextAttemptAt,
      Instant at) {}

  String name() {
    return name;
  }

  /**
   * Sends at most one notification.
   *
   * @return when there may be something to do again, unless something is written into the outbox
   *     before
   * @throws SQLException if the outbox cannot be used; what came of an attempt is written by the
   *     next step
   * @throws InterruptedException if the thread is interrupted; whether what was being sent has
   *     arrived is not known
   */
  Instant step() throws SQLException, InterruptedException {
    if (unsettled != null) {
      settle(unsettled);
    }
    if (health == null) {
      health = outbox.health(name);
    }
    Instant now = clock.instant();
    if (notBefore.isAfter(now)) {
      return earlier(notBefore, tellOfOutage(now));
    }
    if (channel instanceof RefreshedChannel refreshed && !refreshAt.isAfter(now)) {
      refresh(refreshed, now);
    }
    ClaimedNotification claimed =
        outbox.claim(name, claimant, now, channel.longestAttempt().plus(settings.slack()));
    if (claimed != null) {
      settle(attempt(claimed, now));
      return notBefore.isAfter(now) ? notBefore : now;
    }
    Instant wakeUp = earlier(now.plus(settings.poll()), tellOfOutage(now));
    if (channel instanceof RefreshedChannel) {
      wakeUp = earlier(wakeUp, refreshAt);
    }
    wakeUp = earlier(wakeUp, outbox.nextDue(name));
    Instant soonest = now.plus(SHORTEST_WAIT);
    return wakeUp.isBefore(soonest) ? soonest : wakeUp;
  }

  private static Instant earlier(Instant a, @Nullable Instant b) {
    return b == null || a.isBefore(b) ? a : b;
  }

  private Settlement attempt(ClaimedNotification claimed, Instant now) throws InterruptedException {
    Outcome outcome;
    try {
      Notification notification = NotificationJson.read(claimed.content());
      // How late it is says nothing about a replay.
      Instant saidAt = eventTime ? notification.createdAt() : now;
      outcome = channel.send(notification, NotificationText.of(notification, saidAt), now);
    } catch (IOException e) {
      outcome = Outcome.refused("the content of the notification cannot be read");
    } catch (RuntimeException e) {
      // Without its message, which may hold anything.
      outcome = Outcome.retry("an error in the monitor itself: " + e.getClass().getName());
      LOG.error("{} in the channel {}: {}", e.getClass().getName(), name, e.getStackTrace());
    }
    Instant end = clock.instant();
    notBefore = now.plus(channel.pace());
    Duration wish = outcome.retryAfter();
    Instant next = null;
    if (outcome.kind() == Kind.RETRY) {
      next =
          settings
              .retries()
              .next(claimed.attempts(), claimed.firstAttemptAt(), end, wish, random.getAsDouble());
      if (wish != null) {
        // It is the channel that wants to be left alone, not this message.
        Duration longest = settings.retries().longestWish();
        Instant until = end.plus(wish.compareTo(longest) < 0 ? wish : longest);
        notBefore = until.isAfter(notBefore) ? until : notBefore;
      }
    }
    Status status =
        outcome.kind() == Kind.SENT ? Status.SENT : next == null ? Status.FAILED : Status.PENDING;
    return new Settlement(
        claimed, new Attempt(outcome, now, Duration.between(now, end)), status, next, end);
  }

  private void settle(Settlement settlement) throws SQLException {
    unsettled = settlement;
    Status status = settlement.status();
    ChannelHealth before = health;
    ChannelHealth after =
        outbox.settle(
            settlement.claimed(),
            claimant,
            name,
            status,
            settlement.attempt(),
            settlement.nextAttemptAt(),
            settlement.at(),
            h ->
                status == Status.SENT
                    ? h.sent(settlement.at())
                    : h.failed(settlement.at(), status == Status.FAILED),
            notices);
    unsettled = null;
    if (after == null) {
      LOG.warn(
          "notification {} was taken over by somebody else while it was sent to the channel {}: it"
              + " may arrive twice",
          settlement.claimed().notificationId(),
          name);
      return;
    }
    tell(settlement);
    changed(before, after, settlement.attempt().outcome().answer());
  }

  private void tell(Settlement settlement) {
    String id = settlement.claimed().notificationId();
    String answer = settlement.attempt().outcome().answer();
    switch (settlement.status()) {
      case SENT -> {
        counts.sent.increment();
        LOG.debug("sent notification {} to the channel {}: {}", id, name, answer);
      }
      case PENDING -> {
        counts.retried.increment();
        LOG.warn(
            "cannot send notification {} to the channel {}, next attempt at {}: {}",
            id,
            name,
            settlement.nextAttemptAt(),
            answer);
      }
      case FAILED -> {
        counts.failed.increment();
        LOG.error(
            "gave up notification {} to the channel {} after {} attempts: {}",
            id,
            name,
            settlement.claimed().attempts(),
            answer);
      }
    }
  }

  /**
   * Tells others if nothing has got through for long, and something waits.
   *
   * @return when to look again
   */
  private @Nullable Instant tellOfOutage(Instant now) throws SQLException {
    ChannelHealth known = health;
    Instant dueAt = known == null ? null : known.outageDueAt();
    if (dueAt == null || dueAt.isAfter(now)) {
      return dueAt;
    }
    // Somebody else may have been luckier.
    ChannelHealth current = outbox.health(name);
    Instant stillDueAt = current.outageDueAt();
    if (stillDueAt != null && !stillDueAt.isAfter(now) && outbox.isWaiting(name)) {
      current = outbox.changeHealth(name, null, h -> h.waiting(now), notices);
    }
    changed(health, current, "nothing got through");
    return null;
  }

  private void refresh(RefreshedChannel refreshed, Instant now)
      throws SQLException, InterruptedException {
    List<AlertMessage> firing = outbox.stillFiring(name);
    refreshAt = now.plus(refreshed.refreshEvery());
    if (firing.isEmpty()) {
      return;
    }
    Outcome outcome = refreshed.refresh(firing, now);
    ChannelHealth before = health;
    if (outcome.kind() == Kind.SENT) {
      changed(before, outbox.changeHealth(name, null, h -> h.sent(now), notices), "");
    } else {
      LOG.warn(
          "cannot tell the channel {} that {} alerts still fire: {}",
          name,
          firing.size(),
          outcome.answer());
      String answer = outcome.answer();
      changed(
          before, outbox.changeHealth(name, answer, h -> h.failed(now, false), notices), answer);
    }
  }

  private void changed(@Nullable ChannelHealth before, ChannelHealth after, String answer) {
    health = after;
    boolean told = before != null && before.isOutageTold();
    if (after.isOutageTold() && !told) {
      LOG.error(
          "the notification channel {} does not work: {}; told of it: {}",
          name,
          answer,
          notices.others().isEmpty() ? "nobody, there is no other channel" : notices.others());
    } else if (told && !after.isOutageTold()) {
      LOG.info("the notification channel {} works again", name);
    }
  }

  /** Gives back what was claimed, unless it was sent and that could not be written. */
  void release() throws SQLException {
    if (unsettled != null) {
      settle(unsettled);
    }
    outbox.release(claimant, name);
  }
}
