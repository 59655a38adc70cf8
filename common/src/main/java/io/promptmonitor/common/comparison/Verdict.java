package io.promptmonitor.common.comparison;

/** How a metric of one span compares with that of another. */
public enum Verdict {
  /** The whole interval of the difference is on the worse side of 0. */
  WORSE("worse"),
  /** The whole interval of the difference is on the better side of 0. */
  BETTER("better"),
  /** The interval of the difference has 0 in it. */
  NOT_DISTINGUISHABLE("not distinguishable"),
  /** A value is missing, or there is no interval for this metric. */
  UNKNOWN("cannot be compared");

  private final String words;

  Verdict(String words) {
    this.words = words;
  }

  /** The verdict in words, such as {@code not distinguishable}. */
  public String words() {
    return words;
  }
}
