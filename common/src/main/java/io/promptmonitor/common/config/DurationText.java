package io.promptmonitor.common.config;

import java.time.Duration;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Durations as people write them: {@code 500ms}, {@code 10s}, {@code 5m}, {@code 1h}, {@code 7d},
 * and the long forms {@code 5_minutes} and {@code 5 minutes}.
 */
public final class DurationText {

  /** What a message says was expected. */
  static final String EXPECTED = "a duration such as 10s, 5m, 24h, 7d, 500ms or 5_minutes";

  private static final Pattern FORM = Pattern.compile("(\\d{1,15})(?:([a-z]{1,2})|[_ ]([a-z]+))");

  private static final Map<String, Long> MILLIS_OF_SHORT_UNIT =
      Map.of("ms", 1L, "s", 1_000L, "m", 60_000L, "h", 3_600_000L, "d", 86_400_000L);

  private static final Map<String, String> SHORT_UNIT =
      Map.of("millisecond", "ms", "second", "s", "minute", "m", "hour", "h", "day", "d");

  private static final long MAX_MILLIS = Duration.ofDays(36_500).toMillis();

  private DurationText() {}

  /**
   * Reads a duration.
   *
   * @throws IllegalArgumentException if the text is not one; the message says what was expected
   */
  public static Duration parse(String text) {
    Matcher matcher = FORM.matcher(text);
    if (matcher.matches()) {
      String unit = matcher.group(2);
      if (unit == null) {
        String word = matcher.group(3);
        String singular = word.endsWith("s") ? word.substring(0, word.length() - 1) : word;
        unit = SHORT_UNIT.getOrDefault(singular, "");
      }
      Long millis = MILLIS_OF_SHORT_UNIT.get(unit);
      if (millis != null) {
        long amount = Long.parseLong(matcher.group(1));
        if (amount > MAX_MILLIS / millis) {
          throw new IllegalArgumentException("\"" + text + "\" is longer than 100 years");
        }
        return Duration.ofMillis(amount * millis);
      }
    }
    throw new IllegalArgumentException("expected " + EXPECTED + ", found \"" + text + "\"");
  }

  /**
   * The shortest exact form, for example {@code 90s}, {@code 5m} or {@code 24h}; a whole number of
   * days above one is written in days.
   *
   * @throws IllegalArgumentException if the duration is negative or not in whole milliseconds
   */
  public static String format(Duration duration) {
    long millis = duration.toMillis();
    if (duration.isNegative() || !Duration.ofMillis(millis).equals(duration)) {
      throw new IllegalArgumentException("not a whole number of milliseconds: " + duration);
    }
    if (millis % 1_000 != 0) {
      return millis + "ms";
    }
    long seconds = millis / 1_000;
    if (seconds % 60 != 0 || seconds == 0) {
      return seconds + "s";
    }
    if (seconds % 3_600 != 0) {
      return seconds / 60 + "m";
    }
    return seconds % 86_400 != 0 || seconds == 86_400
        ? seconds / 3_600 + "h"
        : seconds / 86_400 + "d";
  }
}
