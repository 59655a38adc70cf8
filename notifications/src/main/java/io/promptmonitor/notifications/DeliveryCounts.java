package io.promptmonitor.notifications;

import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.ToLongFunction;

/** What a delivery has done since it was started, for metrics. Safe for use by many threads. */
public final class DeliveryCounts {

  final LongAdder unconfigured = new LongAdder();
  final LongAdder errors = new LongAdder();
  volatile long pending;
  volatile long oldestPendingMillis;
  volatile long overdueEscalations;
  private final Map<String, OfChannel> channels = new ConcurrentHashMap<>();

  DeliveryCounts() {}

  /** What was sent through one channel. */
  public static final class OfChannel {

    final LongAdder sent = new LongAdder();
    final LongAdder failed = new LongAdder();
    final LongAdder retried = new LongAdder();

    private OfChannel() {}

    /** Notifications that receivers took. */
    public long sent() {
      return sent.sum();
    }

    /** Notifications that were given up. */
    public long failed() {
      return failed.sum();
    }

    /** Attempts that failed and are followed by another one. */
    public long retried() {
      return retried.sum();
    }
  }

  /** The channels that are sent through, by name. */
  public Set<String> channels() {
    return new TreeSet<>(channels.keySet());
  }

  /** The counts of the channel of that name. */
  public OfChannel channel(String name) {
    return channels.computeIfAbsent(name, absent -> new OfChannel());
  }

  /** Notifications that receivers took, of all channels. */
  public long sent() {
    return sum(OfChannel::sent);
  }

  /** Notifications that were given up, of all channels. */
  public long failed() {
    return sum(OfChannel::failed);
  }

  /** Attempts that failed and are followed by another one, of all channels. */
  public long retried() {
    return sum(OfChannel::retried);
  }

  private long sum(ToLongFunction<OfChannel> count) {
    return channels.values().stream().mapToLong(count).sum();
  }

  /** Notifications to channels that the deployment does not have. */
  public long unconfigured() {
    return unconfigured.sum();
  }

  /** Errors in the monitor itself that interrupted a channel. */
  public long errors() {
    return errors.sum();
  }

  /** Escalations that were overdue when it was last looked. */
  public long overdueEscalations() {
    return overdueEscalations;
  }

  /** Notifications that waited in the outbox when it was last looked. */
  public long pending() {
    return pending;
  }

  /** How old the oldest of these was, in milliseconds; 0 if there was none. */
  public long oldestPendingMillis() {
    return oldestPendingMillis;
  }
}
