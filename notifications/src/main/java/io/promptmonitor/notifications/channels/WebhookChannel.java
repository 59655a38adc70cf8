package io.promptmonitor.notifications.channels;

import io.promptmonitor.common.channels.WebhookSettings;
import io.promptmonitor.common.notifications.Notification;
import io.promptmonitor.common.notifications.NotificationJson;
import io.promptmonitor.common.notifications.NotificationText;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.security.InvalidKeyException;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.Map;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.jspecify.annotations.Nullable;

/**
 * A server that takes notifications as JSON, signed as <a
 * href="https://www.standardwebhooks.com">Standard Webhooks</a> has it: {@code webhook-id} is the
 * same in every attempt, {@code webhook-signature} is over id, time and body. Each 2xx is success.
 */
final class WebhookChannel implements Channel {

  private static final String SECRET_PREFIX = "whsec_";

  private final Http http;
  private final Secrets secrets;
  private final URI url;
  private final byte @Nullable [] key;

  WebhookChannel(WebhookSettings settings, Secrets secrets, Http http)
      throws UnusableChannelException {
    this.http = http;
    this.secrets = secrets;
    this.url = secrets.requireUrl(settings.urlVariable());
    String secret =
        settings.signed()
            ? secrets.require(settings.secretVariable())
            : secrets.get(settings.secretVariable());
    this.key = secret == null ? null : key(secret, settings.secretVariable());
  }

  @Override
  public Outcome send(Notification notification, NotificationText text, Instant now)
      throws InterruptedException {
    byte[] body = NotificationJson.write(notification).getBytes(StandardCharsets.UTF_8);
    String id = headerValue(notification.notificationId());
    Map<String, String> headers = new LinkedHashMap<>();
    headers.put("webhook-id", id);
    headers.put("webhook-timestamp", Long.toString(now.getEpochSecond()));
    if (key != null) {
      headers.put("webhook-signature", "v1," + signature(key, id, now.getEpochSecond(), body));
    }
    return secrets.redact(http.send(url, headers, body, now));
  }

  @Override
  public Duration longestAttempt() {
    return http.timeout();
  }

  /** The Base64 of the HMAC-SHA256 of {@code id.seconds.body}. */
  static String signature(byte[] key, String id, long seconds, byte[] body) {
    try {
      Mac mac = Mac.getInstance("HmacSHA256");
      mac.init(new SecretKeySpec(key, "HmacSHA256"));
      mac.update((id + "." + seconds + ".").getBytes(StandardCharsets.UTF_8));
      return Base64.getEncoder().encodeToString(mac.doFinal(body));
    } catch (NoSuchAlgorithmException | InvalidKeyException e) {
      throw new IllegalStateException("every Java has HmacSHA256", e);
    }
  }

  /** With the prefix that the standard has, Base64; otherwise the text itself. */
  private static byte[] key(String secret, String variable) throws UnusableChannelException {
    if (!secret.startsWith(SECRET_PREFIX)) {
      return secret.getBytes(StandardCharsets.UTF_8);
    }
    try {
      byte[] key = Base64.getDecoder().decode(secret.substring(SECRET_PREFIX.length()));
      if (key.length > 0) {
        return key;
      }
    } catch (IllegalArgumentException e) {
      // Below.
    }
    throw new UnusableChannelException(
        "the environment variable " + variable + " does not hold Base64 after " + SECRET_PREFIX);
  }

  private static String headerValue(String text) {
    return text.replaceAll("[^\\x21-\\x7E]", "_");
  }
}
