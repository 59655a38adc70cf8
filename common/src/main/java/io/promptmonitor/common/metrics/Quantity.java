package io.promptmonitor.common.metrics;

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

  /** The least value. */
  public double min() {
    return min;
  }

  /** The greatest value, infinite if there is none. */
  public double max() {
    return max;
  }
}
