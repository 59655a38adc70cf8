package io.promptmonitor.notifications.channels;

import io.promptmonitor.common.notifications.Notification;
import io.promptmonitor.common.notifications.NotificationText;
import java.time.Duration;
import java.time.Instant;

/** Where notifications are sent to. Used by one thread at a time. */
public interface Channel {

  /**
   * Tries once to send a notification. Receivers that can are told that a repeated attempt is about
   * the same message, because they may get it twice.
   *
   * @param text the notification in words
   * @param now the time, by the clock of the machine
   * @return what came of it; its texts hold no secrets
   * @throws InterruptedException if the thread is interrupted; then it is not known what came of it
   */
  Outcome send(Notification notification, NotificationText text, Instant now)
      throws InterruptedException;

  /** How much time has to pass from the beginning of an attempt to that of the next one. */
  default Duration pace() {
    return Duration.ZERO;
  }

  /** How long an attempt takes at most. */
  Duration longestAttempt();
}
