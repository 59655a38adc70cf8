package io.promptmonitor.notifications.channels;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.promptmonitor.common.alerts.Severity;
import io.promptmonitor.common.channels.PagerDutySettings;
import io.promptmonitor.common.notifications.AlertMessage;
import io.promptmonitor.common.notifications.AlertText;
import io.promptmonitor.common.notifications.Notice;
import io.promptmonitor.common.notifications.Notification;
import io.promptmonitor.common.notifications.NotificationText;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * A service of PagerDuty, by its Events API v2: an event for each alert, of which all events have
 * the same dedup key, so that PagerDuty makes one incident of them, and one that comes twice does
 * nothing. It answers 202; 400 is final, 429 and 5xx are not.
 */
final class PagerDutyChannel implements Channel {

  private static final int MAX_SUMMARY = 1024;
  private static final int MAX_DEDUP_KEY = 255;

  /** Of custom details: keeps an event far below the limit of 512 KB. */
  private static final int MAX_DETAIL = 1024;

  /** An attempt at a notification about many alerts ends after this time, and is gone on with. */
  private static final Duration MAX_ATTEMPT = Duration.ofSeconds(30);

  /** Of so many notifications it is known how far an attempt got. */
  private static final int MAX_UNFINISHED = 100;

  private final Http http;
  private final Secrets secrets;
  private final URI url;
  private final String routingKey;

  /** Where attempts at notifications ended before the last event. */
  private final Map<String, Progress> unfinished = new LinkedHashMap<>();

  /**
   * How far a notification got.
   *
   * @param events how many of its events were answered for good
   * @param refused the dedup keys of those that were not taken
   * @param answer what was said about the first of these; empty if all were taken
   */
  private record Progress(int events, List<String> refused, String answer) {

    static final Progress NONE = new Progress(0, List.of(), "");

    Progress taken() {
      return new Progress(events + 1, refused, answer);
    }

    Progress refused(String dedupKey, String said) {
      List<String> keys = new ArrayList<>(refused);
      keys.add(dedupKey);
      return new Progress(events + 1, List.copyOf(keys), answer.isEmpty() ? said : answer);
    }
  }

  PagerDutyChannel(PagerDutySettings settings, Secrets secrets, Http http)
      throws UnusableChannelException {
    this.http = http;
    this.secrets = secrets;
    this.url = settings.url();
    this.routingKey = secrets.require(settings.routingKeyVariable());
  }

  @Override
  public Outcome send(Notification notification, NotificationText text, Instant now)
      throws InterruptedException {
    List<ObjectNode> events = events(notification, text);
    Progress progress = unfinished.remove(notification.notificationId());
    progress = progress == null ? Progress.NONE : progress;
    long end = System.nanoTime() + MAX_ATTEMPT.toNanos();
    Outcome outcome = Outcome.sent("nothing to send");
    while (progress.events() < events.size()) {
      ObjectNode event = events.get(progress.events()).put("routing_key", routingKey);
      outcome =
          System.nanoTime() < end
              ? http.send(url, Map.of(), Json.bytes(event), now)
              : Outcome.retry(
                  progress.events() + " of " + events.size() + " events were sent in time");
      if (outcome.kind() == Outcome.Kind.RETRY) {
        remember(notification.notificationId(), progress);
        return secrets.redact(outcome);
      }
      progress =
          outcome.kind() == Outcome.Kind.SENT
              ? progress.taken()
              : progress.refused(event.get("dedup_key").asText(), outcome.answer());
    }
    return secrets.redact(progress.refused().isEmpty() ? outcome : refused(progress));
  }

  /** What is wrong with an event says nothing about the others: they were sent all the same. */
  private static Outcome refused(Progress progress) {
    return Outcome.refused(
        progress.events() == 1
            ? progress.answer()
            : progress.refused().size()
                + " of "
                + progress.events()
                + " events were refused: "
                + progress.answer()
                + ": "
                + String.join(", ", progress.refused()));
  }

  private void remember(String notificationId, Progress progress) {
    unfinished.put(notificationId, progress);
    if (unfinished.size() > MAX_UNFINISHED) {
      unfinished.remove(unfinished.keySet().iterator().next());
    }
  }

  @Override
  public Duration longestAttempt() {
    return MAX_ATTEMPT.plus(http.timeout());
  }

  /** The events of a notification, without the routing key. */
  static List<ObjectNode> events(Notification notification, NotificationText text) {
    Notice notice = notification.notice();
    if (notice != null) {
      return List.of(event(notice, text, notification.createdAt()));
    }
    List<ObjectNode> events = new ArrayList<>();
    notification.alerts().forEach(alert -> events.add(event(alert)));
    return events;
  }

  private static ObjectNode event(AlertMessage alert) {
    String action =
        switch (alert.reason()) {
          case FIRING, REPEATED, ESCALATED -> "trigger";
          case ACKNOWLEDGED -> "acknowledge";
          case RESOLVED -> "resolve";
        };
    ObjectNode event = event(action, alert.alertId());
    if (!action.equals("trigger")) {
      return event;
    }
    ObjectNode payload = event.putObject("payload");
    payload.put("summary", cut(AlertText.title(alert), MAX_SUMMARY));
    payload.put("source", cut(alert.promptId(), MAX_SUMMARY));
    payload.put("severity", severity(alert.severity()));
    payload.put("timestamp", alert.firedAt().toString());
    payload.put("component", cut(alert.promptId() + " " + alert.promptVersion(), MAX_SUMMARY));
    payload.put("class", cut(alert.rule(), MAX_SUMMARY));
    ObjectNode details = payload.putObject("custom_details");
    details.put("prompt_id", cut(alert.promptId(), MAX_DETAIL));
    details.put("prompt_version", cut(alert.promptVersion(), MAX_DETAIL));
    details.put("condition", cut(alert.condition(), MAX_DETAIL));
    ArrayNode lines = details.putArray("details");
    AlertText.lines(alert).forEach(line -> lines.add(cut(line, MAX_DETAIL)));
    details.put("look_further", AlertText.command(alert));
    return event;
  }

  private static ObjectNode event(Notice notice, NotificationText text, Instant since) {
    ObjectNode event = event(notice.over() ? "resolve" : "trigger", notice.dedupKey());
    if (!notice.over()) {
      ObjectNode payload = event.putObject("payload");
      payload.put("summary", cut(text.title(), MAX_SUMMARY));
      payload.put("source", "Prompt Monitor");
      payload.put("severity", severity(notice.severity()));
      payload.put("timestamp", since.toString());
      ArrayNode lines = payload.putObject("custom_details").putArray("details");
      text.sections().get(0).lines().forEach(line -> lines.add(cut(line, MAX_DETAIL)));
    }
    return event;
  }

  private static ObjectNode event(String action, String dedupKey) {
    return Json.object()
        .put("event_action", action)
        .put("dedup_key", cut(dedupKey, MAX_DEDUP_KEY))
        .put("client", "Prompt Monitor");
  }

  private static String severity(String label) {
    return label.equals(Severity.CRITICAL.label()) ? "critical" : "warning";
  }

  private static String cut(String text, int max) {
    return text.length() <= max ? text : text.substring(0, max - 1) + "…";
  }
}
