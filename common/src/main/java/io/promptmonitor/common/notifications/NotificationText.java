package io.promptmonitor.common.notifications;

import io.promptmonitor.common.alerts.EscalationMessage.Reason;
import io.promptmonitor.common.alerts.Severity;
import io.promptmonitor.common.text.PlainText;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A notification in plain text, to be put into the markup of a channel. Nothing in it is escaped,
 * and every text is one line.
 *
 * @param title what it says, in one line
 * @param severity label of the severity: the worst of what fires, or of what it is about
 * @param good whether there is nothing to worry about: it has recovered, or is taken on, or over
 * @param sections an alert each, or the notice
 * @param footnotes what there is to say about the message itself
 */
public record NotificationText(
    String title, String severity, boolean good, List<Section> sections, List<String> footnotes) {

  /**
   * A part of a message.
   *
   * @param heading its own title; null if that of the message says it all
   * @param lines the lines
   * @param command the command that shows more; null if there is none
   */
  public record Section(@Nullable String heading, List<String> lines, @Nullable String command) {

    public Section {
      lines = List.copyOf(lines);
    }
  }

  /** More alerts than that are counted, but not shown. */
  private static final int MAX_ALERTS = 10;

  private static final int MAX_LINES = 20;
  private static final int MAX_TITLE = 250;
  private static final int MAX_LINE = 500;

  /** What comes later than that says so. */
  private static final Duration LATE = Duration.ofMinutes(10);

  public NotificationText {
    sections = List.copyOf(sections);
    footnotes = List.copyOf(footnotes);
  }

  /**
   * The text of a notification.
   *
   * @param now when it is sent, by the clock of escalation
   */
  public static NotificationText of(Notification notification, Instant now) {
    List<String> footnotes = new ArrayList<>();
    Duration late = Duration.between(notification.dueAt(), now);
    if (late.compareTo(LATE) >= 0) {
      footnotes.add(
          "This message was due at "
              + PlainText.time(notification.dueAt())
              + " and comes "
              + PlainText.duration(late)
              + " late.");
    }
    Notice notice = notification.notice();
    if (notice != null) {
      return of(notice, footnotes);
    }
    List<AlertMessage> alerts = notification.alerts();
    if (alerts.size() == 1) {
      AlertMessage alert = alerts.get(0);
      return new NotificationText(
          AlertText.title(alert),
          alert.severity(),
          AlertText.isGood(alert),
          List.of(new Section(null, AlertText.lines(alert), AlertText.command(alert))),
          footnotes);
    }
    return of(alerts, footnotes);
  }

  private static NotificationText of(Notice notice, List<String> footnotes) {
    List<String> lines =
        notice.lines().stream().limit(MAX_LINES).map(l -> PlainText.line(l, MAX_LINE)).toList();
    return new NotificationText(
        "["
            + (notice.over() ? "OVER" : notice.severity().toUpperCase(Locale.ROOT))
            + "] "
            + PlainText.line(notice.title(), MAX_TITLE),
        notice.severity(),
        notice.over(),
        List.of(new Section(null, lines, null)),
        footnotes);
  }

  private static NotificationText of(List<AlertMessage> alerts, List<String> footnotes) {
    Map<Reason, Integer> counts = new EnumMap<>(Reason.class);
    alerts.stream()
        .filter(alert -> !alert.hasEndedUnrecovered())
        .forEach(alert -> counts.merge(alert.reason(), 1, Integer::sum));
    long ended = alerts.stream().filter(AlertMessage::hasEndedUnrecovered).count();
    boolean firing = counts.keySet().stream().anyMatch(AlertText::isFiring);
    List<String> severities =
        alerts.stream()
            .filter(alert -> !firing || AlertText.isFiring(alert.reason()))
            .map(AlertMessage::severity)
            .toList();
    String critical = Severity.CRITICAL.label();
    String severity = severities.contains(critical) ? critical : severities.get(0);
    List<String> parts = new ArrayList<>();
    counts.forEach((reason, count) -> parts.add(count + " " + words(reason)));
    if (ended > 0) {
      parts.add(ended + " ended");
    }
    List<Section> sections =
        alerts.stream()
            .limit(MAX_ALERTS)
            .map(a -> new Section(AlertText.title(a), AlertText.lines(a), AlertText.command(a)))
            .toList();
    List<String> notes = new ArrayList<>();
    if (alerts.size() > MAX_ALERTS) {
      notes.add("And " + (alerts.size() - MAX_ALERTS) + " more: promptmon alerts list");
    }
    notes.addAll(footnotes);
    return new NotificationText(
        "["
            + severity.toUpperCase(Locale.ROOT)
            + "] "
            + alerts.size()
            + " alerts about "
            + subject(alerts)
            + ": "
            + String.join(", ", parts),
        severity,
        alerts.stream().allMatch(AlertText::isGood),
        sections,
        notes);
  }

  /** The prompt, with its version if it is the same in all. */
  private static String subject(List<AlertMessage> alerts) {
    boolean oneVersion = alerts.stream().map(AlertMessage::promptVersion).distinct().count() == 1;
    AlertMessage first = alerts.get(0);
    return oneVersion ? AlertText.where(first) : PlainText.line(first.promptId(), 100);
  }

  private static String words(Reason reason) {
    return switch (reason) {
      case FIRING -> "firing";
      case REPEATED -> "still firing";
      case ESCALATED -> "escalated";
      case ACKNOWLEDGED -> "acknowledged";
      case RESOLVED -> "resolved";
    };
  }

  /** The whole message as plain text, without an end of line at the end. */
  public String plain() {
    StringBuilder text = new StringBuilder(title);
    for (Section section : sections) {
      if (section.heading() != null) {
        text.append("\n\n").append(section.heading());
      }
      section.lines().forEach(line -> text.append('\n').append(line));
      if (section.command() != null) {
        text.append('\n').append(Objects.requireNonNull(section.command()));
      }
    }
    if (!footnotes.isEmpty()) {
      text.append(sections.size() > 1 ? "\n" : "");
      footnotes.forEach(line -> text.append('\n').append(line));
    }
    return text.toString();
  }
}
