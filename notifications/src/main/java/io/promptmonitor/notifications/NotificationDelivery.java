package io.promptmonitor.notifications;

import io.promptmonitor.common.alerts.AlertingConfig;
import io.promptmonitor.common.alerts.Severity;
import io.promptmonitor.database.Database;
import io.promptmonitor.notifications.Outbox.Pending;
import io.promptmonitor.notifications.channels.Channel;
import io.promptmonitor.notifications.channels.OpenChannels;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Sends what is in the outbox, in the background: a thread for each channel, so that one that hangs
 * delays no other, nor whoever writes into the outbox.
 *
 * <p>At least once: what was sent when the process died, before that could be written, is sent
 * again, in a way that lets receivers recognise it. Several processes may share an outbox.
 *
 * <p>Safe for use by many threads.
 */
public final class NotificationDelivery implements AutoCloseable {

  private static final Logger LOG = LoggerFactory.getLogger(NotificationDelivery.class);

  private static final Duration HOUSEKEEPING = Duration.ofSeconds(10);

  /** How long a channel's notifications may wait for any job that has such a channel. */
  private static final Duration ABANDONED = Duration.ofHours(1);

  /** How long nothing is done after an error in the monitor itself. */
  private static final Duration ERROR_PAUSE = Duration.ofSeconds(5);

  private static final Duration LONGEST_OUTAGE_PAUSE = Duration.ofSeconds(10);

  /** How long {@link #close} waits for attempts that cannot be interrupted. */
  private static final Duration CLOSING = Duration.ofSeconds(2);

  /** Attempts that {@link #finish} makes. */
  private static final int LAST_ATTEMPTS = 3;

  private final Outbox outbox;
  private final OpenChannels open;
  private final Map<String, Channel> channels;
  private final ChannelUses uses;
  private final DeliveryMode mode;
  private final Clock clock;
  private final DeliveryCounts counts = new DeliveryCounts();
  private final OverdueEscalations overdue;
  private final Set<String> warned = ConcurrentHashMap.newKeySet();
  private final List<Thread> threads = new ArrayList<>();

  /** Guards what follows, and is notified of every change. */
  private final Object changes = new Object();

  private long nudges;
  private boolean closed;

  private NotificationDelivery(
      Database database,
      OpenChannels open,
      AlertingConfig alerting,
      DeliveryMode mode,
      Clock clock) {
    this.outbox = new Outbox(database);
    this.open = open;
    this.channels = mode == DeliveryMode.REPLAY ? open.consoles() : open.channels();
    this.uses = new ChannelUses(alerting);
    this.mode = mode;
    this.clock = clock;
    this.overdue = new OverdueEscalations(outbox, this::usableChannels, counts);
  }

  /**
   * Starts to send.
   *
   * @param open the channels
   * @param alerting who is told what: those who are told of critical alerts are told when a channel
   *     fails, too
   * @param clock the time of attempts
   */
  public static NotificationDelivery start(
      Database database,
      OpenChannels open,
      AlertingConfig alerting,
      DeliveryMode mode,
      DeliverySettings settings,
      Clock clock) {
    NotificationDelivery delivery = new NotificationDelivery(database, open, alerting, mode, clock);
    if (mode != DeliveryMode.REPLAY) {
      delivery.warnOfMissingChannels();
    }
    delivery.startThreads(settings);
    return delivery;
  }

  private void startThreads(DeliverySettings settings) {
    String claimant = UUID.randomUUID().toString();
    for (String name : channels.keySet()) {
      ChannelDelivery channel = channelDelivery(name, claimant, settings);
      start("notifications-" + name, () -> deliver(channel));
    }
    start("notifications-housekeeping", this::keepHouse);
  }

  private ChannelDelivery channelDelivery(String name, String claimant, DeliverySettings settings) {
    Channel channel = channels.get(name);
    if (channel == null) {
      throw new IllegalArgumentException("no channel " + name);
    }
    List<String> others =
        usableChannels(Severity.CRITICAL).stream().filter(other -> !other.equals(name)).toList();
    return new ChannelDelivery(
        name,
        channel,
        outbox,
        claimant,
        new OutageNotices(name, others),
        settings,
        mode != DeliveryMode.LIVE,
        clock,
        () -> ThreadLocalRandom.current().nextDouble(),
        counts);
  }

