package io.promptmonitor.common.ruletests;

import io.promptmonitor.common.config.DurationText;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Times in a test, counted from its start: {@code 7m}, {@code 11m20s}, {@code 1h5m}. */
final class TestTime {

  private static final Pattern PARTS =
      Pattern.compile("(?:(\\d{1,3})d)?(?:(\\d{1,5})h)?(?:(\\d{1,6})m)?(?:(\\d{1,8})s)?");

  private static final long SECOND = 1_000;
  private static final long MINUTE = 60 * SECOND;
  private static final long HOUR = 60 * MINUTE;
  private static final long DAY = 24 * HOUR;

  /** The latest time of a test: windows reach back 24 hours, and escalation takes hours. */
  static final long MAX = 31 * DAY;

  private TestTime() {}

  /**
   * Reads a time.
   *
   * @return milliseconds since the start
   * @throws IllegalArgumentException if the text is not one; the message says what was expected
   */
  static long parse(String text) {
    Matcher parts = PARTS.matcher(text);
    long time;
    if (!text.isEmpty() && parts.matches()) {
      time =
          part(parts, 1) * DAY
              + part(parts, 2) * HOUR
              + part(parts, 3) * MINUTE
              + part(parts, 4) * SECOND;
    } else {
      try {
        time = DurationText.parse(text).toMillis();
      } catch (IllegalArgumentException e) {
        throw new IllegalArgumentException(
            "expected a time since the start, such as 7m, 11m20s or 1h5m, found \"" + text + "\"",
            e);
      }
    }
    if (time > MAX) {
      throw new IllegalArgumentException("must be at most 31d, found " + text);
    }
    return time;
  }

  private static long part(Matcher parts, int group) {
    String digits = parts.group(group);
    return digits == null ? 0 : Long.parseLong(digits);
  }

  /** The time as {@link #parse} reads it, in the greatest units: {@code 11m20s}. */
  static String format(long time) {
    StringBuilder text = new StringBuilder();
    long rest = Math.abs(time);
    rest = append(text, rest, HOUR, "h");
    rest = append(text, rest, MINUTE, "m");
    rest = append(text, rest, SECOND, "s");
    append(text, rest, 1, "ms");
    if (text.length() == 0) {
      return "0s";
    }
    return time < 0 ? "-" + text : text.toString();
  }

  private static long append(StringBuilder text, long rest, long unit, String name) {
    if (rest >= unit) {
      text.append(rest / unit).append(name);
    }
    return rest % unit;
  }
}
