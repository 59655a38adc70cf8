package io.promptmonitor.common.ruletests;

import io.promptmonitor.common.config.DurationText;
import io.promptmonitor.common.config.MalformedTextException;
import io.promptmonitor.common.metrics.Quantity;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Values of successive intervals, as {@code 10x30 0+1x10 _x5} writes them: 10 in each of 30
 * intervals, then 0, 1, … 9, then none in 5. The count after {@code x} can be a duration.
 */
final class Series {

  private static final Pattern WORD = Pattern.compile("\\S+");
  private static final Pattern TERM =
      Pattern.compile(
          "(?<value>_|-?[0-9.]+(?:%|ms|s)?)(?:(?<sign>[+-])(?<step>[0-9.]+(?:%|ms|s)?))?"
              + "(?:x(?<count>\\w+))?");
  private static final Pattern NUMBER = Pattern.compile("(-?[0-9]+(?:\\.[0-9]+)?)(%|ms|s)?");

  /** A month of panes. */
  private static final int MAX_VALUES = 300_000;

  /** Stands in for one that cannot be read, so that the rest can be. */
  static final Series UNREADABLE = new Series(new double[] {Double.NaN});

  private final double[] values;

  private Series(double[] values) {
    this.values = values;
  }

  /** Number of intervals. */
  int length() {
    return values.length;
  }

  /** The value of an interval, the last one of those after it; NaN for none. */
  double at(int interval) {
    return values[Math.min(interval, values.length - 1)];
  }

  /**
   * Reads a series.
   *
   * @param quantity what the values are, which says their units and their range
   * @param interval length of an interval
   * @param max the greatest value allowed
   * @throws MalformedTextException if the text is not one
   */
  static Series parse(String text, Quantity quantity, Duration interval, double max) {
    List<Double> values = new ArrayList<>();
    Matcher words = WORD.matcher(text);
    while (words.find()) {
      Matcher term = TERM.matcher(words.group());
      if (!term.matches()) {
        throw new MalformedTextException(
            "expected values such as 10, 10x30, 10x5m, 0+1x10, _ or _x5, found \""
                + words.group()
                + "\"",
            words.start(),
            words.group().length());
      }
      add(values, words.start(), term, new Reading(quantity, interval, max));
      if (values.size() > MAX_VALUES) {
        throw new MalformedTextException(
            "more than " + MAX_VALUES + " values", words.start(), words.group().length());
      }
    }
    return new Series(values.stream().mapToDouble(Double::doubleValue).toArray());
  }

  /** How numbers are to be read. */
  private record Reading(Quantity quantity, Duration interval, double max) {

    double value(String text, int offset) {
      double value = number(text, offset);
      check(value, offset, text.length());
      return value;
    }

    void check(double value, int offset, int length) {
      double most = Math.min(max, quantity.max());
      if (!(value >= quantity.min() && value <= most)) {
        throw new MalformedTextException(
            quantity.show(value)
                + " is out of range: expected "
                + quantity.show(quantity.min())
                + " to "
                + quantity.show(most),
            offset,
            length);
      }
    }

    double number(String text, int offset) {
      Matcher matcher = NUMBER.matcher(text);
      if (!matcher.matches()) {
        throw new MalformedTextException(
            "expected a number, found \"" + text + "\"", offset, text.length());
      }
      String unit = matcher.group(2) == null ? "" : matcher.group(2);
      double number = Double.parseDouble(matcher.group(1));
      boolean rate = quantity == Quantity.RATE;
      boolean latency = quantity == Quantity.LATENCY;
      if (unit.isEmpty() || (latency && unit.equals("ms"))) {
        return number;
      } else if (rate && unit.equals("%")) {
        return number / 100;
      } else if (latency && unit.equals("s")) {
        return number * 1_000;
      }
      throw new MalformedTextException(
          "\"" + unit + "\" is not a unit of " + quantity.noun(), offset, text.length());
    }

    int count(String text, int offset) {
      if (text.matches("\\d{1,7}")) {
        return Integer.parseInt(text);
      }
      Duration duration;
      try {
        duration = DurationText.parse(text);
      } catch (IllegalArgumentException e) {
        throw new MalformedTextException(
            "expected a number of intervals or a duration after x, such as x30 or x5m, found \""
                + text
                + "\"",
            offset,
            text.length());
      }
      if (duration.toMillis() % interval.toMillis() != 0) {
        throw new MalformedTextException(
            "must be a multiple of the interval ("
                + DurationText.format(interval)
                + "), found "
                + text,
            offset,
            text.length());
      }
      return (int) Math.min(MAX_VALUES + 1L, duration.toMillis() / interval.toMillis());
    }
  }

  private static void add(List<Double> values, int offset, Matcher term, Reading reading) {
    String first = term.group("value");
    String count = term.group("count");
    String step = term.group("step");
    boolean none = first.equals("_");
    double start = none ? Double.NaN : reading.value(first, offset);
    if (step != null && (none || count == null)) {
      throw new MalformedTextException(
          none
              ? "nothing can be added to _"
              : "x and a number of values are missing after the step",
          offset,
          term.group().length());
    }
    double by = step == null ? 0 : reading.number(step, offset + term.start("step"));
    if ("-".equals(term.group("sign"))) {
      by = -by;
    }
    int times = count == null ? 1 : reading.count(count, offset + term.start("count"));
    if (times < 1 || times > MAX_VALUES) {
      throw new MalformedTextException(
          "must be from 1 to " + MAX_VALUES + " values", offset, term.group().length());
    }
    for (int i = 0; i < times; i++) {
      double value = start + i * by;
      if (!none) {
        // Steps in binary: 0+0.1x10 ends at 0.9, not at a hair above.
        value = Math.round(value * 1e9) / 1e9;
        reading.check(value, offset, term.group().length());
      }
      values.add(value);
    }
  }
}
