package io.promptmonitor.notifications.channels;

import io.promptmonitor.common.alerts.Severity;
import io.promptmonitor.common.notifications.Notification;
import io.promptmonitor.common.notifications.NotificationText;
import java.io.PrintStream;
import java.time.Duration;
import java.time.Instant;

/** Prints notifications, each as one block; in colours if somebody watches. */
final class ConsoleChannel implements Channel {

  private static final String RED = "\u001B[1;31m";
  private static final String YELLOW = "\u001B[1;33m";
  private static final String GREEN = "\u001B[1;32m";
  private static final String PLAIN = "\u001B[0m";

  private final PrintStream out;
  private final boolean colours;

  ConsoleChannel(PrintStream out, boolean colours) {
    this.out = out;
    this.colours = colours;
  }

  @Override
  public Outcome send(Notification notification, NotificationText text, Instant now) {
    String plain = text.plain();
    int end = plain.indexOf('\n') < 0 ? plain.length() : plain.indexOf('\n');
    String title = plain.substring(0, end);
    String rest = plain.substring(end).replaceAll("\n(?=[^\n])", "\n  ");
    String block = (colours ? colour(text) + title + PLAIN : title) + rest + "\n";
    // In one go, so that no other line comes in between.
    synchronized (out) {
      out.println(block);
      out.flush();
    }
    return out.checkError()
        ? Outcome.refused("the standard output is closed")
        : Outcome.sent("printed");
  }

  private static String colour(NotificationText text) {
    if (text.good()) {
      return GREEN;
    }
    return text.severity().equals(Severity.CRITICAL.label()) ? RED : YELLOW;
  }

  @Override
  public Duration longestAttempt() {
    return Duration.ofSeconds(10);
  }
}
