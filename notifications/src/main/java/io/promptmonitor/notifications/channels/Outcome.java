package io.promptmonitor.notifications.channels;

import java.time.Duration;
import java.util.Locale;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * What came of an attempt to send a notification.
 *
 * @param kind whether it was taken, and if not, whether another attempt may help
 * @param answer what the receiver said, or why there was no answer: one short line without secrets
 * @param retryAfter how long the receiver wants to be left alone; null if it did not say
 */
public record Outcome(Kind kind, String answer, @Nullable Duration retryAfter) {

  /** Whether it was taken. */
  public enum Kind {
    /** The receiver has it. */
    SENT,
    /** It was not taken, or it is not known; it may be the next time. */
    RETRY,
    /** It was not taken, and will not be. */
    REFUSED;

    /** The name in the table {@code notification}. */
    public String label() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  private static final int MAX_ANSWER = 300;

  public Outcome {
    Objects.requireNonNull(kind, "kind");
    String line = answer.replaceAll("[\\p{Cc}\\p{Cf}\\p{Cs}\\s]+", " ").strip();
    answer = line.length() <= MAX_ANSWER ? line : line.substring(0, MAX_ANSWER - 1) + "…";
  }

  /** The receiver has it. */
  public static Outcome sent(String answer) {
    return new Outcome(Kind.SENT, answer, null);
  }

  /** Another attempt may help. */
  public static Outcome retry(String answer) {
    return new Outcome(Kind.RETRY, answer, null);
  }

  /** No other attempt will help. */
  public static Outcome refused(String answer) {
    return new Outcome(Kind.REFUSED, answer, null);
  }
}
