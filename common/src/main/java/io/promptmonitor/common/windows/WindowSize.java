package io.promptmonitor.common.windows;

import java.time.Duration;

/**
 * The tumbling windows of the specification: the one place where a window is defined. Days are UTC,
 * weeks begin on Monday.
 */
public enum WindowSize {
  /** Immediate issues; rows are kept for 24 hours. */
  ONE_MINUTE("1m", Duration.ofMinutes(1), 0, Duration.ofHours(24)),
  /** Trend detection; rows are kept for 7 days. */
  FIVE_MINUTES("5m", Duration.ofMinutes(5), 0, Duration.ofDays(7)),
  /** Sustained issues; rows are kept for 30 days. */
  ONE_HOUR("1h", Duration.ofHours(1), 0, Duration.ofDays(30)),
  /** Daily reporting; rows are kept for 90 days. */
  ONE_DAY("24h", Duration.ofDays(1), 0, Duration.ofDays(90)),
  /** Weekly trends; rows are kept for 365 days. */
  SEVEN_DAYS("7d", Duration.ofDays(7), Duration.ofDays(4).toMillis(), Duration.ofDays(365));

  private final String label;
  private final long millis;
  private final long offset;
  private final Duration retention;

  WindowSize(String label, Duration length, long offset, Duration retention) {
    this.label = label;
    this.millis = length.toMillis();
    this.offset = offset;
    this.retention = retention;
  }

  /** The name in {@code window_metrics.window_size}. */
  public String label() {
    return label;
  }

  /** The length in milliseconds. */
  public long millis() {
    return millis;
  }

  /** How long rows of this window are kept. */
  public Duration retention() {
    return retention;
  }

  /** Start of the window that holds {@code timestamp}; both in milliseconds since the epoch. */
  public long startOf(long timestamp) {
    return Math.floorDiv(timestamp - offset, millis) * millis + offset;
  }

  /** The window with the given label. */
  public static WindowSize ofLabel(String label) {
    for (WindowSize size : values()) {
      if (size.label.equals(label)) {
        return size;
      }
    }
    throw new IllegalArgumentException(
        "unknown window \"" + label + "\": expected 1m, 5m, 1h, 24h or 7d");
  }
}
