package io.promptmonitor.common.windows;

/**
 * The levels that panes are merged through: level 0 is the pane, the others are the {@link
 * WindowSize}s; a window of one level lies within exactly one window of the next. Times are
 * milliseconds since the epoch.
 */
final class WindowLevel {

  static final int PANE = 0;
  static final int MINUTE = level(WindowSize.ONE_MINUTE);
  static final int FIVE_MINUTES = level(WindowSize.FIVE_MINUTES);
  static final int HOUR = level(WindowSize.ONE_HOUR);
  static final int DAY = level(WindowSize.ONE_DAY);
  static final int WEEK = level(WindowSize.SEVEN_DAYS);
  static final int COUNT = WEEK + 1;

  private static final WindowSize[] SIZES = WindowSize.values();

  private WindowLevel() {}

  static int level(WindowSize size) {
    return size.ordinal() + 1;
  }

  static WindowSize size(int level) {
    return SIZES[level - 1];
  }
}
