package io.promptmonitor.reports.text;

import io.promptmonitor.common.comparison.MetricReading;
import io.promptmonitor.common.comparison.Verdict;
import io.promptmonitor.common.report.Difference;
import io.promptmonitor.reports.page.Bullet;
import io.promptmonitor.reports.page.Cell;
import io.promptmonitor.reports.page.Tone;
import java.util.ArrayList;
import java.util.List;
import java.util.function.DoubleFunction;
import org.jspecify.annotations.Nullable;

/** Readings of metrics and their differences, with the interval and sample size beside each. */
public final class Readings {

  private Readings() {}

  /** A reading as an item of a list. */
  public static Bullet bullet(String label, MetricFormat format, MetricReading reading) {
    return Bullet.of(label, value(format, reading), note(format, reading));
  }

  /** A reading as a cell of a table. */
  public static Cell cell(MetricFormat format, MetricReading reading) {
    Cell cell = Cell.of(value(format, reading), note(format, reading));
    return reading.value() == null ? cell.in(Tone.FAINT) : cell;
  }

  /** The value, or that there is none. */
  public static String value(MetricFormat format, MetricReading reading) {
    if (reading.value() != null) {
      return format.value(reading.value());
    }
    return reading.n() == 0 ? "no data" : "insufficient data";
  }

  /** The interval and the sample size: {@code 95% interval 97.31% to 97.94%, 12,345 executions}. */
  public static String note(MetricFormat format, MetricReading reading) {
    String sample = format.sampleSize(reading.n());
    String interval =
        reading.value() == null ? null : interval(reading.lower(), reading.upper(), format::value);
    return interval == null ? sample : "95% interval " + interval + ", " + sample;
  }

  /** A difference, or why there is none, as a cell of a table. */
  public static Cell cell(MetricFormat format, Difference difference) {
    if (difference.difference() == null) {
      return Cell.faint(String.valueOf(difference.missing()));
    }
    List<String> notes = new ArrayList<>();
    String interval = interval(difference.lower(), difference.upper(), format::difference);
    if (difference.verdict() != Verdict.UNKNOWN) {
      notes.add(difference.verdict().words());
    }
    if (interval != null) {
      notes.add("95% interval " + interval);
    }
    if (difference.reference() != null) {
      notes.add(
          (difference.referenceN() == null ? "stated: " : "was ")
              + format.value(difference.reference()));
    }
    return Cell.of(
            format.difference(difference.difference()),
            notes.isEmpty() ? null : String.join("; ", notes))
        .in(tone(difference.verdict()));
  }

  /** A reading that is itself a difference, as a cell of a table. */
  public static Cell differenceCell(MetricFormat format, MetricReading reading) {
    if (reading.value() == null) {
      return cell(format, reading);
    }
    String interval = interval(reading.lower(), reading.upper(), format::difference);
    String sample = format.sampleSize(reading.n());
    return Cell.of(
        format.difference(reading.value()),
        interval == null ? sample : "95% interval " + interval + ", " + sample);
  }

  private static Tone tone(Verdict verdict) {
    return switch (verdict) {
      case WORSE -> Tone.BAD;
      case BETTER -> Tone.GOOD;
      case NOT_DISTINGUISHABLE, UNKNOWN -> Tone.PLAIN;
    };
  }

  private static @Nullable String interval(
      @Nullable Double lower, @Nullable Double upper, DoubleFunction<String> show) {
    if (lower == null) {
      return upper == null ? null : "up to " + show.apply(upper);
    }
    return upper == null
        ? "from " + show.apply(lower)
        : show.apply(lower) + " to " + show.apply(upper);
  }
}