  /** The channels that are told of alerts of a severity, of those that there are. */
  private List<String> usableChannels(Severity severity) {
    return uses.channels(severity).stream().filter(channels::containsKey).toList();
  }

  private void start(String name, Runnable work) {
    Thread thread = new Thread(work, name);
    thread.setDaemon(true);
    thread.start();
    threads.add(thread);
  }

  private void warnOfMissingChannels() {
    uses.places()
        .forEach(
            (channel, places) -> {
              String problem = open.problem(channel);
              if (problem != null && warned.add(channel)) {
                String rules = uses.rules(channel);
                LOG.warn(
                    "nobody is told by the channel \"{}\", which {} {}: {}{}",
                    channel,
                    String.join(" and ", places),
                    places.size() == 1 ? "names" : "name",
                    problem,
                    rules.isEmpty() ? "" : "; this concerns the rules " + rules);
              }
            });
    for (String channel : open.brokenEntries()) {
      if (warned.add(channel)) {
        LOG.warn("the channel \"{}\" cannot be used: {}", channel, open.problem(channel));
      }
    }
  }

  /** What becomes of a notification when it is written into the outbox. */
  public enum InitialStatus {
    /** It is to be sent. */
    PENDING("pending"),
    /** It is kept, and not sent. */
    RECORDED("recorded"),
    /** There is no such channel. */
    UNCONFIGURED("unconfigured");

    private final String label;

    InitialStatus(String label) {
      this.label = label;
    }

    /** The name in the table. */
    public String label() {
      return label;
    }
  }

  /** With which status a notification to a channel is written; warns once of a missing channel. */
  public InitialStatus initialStatus(String channel) {
    if (channels.containsKey(channel)) {
      return InitialStatus.PENDING;
    }
    if (mode == DeliveryMode.REPLAY) {
      return InitialStatus.RECORDED;
    }
    if (warned.add(channel)) {
      LOG.warn("nobody is told by the channel \"{}\": {}", channel, open.problem(channel));
    }
    counts.unconfigured.increment();
    return InitialStatus.UNCONFIGURED;
  }

  /** Says that something was written into the outbox. Returns at once. */
  public void nudge() {
    synchronized (changes) {
      nudges++;
      changes.notifyAll();
    }
  }

  /** What was done so far. */
  public DeliveryCounts counts() {
    return counts;
  }

  private void deliver(ChannelDelivery channel) {
    Duration pause = Duration.ofMillis(100);
    boolean away = false;
    try {
      while (!isClosed()) {
        long seen = nudges();
        Instant wakeUp;
        try {
          wakeUp = channel.step();
          if (away) {
            LOG.info("the outbox is back for the channel {}", channel.name());
          }
          away = false;
          pause = Duration.ofMillis(100);
        } catch (SQLException e) {
          if (!away && !isClosed()) {
            LOG.warn(
                "cannot use the outbox for the channel {}, trying again: {}",
                channel.name(),
                Database.reason(e));
          }
          away = true;
          pause =
              pause.compareTo(LONGEST_OUTAGE_PAUSE) < 0
                  ? pause.multipliedBy(2)
                  : LONGEST_OUTAGE_PAUSE;
          wakeUp = clock.instant().plus(pause);
          seen = Long.MAX_VALUE;
        } catch (RuntimeException e) {
          failed("the channel " + channel.name(), e);
          wakeUp = clock.instant().plus(ERROR_PAUSE);
          seen = Long.MAX_VALUE;
        }
        progressed();
        await(wakeUp, seen);
      }
      channel.release();
    } catch (InterruptedException e) {
      release(channel);
    } catch (SQLException e) {
      LOG.debug("not released, claims run out: {}", Database.reason(e));
    }
  }

  /** An error of our own must not end a thread that nobody would miss until something is sent. */
  private void failed(String where, RuntimeException e) {
    counts.errors.increment();
    // Without its message, which may hold anything.
    LOG.error(
        "{} in {}, going on in {} s: {}",
        e.getClass().getName(),
        where,
        ERROR_PAUSE.toSeconds(),
        e.getStackTrace());
  }

  private static void release(ChannelDelivery channel) {
    try {
      channel.release();
    } catch (SQLException e) {
      LOG.debug("not released, claims run out: {}", Database.reason(e));
    }
  }

