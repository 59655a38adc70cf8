package io.promptmonitor.common.windows;

/**
 * What follows from {@link RollUpSettings}: which levels are kept for how long. Shared by all
 * roll-ups of a job.
 */
public final class RollUpPlan {

  private static final long RESOLUTION = 60;

  private final RollUpSettings settings;
  private final long[] millis = new long[WindowLevel.COUNT];
  private final long[] refresh = new long[WindowLevel.COUNT];
  private final long[] slidingSteps;
  private final long[] slidingReach = new long[WindowLevel.COUNT];
  private final boolean keepsPanes;
  private final long maxSliding;

  /** The plan for {@code settings}. */
  public RollUpPlan(RollUpSettings settings) {
    this.settings = settings;
    millis[WindowLevel.PANE] = settings.pane();
    for (WindowSize size : WindowSize.values()) {
      int level = WindowLevel.level(size);
      millis[level] = size.millis();
      refresh[level] = level < WindowLevel.HOUR ? 0 : settings.refresh().getOrDefault(size, 0L);
    }
    boolean panes = false;
    long longest = 0;
    for (long length : settings.slidingLengths()) {
      panes |= startLevel(length) == WindowLevel.PANE;
      longest = Math.max(longest, length);
    }
    for (long length : settings.slidingLengths()) {
      int finest = startLevel(length);
      for (int level = finest; level <= WindowLevel.HOUR; level++) {
        // A start that is aligned down lies up to one step further back. From there a longer window
        // continues with the same level until the next one fits.
        long continued = length < longest && level < WindowLevel.HOUR ? millis[level + 1] : 0;
        slidingReach[level] = Math.max(slidingReach[level], length + millis[finest] + continued);
      }
    }
    keepsPanes =
        panes
            || (!settings.slidingLengths().isEmpty()
                && settings.slide() % millis[WindowLevel.MINUTE] != 0);
    if (keepsPanes) {
      // The end of any window may lie within a minute.
      slidingReach[WindowLevel.PANE] =
          Math.max(slidingReach[WindowLevel.PANE], millis[WindowLevel.MINUTE]);
    }
    maxSliding = longest;
    slidingSteps =
        settings.slidingLengths().stream()
            .mapToLong(length -> millis[startLevel(length)])
            .toArray();
  }

  RollUpSettings settings() {
    return settings;
  }

  /** Length of a window of {@code level}. */
  long millis(int level) {
    return millis[level];
  }

  /** How often open windows of {@code level} are written, 0 for not at all. */
  long refresh(int level) {
    return refresh[level];
  }

  boolean keepsPanes() {
    return keepsPanes;
  }

  /** The longest sliding window, 0 if there is none. */
  long maxSliding() {
    return maxSliding;
  }

  /** The finest level that the start of a sliding window is aligned to. */
  private int startLevel(long length) {
    for (int level = WindowLevel.FIVE_MINUTES; level > WindowLevel.PANE; level--) {
      if (length >= RESOLUTION * millis[level]) {
        return level;
      }
    }
    boolean wholeMinutes =
        length % millis[WindowLevel.MINUTE] == 0
            && settings.slide() % millis[WindowLevel.MINUTE] == 0;
    return wholeMinutes ? WindowLevel.MINUTE : WindowLevel.PANE;
  }

  /** Where the sliding window number {@code index} begins if it ends at {@code end}. */
  long slidingStart(int index, long end) {
    long step = slidingSteps[index];
    return Math.floorDiv(end - settings.slidingLengths().get(index), step) * step;
  }

  /** How long before an evaluation windows of {@code level} are still there, at least. */
  long slidingReach(int level) {
    return slidingReach[level];
  }

  /** Where the longest sliding window begins if it ends at {@code end}. */
  long longestSlidingStart(long end) {
    return slidingStart(slidingSteps.length - 1, end);
  }

  /**
   * The evaluation at which the longest sliding window is empty, if no executions come after {@code
   * dataEnd}.
   */
  long firstEmptySlide(long dataEnd) {
    return ceil(ceil(dataEnd, millis[startLevel(maxSliding)]) + maxSliding, settings.slide());
  }

  /** The first evaluation that sees all executions before {@code dataEnd}. */
  long firstSlideFrom(long dataEnd) {
    return ceil(dataEnd, settings.slide());
  }

  private static long ceil(long time, long step) {
    return -Math.floorDiv(-time, step) * step;
  }

  /** When a window is not needed any more. */
  long expiry(int level, long start) {
    long slidOver = start + millis[level] + slidingReach[level];
    return Math.max(mergeExpiry(level, start), slidOver);
  }

  /** From when on a window is not merged upwards any more: only sliding windows may need it. */
  long mergeExpiry(int level, long start) {
    long end = start + millis[level];
    long expiry = end + settings.allowedLateness();
    if (level > WindowLevel.PANE && level < WindowLevel.WEEK) {
      WindowSize parent = WindowLevel.size(level + 1);
      expiry =
          Math.max(expiry, parent.startOf(start) + parent.millis() + settings.allowedLateness());
    }
    return level >= WindowLevel.DAY ? Math.max(expiry, end + settings.feedbackHorizon()) : expiry;
  }

  /**
   * The shortest sliding window that may still hold executions of an age: its start lies up to a
   * step before its length.
   */
  long shortestReaching(long age) {
    return age - millis[WindowLevel.FIVE_MINUTES];
  }

  /** When nothing of the windows of an hour can be corrected any more. */
  long hourExpiry(long hourStart) {
    return hourStart
        + millis[WindowLevel.HOUR]
        + Math.max(settings.feedbackHorizon(), settings.allowedLateness());
  }
}
