package io.promptmonitor.common.metrics;

import java.math.BigDecimal;
import java.math.MathContext;
import java.math.RoundingMode;

/** What a numeric metric measures: its unit and the values it can have. */
public enum Quantity {
  /** How many: 0 or more. */
  COUNT("a count", "of 0 or more", 0, Double.POSITIVE_INFINITY),
  /** Number of tokens: 0 or more. */
  TOKENS("a number of tokens", "of 0 or more", 0, Double.POSITIVE_INFINITY),
  /** Milliseconds: 0 or more. */
  LATENCY("a latency", "of 0 ms or more", 0, Double.POSITIVE_INFINITY),
  /** A share: 0 to 1. */
  RATE("a rate", "from 0 to 1", 0, 1),
  /** Points on the quality scale: 0 to 10. */
  QUALITY("a quality", "from 0 to 10", 0, 10),
  /** Difference of two qualities: -10 to 10. */
  QUALITY_DIFFERENCE("a difference of qualities", "from -10 to 10", -10, 10),
  /** A user's rating: 1 to 5. */
  RATING("a rating", "from 1 to 5", 1, 5);

  private final String noun;
  private final String range;
  private final double min;
  private final double max;

  Quantity(String noun, String range, double min, double max) {
    this.noun = noun;
    this.range = range;
    this.min = min;
    this.max = max;
  }

  /** What it is, for messages: {@code a rate}. */
  public String noun() {
    return noun;
  }

  /** The values it can have, for messages after the noun: {@code from 0 to 1}. */
  public String range() {
    return range;
  }

  /** What it is and the values it can have, for messages: {@code a rate from 0 to 1}. */
  public String description() {
    return noun + " " + range;
  }

  /** A value for messages, to four digits and with its unit: {@code 12.5%}, {@code 2310 ms}. */
  public String show(double value) {
    return switch (this) {
      case RATE -> digits(value * 100) + "%";
      case LATENCY -> digits(value) + " ms";
      default -> digits(value);
    };
  }

  private static String digits(double value) {
    if (!Double.isFinite(value)) {
      return "unknown";
    }
    BigDecimal exact = BigDecimal.valueOf(value);
    // Whole parts stay whole: a count is never rounded to thousands.
    int precision = Math.max(SHOWN_DIGITS, exact.precision() - exact.scale());
    BigDecimal rounded = exact.round(new MathContext(precision, RoundingMode.HALF_EVEN));
    return rounded.signum() == 0 ? "0" : rounded.stripTrailingZeros().toPlainString();
  }

  private static final int SHOWN_DIGITS = 4;

  /** The least value. */
  public double min() {
    return min;
  }

  /** The greatest value, infinite if there is none. */
  public double max() {
    return max;
  }
}
