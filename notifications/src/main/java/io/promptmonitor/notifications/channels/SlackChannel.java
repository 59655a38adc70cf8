package io.promptmonitor.notifications.channels;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.promptmonitor.common.channels.SlackSettings;
import io.promptmonitor.common.notifications.Notification;
import io.promptmonitor.common.notifications.NotificationText;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.regex.Pattern;

/**
 * A Slack incoming webhook. It takes about one message a second, answers 200 {@code ok}, 429 with
 * {@code Retry-After}, and other 4xx for what it will never take. It does not recognise a message
 * that it gets twice.
 */
final class SlackChannel implements Channel {

  private static final Duration PACE = Duration.ofSeconds(1);

  /** Slack cuts at 40,000, and shows less of long messages. */
  private static final int MAX_TEXT = 10_000;

  /** Words that call everybody, if a webhook links names. */
  private static final Pattern EVERYBODY =
      Pattern.compile("@(?=(?:channel|here|everyone|group)\\b)");

  private final Http http;
  private final Secrets secrets;
  private final URI url;

  SlackChannel(SlackSettings settings, Secrets secrets, Http http) throws UnusableChannelException {
    this.http = http;
    this.secrets = secrets;
    this.url = secrets.requireUrl(settings.urlVariable());
  }

  @Override
  public Outcome send(Notification notification, NotificationText text, Instant now)
      throws InterruptedException {
    byte[] body = Json.bytes(message(text));
    return secrets.redact(http.send(url, Map.of(), body, now));
  }

  @Override
  public Duration pace() {
    return PACE;
  }

  @Override
  public Duration longestAttempt() {
    return http.timeout();
  }

  /** The body of the request. */
  static ObjectNode message(NotificationText text) {
    StringBuilder markup = new StringBuilder("*" + escaped(text.title()) + "*");
    for (NotificationText.Section section : text.sections()) {
      if (section.heading() != null) {
        markup.append("\n\n*").append(escaped(section.heading())).append('*');
      }
      section.lines().forEach(line -> markup.append('\n').append(escaped(line)));
      if (section.command() != null) {
        markup.append("\n`").append(escaped(section.command()).replace('`', '\'')).append('`');
      }
    }
    text.footnotes().forEach(line -> markup.append("\n").append(escaped(line)));
    return Json.object()
        .put("text", cut(markup.toString()))
        .put("mrkdwn", true)
        .put("parse", "none")
        .put("link_names", false)
        .put("unfurl_links", false)
        .put("unfurl_media", false);
  }

  /** Cut at the end of a line, so that no escape is cut in two. */
  private static String cut(String markup) {
    return markup.length() <= MAX_TEXT
        ? markup
        : markup.substring(0, markup.lastIndexOf('\n', MAX_TEXT - 2)) + "\n…";
  }

  /** As plain text in Slack's markup: no links, and nobody is mentioned. */
  static String escaped(String text) {
    String escaped = text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;");
    return EVERYBODY.matcher(escaped).replaceAll("@\u200B");
  }
}
