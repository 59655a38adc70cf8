package io.promptmonitor.notifications.channels;

import java.net.URI;
import java.net.URISyntaxException;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The secrets of one channel: taken from the environment, and taken out of every text that leaves
 * the channel, because receivers quote what they were sent.
 */
final class Secrets {

  /** Shorter texts are no secrets, and would be found everywhere. */
  private static final int MIN_LENGTH = 6;

  private static final String HIDDEN = "***";

  private final Environment environment;
  private final List<String> hidden = new ArrayList<>();

  /** The secrets in {@code environment}. */
  Secrets(Environment environment) {
    this.environment = environment;
  }

  /**
   * The value of a variable.
   *
   * @throws UnusableChannelException if it is not set
   */
  String require(String variable) throws UnusableChannelException {
    String value = get(variable);
    if (value == null) {
      throw new UnusableChannelException("the environment variable " + variable + " is not set");
    }
    return value;
  }

  /** The value of a variable, or null if it is not set or blank. */
  @Nullable String get(String variable) {
    String value = environment.get(variable);
    if (value == null || value.isBlank()) {
      return null;
    }
    String secret = value.strip();
    hide(secret);
    return secret;
  }

  /**
   * The http or https URL in a variable.
   *
   * @throws UnusableChannelException if it is not set, or is no such URL
   */
  URI requireUrl(String variable) throws UnusableChannelException {
    URI url = requireUri(variable, "an http or https URL");
    boolean http = "http".equals(url.getScheme()) || "https".equals(url.getScheme());
    if (!http || url.getHost() == null || url.getRawUserInfo() != null) {
      throw new UnusableChannelException(
          "the environment variable " + variable + " does not hold an http or https URL");
    }
    return url;
  }

  /**
   * The URL in a variable.
   *
   * @param what what it should be, for messages
   * @throws UnusableChannelException if it is not set, or is no URL
   */
  URI requireUri(String variable, String what) throws UnusableChannelException {
    URI url;
    try {
      url = new URI(require(variable));
    } catch (URISyntaxException e) {
      // Without the cause, which quotes it.
      throw new UnusableChannelException(
          "the environment variable " + variable + " does not hold " + what);
    }
    hidePart(url.getRawPath());
    hidePart(url.getRawQuery());
    hidePart(url.getRawUserInfo());
    return url;
  }

  private void hidePart(@Nullable String part) {
    if (part == null) {
      return;
    }
    hide(part);
    for (String piece : part.split("[/:&=]")) {
      // A word such as "services" is no secret, a token has digits.
      if (piece.chars().anyMatch(Character::isDigit)) {
        hide(piece);
        hide(decoded(piece));
      }
    }
  }

  /** Has a text left out from now on. */
  void hide(String secret) {
    if (secret.length() >= MIN_LENGTH && !hidden.contains(secret)) {
      hidden.add(secret);
      // So that no part of a longer one stays.
      hidden.sort(Comparator.comparingInt(String::length).reversed());
    }
  }

  /** A text without the secrets. */
  String redact(String text) {
    String redacted = text;
    for (String secret : hidden) {
      redacted = redacted.replace(secret, HIDDEN);
    }
    return redacted;
  }

  /** What came of an attempt, without the secrets. */
  Outcome redact(Outcome outcome) {
    return new Outcome(outcome.kind(), redact(outcome.answer()), outcome.retryAfter());
  }

  static String decoded(String text) {
    try {
      return URLDecoder.decode(text.replace("+", "%2B"), StandardCharsets.UTF_8);
    } catch (IllegalArgumentException e) {
      return text;
    }
  }

  @Override
  public String toString() {
    return HIDDEN;
  }
}
