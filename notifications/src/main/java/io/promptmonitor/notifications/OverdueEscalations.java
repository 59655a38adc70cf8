package io.promptmonitor.notifications;

import io.promptmonitor.common.alerts.Severity;
import io.promptmonitor.common.notifications.Notice;
import io.promptmonitor.common.notifications.Notification;
import io.promptmonitor.notifications.Outbox.OverdueRows;
import io.promptmonitor.notifications.Outbox.ToldOverdue;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Notices that somebody should have been told of an alert and was not, because the part of a job
 * that decides who is told does not work, and tells people: once when it begins, and once when it
 * is over. It looks at the tables alone, so that any job that shares the outbox notices.
 *
 * <p>Used by one thread.
 */
final class OverdueEscalations {

  private static final Logger LOG = LoggerFactory.getLogger(OverdueEscalations.class);

  /** What is late by less is on its way. */
  static final Duration TOLERANCE = Duration.ofMinutes(2);

  /** A job that was just started has so long to make up for what is due. */
  static final Duration PATIENCE = Duration.ofMinutes(1);

  /** The next time is told of no sooner than that after the last one. */
  static final Duration QUIET = Duration.ofMinutes(30);

  private final Outbox outbox;
  private final Function<Severity, List<String>> channels;
  private final DeliveryCounts counts;
  private @Nullable Instant seenSince;
  private @Nullable String logged;

  /**
   * Nothing has been seen yet.
   *
   * @param channels who is told of alerts of a severity, and of this
   */
  OverdueEscalations(
      Outbox outbox, Function<Severity, List<String>> channels, DeliveryCounts counts) {
    this.outbox = outbox;
    this.channels = channels;
    this.counts = counts;
  }

  /**
   * Looks whether any is.
   *
   * @return whether something was written into the outbox
   */
  boolean look(Instant now) throws SQLException {
    OverdueRows rows = outbox.overdue(now.minus(TOLERANCE));
    counts.overdueEscalations = rows.count();
    if (rows.count() == 0) {
      seenSince = null;
      return tellThatItIsOver(now);
    }
    Instant since = seenSince == null ? now : seenSince;
    seenSince = since;
    return !now.isBefore(since.plus(PATIENCE)) && tell(rows, now);
  }

  private boolean tell(OverdueRows rows, Instant now) throws SQLException {
    for (ToldOverdue before : outbox.toldOverdue()) {
      if (!before.over() || before.lastAt().plus(QUIET).isAfter(now)) {
        return false;
      }
    }
    Severity severity = rows.critical() ? Severity.CRITICAL : Severity.WARNING;
    String key = Outbox.OVERDUE + rows.dueAt().toEpochMilli() + "-" + rows.alertId();
    if (key.equals(logged)) {
      return false;
    }
    LOG.error(
        "escalation is overdue: alerts: {}, the first one, {}, since {}",
        rows.count(),
        rows.alertId(),
        rows.dueAt());
    Notice notice =
        new Notice(
            key,
            severity.label(),
            "Escalation does not work: nobody was told of "
                + (rows.count() == 1 ? "an alert" : rows.count() + " alerts")
                + " in time",
            List.of(
                "The first message, about alert "
                    + rows.alertId()
                    + ", has been due since "
                    + rows.dueAt().truncatedTo(ChronoUnit.SECONDS)
                    + ".",
                "Look whether the job runs and keeps up.",
                "promptmon alerts list"),
            false);
    List<Notification> notifications = new ArrayList<>();
    for (String channel : channels.apply(severity)) {
      notifications.add(notification(key + "-" + channel, channel, now, notice));
    }
    outbox.add(notifications);
    logged = key;
    return !notifications.isEmpty();
  }

  private boolean tellThatItIsOver(Instant now) throws SQLException {
    List<Notification> notifications = new ArrayList<>();
    for (ToldOverdue told : outbox.toldOverdue()) {
      if (!told.over()) {
        LOG.info("no escalation is overdue any more");
        Notice notice =
            new Notice(told.dedupKey(), told.severity(), "Escalation works again", List.of(), true);
        for (String channel : told.channels()) {
          notifications.add(
              notification(told.dedupKey() + "-over-" + channel, channel, now, notice));
        }
      }
    }
    outbox.add(notifications);
    return !notifications.isEmpty();
  }

  private static Notification notification(String id, String channel, Instant now, Notice notice) {
    return new Notification(id, channel, "", now, now, List.of(), notice);
  }
}
