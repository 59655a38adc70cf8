package io.promptmonitor.common.text;

import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Locale;

/** How names, times and durations are written in messages and reports. */
public final class PlainText {

  private static final DateTimeFormatter DATE_TIME =
      DateTimeFormatter.ofPattern("yyyy-MM-dd HH:mm:ss 'UTC'", Locale.ROOT)
          .withZone(ZoneOffset.UTC);
  private static final DateTimeFormatter TIME =
      DateTimeFormatter.ofPattern("HH:mm:ss 'UTC'", Locale.ROOT).withZone(ZoneOffset.UTC);

  private PlainText() {}

  /**
   * A text that somebody else wrote, on one line and cut to a length: without control characters
   * and without those that change the direction of writing.
   *
   * @param max characters at most, above 0
   */
  public static String line(String text, int max) {
    String line = text.replaceAll("[\\p{Cc}\\p{Cf}\\p{Zl}\\p{Zp}\\p{Cs}\\s]+", " ").strip();
    return line.codePointCount(0, line.length()) <= max
        ? line
        : line.substring(0, line.offsetByCodePoints(0, max - 1)) + "…";
  }

  /** Date and time of day: {@code 2026-03-01 10:05:00 UTC}. */
  public static String time(Instant time) {
    return DATE_TIME.format(time);
  }

  /** The time of day, with the date unless that is the one of {@code before}. */
  public static String timeAfter(Instant before, Instant time) {
    return date(before).equals(date(time)) ? TIME.format(time) : time(time);
  }

  private static LocalDate date(Instant time) {
    return LocalDate.ofInstant(time, ZoneOffset.UTC);
  }

  /** The two greatest units: {@code 45 s}, {@code 5 min}, {@code 1 h 20 min}, {@code 2 d 3 h}. */
  public static String duration(Duration duration) {
    long seconds = Math.max(0, duration.toSeconds());
    if (seconds < 60) {
      return seconds + " s";
    }
    if (seconds < 3_600) {
      return units(seconds, 60, "min", 1, "s");
    }
    return seconds < 86_400
        ? units(seconds, 3_600, "h", 60, "min")
        : units(seconds, 86_400, "d", 3_600, "h");
  }

  private static String units(
      long seconds, long greater, String greaterName, long smaller, String smallerName) {
    long rest = seconds % greater / smaller;
    return seconds / greater
        + " "
        + greaterName
        + (rest == 0 ? "" : " " + rest + " " + smallerName);
  }
}
