package io.promptmonitor.reports.text;

import java.time.Instant;
import java.time.LocalDate;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Locale;

/** Times as reports show them, always in UTC. */
public final class Times {

  private static final DateTimeFormatter TIME =
      DateTimeFormatter.ofPattern("HH:mm:ss", Locale.ROOT);
  private static final DateTimeFormatter MINUTE = DateTimeFormatter.ofPattern("HH:mm", Locale.ROOT);

  private Times() {}

  /**
   * A time in the report of a day: {@code 14:05 UTC}, with seconds if there are any, with the date
   * if it is of another day.
   */
  public static String on(LocalDate date, Instant time) {
    OffsetDateTime utc = time.atOffset(ZoneOffset.UTC);
    String clock = utc.format(utc.getSecond() == 0 ? MINUTE : TIME) + " UTC";
    return utc.toLocalDate().equals(date) ? clock : utc.toLocalDate() + " " + clock;
  }

  /** A duration: {@code 12 min 30 s}, {@code 1 h 4 min}. */
  public static String duration(double seconds) {
    long all = Math.round(seconds);
    long hours = all / 3600;
    long minutes = all / 60 % 60;
    long rest = all % 60;
    if (hours > 0) {
      return hours + " h" + (minutes > 0 ? " " + minutes + " min" : "");
    }
    if (minutes > 0) {
      return minutes + " min" + (rest > 0 ? " " + rest + " s" : "");
    }
    return rest + " s";
  }
}