  private void keepHouse() {
    Instant lookForAbandonedAt = clock.instant();
    try {
      while (!isClosed()) {
        Instant now = clock.instant();
        try {
          count(outbox.pending(), now);
          if (mode == DeliveryMode.LIVE && overdue.look(now)) {
            nudge();
          }
          if (mode == DeliveryMode.LIVE && !now.isBefore(lookForAbandonedAt)) {
            lookForAbandonedAt = now.plus(ABANDONED.dividedBy(4));
            int abandoned = outbox.abandon(channels.keySet(), now.minus(ABANDONED), now);
            if (abandoned > 0) {
              counts.unconfigured.add(abandoned);
              LOG.warn("{} notifications waited for channels that nobody has any more", abandoned);
            }
          }
        } catch (SQLException e) {
          LOG.debug("cannot look into the outbox: {}", Database.reason(e));
        } catch (RuntimeException e) {
          failed("housekeeping", e);
        }
        await(now.plus(HOUSEKEEPING), Long.MAX_VALUE);
      }
    } catch (InterruptedException e) {
      // The end.
    }
  }

  private void count(Map<String, Pending> pending, Instant now) {
    long waiting = 0;
    Duration oldest = Duration.ZERO;
    for (Pending channel : pending.values()) {
      waiting += channel.count();
      Duration age = Duration.between(channel.oldest(), now);
      oldest = age.compareTo(oldest) > 0 ? age : oldest;
    }
    counts.pending = waiting;
    counts.oldestPendingMillis = oldest.toMillis();
  }

  private boolean isClosed() {
    synchronized (changes) {
      return closed;
    }
  }

  private long nudges() {
    synchronized (changes) {
      return nudges;
    }
  }

  private void progressed() {
    synchronized (changes) {
      changes.notifyAll();
    }
  }

  /** Waits until a time, or a nudge beyond those that were seen, or the end. */
  private void await(Instant wakeUp, long seen) throws InterruptedException {
    synchronized (changes) {
      while (!closed && nudges <= seen) {
        long millis = Duration.between(clock.instant(), wakeUp).toMillis();
        if (millis <= 0) {
          return;
        }
        changes.wait(millis);
      }
    }
  }

  /**
   * Waits until everything is sent, or was tried three times, or the time is up: for a job that
   * ends. What is left is in the outbox, and the next one to share it goes on with it.
   *
   * @return how many notifications are left, by channel; empty if none is, and null if that is not
   *     known
   */
  public @Nullable Map<String, Long> finish(Duration longest) throws InterruptedException {
    nudge();
    long end = System.nanoTime() + longest.toNanos();
    Map<String, Pending> pending = null;
    while (true) {
      try {
        pending = outbox.pending();
        pending.keySet().retainAll(channels.keySet());
        if (pending.values().stream().allMatch(p -> p.attempts() >= LAST_ATTEMPTS)) {
          break;
        }
      } catch (SQLException e) {
        pending = null;
      }
      long left = TimeUnit.NANOSECONDS.toMillis(end - System.nanoTime());
      if (left <= 0) {
        break;
      }
      synchronized (changes) {
        changes.wait(Math.min(left, 500));
      }
    }
    if (pending == null) {
      LOG.warn("cannot look into the outbox: what is left there is sent by the next run");
      return null;
    }
    Map<String, Long> left = new LinkedHashMap<>();
    pending.forEach(
        (channel, waiting) -> {
          left.put(channel, waiting.count());
          LOG.warn(
              "{} notifications to the channel {} are left in the outbox, for the next run to send:"
                  + " {}",
              waiting.count(),
              channel,
              waiting.error() == null ? "there was no time" : waiting.error());
        });
    return left;
  }

  /**
   * Stops sending. What is being sent is interrupted and given back; where that is not possible, it
   * is nobody's until the claim runs out.
   */
  @Override
  public void close() {
    synchronized (changes) {
      closed = true;
      changes.notifyAll();
    }
    threads.forEach(Thread::interrupt);
    long end = System.nanoTime() + CLOSING.toNanos();
    boolean interrupted = false;
    for (Thread thread : threads) {
      try {
        thread.join(Math.max(1, TimeUnit.NANOSECONDS.toMillis(end - System.nanoTime())));
      } catch (InterruptedException e) {
        interrupted = true;
        break;
      }
    }
    outbox.close();
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }
}
