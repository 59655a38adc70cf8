package io.promptmonitor.notifications.channels;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.promptmonitor.common.alerts.EscalationMessage.Reason;
import io.promptmonitor.common.channels.AlertmanagerSettings;
import io.promptmonitor.common.notifications.AlertMessage;
import io.promptmonitor.common.notifications.AlertText;
import io.promptmonitor.common.notifications.Notice;
import io.promptmonitor.common.notifications.Notification;
import io.promptmonitor.common.notifications.NotificationText;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A Prometheus Alertmanager, by its API v2. It takes an alert that is not sent again for resolved,
 * so those that fire are sent every minute; what it was told twice makes no difference. It has no
 * acknowledgements.
 */
final class AlertmanagerChannel implements RefreshedChannel {

  private static final Duration REFRESH = Duration.ofMinutes(1);

  /** How long it believes that an alert fires: four times what is needed, as Prometheus has it. */
  private static final Duration VALID = REFRESH.multipliedBy(4);

  /** Nobody sends notices again. */
  private static final Duration NOTICE_VALID = Duration.ofHours(24);

  private final Http http;
  private final Secrets secrets;
  private final URI url;
  private final @Nullable String token;

  AlertmanagerChannel(AlertmanagerSettings settings, Secrets secrets, Http http)
      throws UnusableChannelException {
    this.http = http;
    this.secrets = secrets;
    URI base = settings.url() == null ? secrets.requireUrl(settings.urlVariable()) : settings.url();
    this.url = URI.create(base.toString().replaceAll("/+$", "") + "/api/v2/alerts");
    this.token =
        settings.authorized()
            ? secrets.require(settings.tokenVariable())
            : secrets.get(settings.tokenVariable());
  }

  @Override
  public Outcome send(Notification notification, NotificationText text, Instant now)
      throws InterruptedException {
    return post(alerts(notification, text, now), now);
  }

  @Override
  public Outcome refresh(List<AlertMessage> firing, Instant now) throws InterruptedException {
    ArrayNode alerts = Json.array();
    firing.forEach(alert -> alerts.add(alert(alert, now)));
    return post(alerts, now);
  }

  private Outcome post(ArrayNode alerts, Instant now) throws InterruptedException {
    if (alerts.isEmpty()) {
      return Outcome.sent("nothing to send: an Alertmanager has no acknowledgements");
    }
    Map<String, String> headers =
        token == null ? Map.of() : Map.of("Authorization", "Bearer " + token);
    return secrets.redact(http.send(url, headers, Json.bytes(alerts), now));
  }

  @Override
  public Duration refreshEvery() {
    return REFRESH;
  }

  @Override
  public Duration longestAttempt() {
    return http.timeout();
  }

  /** The body of the request. */
  static ArrayNode alerts(Notification notification, NotificationText text, Instant now) {
    ArrayNode alerts = Json.array();
    Notice notice = notification.notice();
    if (notice != null) {
      alerts.add(alert(notice, text, notification.createdAt(), now));
    }
    for (AlertMessage alert : notification.alerts()) {
      if (alert.reason() != Reason.ACKNOWLEDGED) {
        alerts.add(alert(alert, now));
      }
    }
    return alerts;
  }

  private static ObjectNode alert(AlertMessage alert, Instant now) {
    ObjectNode json = Json.object();
    ObjectNode labels = json.putObject("labels");
    label(labels, "alertname", alert.rule());
    label(labels, "prompt_id", alert.promptId());
    label(labels, "prompt_version", alert.promptVersion());
    label(labels, "severity", alert.severity());
    label(labels, "kind", alert.kind());
    label(labels, "source", "promptmon");
    ObjectNode annotations = json.putObject("annotations");
    annotations.put("summary", AlertText.title(alert));
    annotations.put("description", String.join("\n", AlertText.lines(alert)));
    annotations.put("alert_id", alert.alertId());
    annotations.put("look_further", AlertText.command(alert));
    Instant end = alert.endedAt() == null ? now.plus(VALID) : alert.endedAt();
    json.put("startsAt", alert.firedAt().toString());
    json.put("endsAt", (end.isBefore(alert.firedAt()) ? alert.firedAt() : end).toString());
    return json;
  }

  private static ObjectNode alert(
      Notice notice, NotificationText text, Instant since, Instant now) {
    ObjectNode json = Json.object();
    ObjectNode labels = json.putObject("labels");
    label(labels, "alertname", "Prompt Monitor");
    label(labels, "notice", notice.dedupKey());
    label(labels, "severity", notice.severity());
    label(labels, "source", "promptmon");
    ObjectNode annotations = json.putObject("annotations");
    annotations.put("summary", text.title());
    annotations.put("description", String.join("\n", text.sections().get(0).lines()));
    if (!notice.over()) {
      json.put("startsAt", since.toString());
    }
    json.put("endsAt", (notice.over() ? now : now.plus(NOTICE_VALID)).toString());
    return json;
  }

  /** It refuses labels without a value. */
  private static void label(ObjectNode labels, String name, String value) {
    if (!value.isBlank()) {
      labels.put(name, value);
    }
  }
}
