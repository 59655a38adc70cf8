package io.promptmonitor.notifications.channels;

import io.promptmonitor.notifications.channels.Outcome.Kind;
import java.io.IOException;
import java.net.ConnectException;
import java.net.URI;
import java.net.UnknownHostException;
import java.net.http.HttpClient;
import java.net.http.HttpHeaders;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.nio.channels.UnresolvedAddressException;
import java.time.Duration;
import java.time.Instant;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeParseException;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.regex.Pattern;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;

/**
 * Requests to receivers that speak HTTP. No redirect is followed, no more of an answer is read than
 * is worth keeping, and an attempt ends after a time, whatever the receiver does.
 */
public final class Http {

  /** How long it takes to connect at most. */
  private static final Duration CONNECT_TIMEOUT = Duration.ofSeconds(5);

  /** How long an attempt takes at most. */
  private static final Duration TIMEOUT = Duration.ofSeconds(10);

  private static final Pattern SECONDS = Pattern.compile("[0-9]{1,9}");

  private final HttpClient client;
  private final Duration timeout;

  private Http(HttpClient client, Duration timeout) {
    this.client = client;
    this.timeout = timeout;
  }

  /** With the limits of production: 5 seconds to connect, 10 in all. */
  public static Http create() {
    return create(CONNECT_TIMEOUT, TIMEOUT);
  }

  /** With limits of one's own. */
  public static Http create(Duration connectTimeout, Duration timeout) {
    HttpClient client =
        HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .followRedirects(HttpClient.Redirect.NEVER)
            .connectTimeout(connectTimeout)
            .build();
    return new Http(client, timeout);
  }

  Duration timeout() {
    return timeout;
  }

  /**
   * An answer.
   *
   * @param status the status
   * @param body the beginning of the body
   * @param retryAfter the value of the header {@code Retry-After}; null if there is none that can
   *     be understood
   */
  record Answer(int status, String body, @Nullable Duration retryAfter) {

    boolean isSuccess() {
      return status >= 200 && status < 300;
    }

    /**
     * What it means by what HTTP says of statuses, where the receiver's documentation does not say
     * anything else.
     */
    Outcome outcome() {
      if (isSuccess()) {
        return Outcome.sent(text());
      }
      // Too early, too many, timeouts, and whatever is the server's own fault.
      boolean mayHelp = status == 408 || status == 425 || status == 429 || status >= 500;
      return new Outcome(mayHelp ? Kind.RETRY : Kind.REFUSED, text(), retryAfter);
    }

    String text() {
      return ("HTTP " + status + " " + body).strip();
    }
  }

  /** Sends a request as {@link #post}, and takes every 2xx for success. */
  Outcome send(URI url, Map<String, String> headers, byte[] body, Instant now)
      throws InterruptedException {
    try {
      return post(url, headers, body, now).outcome();
    } catch (IOException e) {
      return Outcome.retry(String.valueOf(e.getMessage()));
    }
  }

  /**
   * Posts a body.
   *
   * @param now to understand dates in the answer
   * @throws IOException if there is no answer; the message says why, without the URL
   */
  Answer post(URI url, Map<String, String> headers, byte[] body, Instant now)
      throws IOException, InterruptedException {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(url)
            .timeout(timeout)
            .header("Content-Type", "application/json")
            .header("User-Agent", "PromptMonitor")
            .POST(BodyPublishers.ofByteArray(body));
    headers.forEach(request::header);
    CompletableFuture<HttpResponse<String>> answer =
        client.sendAsync(request.build(), info -> new BoundedBody());
    try {
      HttpResponse<String> response = answer.get(timeout.toMillis(), TimeUnit.MILLISECONDS);
      return new Answer(
          response.statusCode(), response.body(), retryAfter(response.headers(), now));
    } catch (TimeoutException e) {
      throw new IOException(noAnswer(url));
    } catch (ExecutionException e) {
      throw new IOException(reason(url, e.getCause() == null ? e : e.getCause()));
    } finally {
      answer.cancel(true);
    }
  }

  private static @Nullable Duration retryAfter(HttpHeaders headers, Instant now) {
    String value = headers.firstValue("Retry-After").orElse("").strip();
    if (SECONDS.matcher(value).matches()) {
      return Duration.ofSeconds(Long.parseLong(value));
    }
    try {
      Instant until = ZonedDateTime.parse(value, DateTimeFormatter.RFC_1123_DATE_TIME).toInstant();
      return until.isAfter(now) ? Duration.between(now, until) : null;
    } catch (DateTimeParseException e) {
      return null;
    }
  }

  private String noAnswer(URI url) {
    return "no answer from "
        + url.getHost()
        + " within "
        + (timeout.toMillis() % 1000 == 0
            ? timeout.toSeconds() + " s"
            : timeout.toMillis() + " ms");
  }

  /** In words of our own: those of the client may quote the URL. */
  private String reason(URI url, Throwable failure) {
    String host = url.getHost();
    for (Throwable t = failure; t != null; t = t.getCause()) {
      if (t instanceof java.net.http.HttpConnectTimeoutException) {
        return "cannot connect to " + host + " in time";
      }
      if (t instanceof java.net.http.HttpTimeoutException) {
        return noAnswer(url);
      }
      if (t instanceof UnresolvedAddressException || t instanceof UnknownHostException) {
        return "cannot find the host " + host;
      }
      if (t instanceof SSLException) {
        return "no safe connection to " + host + ": " + t.getMessage();
      }
    }
    for (Throwable t = failure; t != null; t = t.getCause()) {
      if (t instanceof ConnectException) {
        return "cannot connect to " + host;
      }
    }
    return host + " closed the connection";
  }
}
