package io.promptmonitor.notifications;

import java.time.Instant;
import java.util.List;

/**
 * A row of the outbox that only its claimant may send for now.
 *
 * @param notificationId the row
 * @param content what it says, as JSON
 * @param attempts how many attempts there were, with the one that now begins
 * @param firstAttemptAt when the first of them began
 * @param log what is kept of those before, as JSON
 */
record ClaimedNotification(
    String notificationId, String content, int attempts, Instant firstAttemptAt, List<String> log) {

  ClaimedNotification {
    log = List.copyOf(log);
  }
}
