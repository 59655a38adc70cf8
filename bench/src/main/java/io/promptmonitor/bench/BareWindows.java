package io.promptmonitor.bench;

import io.promptmonitor.common.metrics.WindowAggregate;
import io.promptmonitor.common.windows.WindowSize;
import org.jspecify.annotations.Nullable;

/**
 * The windows of one prompt version in the bare loop: each is the merge of those one size below.
 */
final class BareWindows {

  static final long MINUTE = WindowSize.ONE_MINUTE.millis();
  static final long FIVE_MINUTES = WindowSize.FIVE_MINUTES.millis();

  /** More minutes, and more five minutes, than the longest sliding window has. */
  private static final int KEPT = 256;

  private static final WindowSize[] SIZES = WindowSize.values();

  private final @Nullable WindowAggregate[] current = new WindowAggregate[SIZES.length];
  private final @Nullable WindowAggregate[] minutes = new WindowAggregate[KEPT];
  private final @Nullable WindowAggregate[] fiveMinutes = new WindowAggregate[KEPT];

  /** Takes what one thread has of the current minute. */
  void collect(WindowAggregate minute) {
    WindowAggregate other = current[0];
    if (other == null) {
      current[0] = minute;
    } else {
      other.merge(minute);
    }
  }

  /** Ends the minute that starts at {@code start}, and what ends with it. */
  void endMinute(long start, BareSliding sliding) {
    minutes[slot(start, MINUTE)] = null;
    fiveMinutes[slot(start, FIVE_MINUTES)] = null;
    for (WindowSize size : SIZES) {
      if (size.startOf(start) == size.startOf(start + MINUTE)) {
        break;
      }
      close(size, size.startOf(start));
    }
    sliding.evaluate(this, start + MINUTE);
  }

  /** Ends all windows. */
  void finish() {
    for (WindowSize size : SIZES) {
      close(size, 0);
    }
  }

  private void close(WindowSize size, long start) {
    WindowAggregate ended = current[size.ordinal()];
    current[size.ordinal()] = null;
    if (ended == null) {
      return;
    }
    ended.close();
    RunProbe.row(size, true, ended);
    if (size == WindowSize.ONE_MINUTE) {
      minutes[slot(start, MINUTE)] = ended;
    } else if (size == WindowSize.FIVE_MINUTES) {
      fiveMinutes[slot(start, FIVE_MINUTES)] = ended;
    }
    if (size != WindowSize.SEVEN_DAYS) {
      int above = size.ordinal() + 1;
      WindowAggregate parent = current[above];
      if (parent == null) {
        parent = new WindowAggregate();
        current[above] = parent;
      }
      parent.merge(ended);
    }
  }

  /** The minute that starts at {@code start}, null if nothing happened in it. */
  @Nullable WindowAggregate minute(long start) {
    return minutes[slot(start, MINUTE)];
  }

  /** The five minutes that start at {@code start}, null if nothing happened in them. */
  @Nullable WindowAggregate fiveMinutes(long start) {
    return fiveMinutes[slot(start, FIVE_MINUTES)];
  }

  private static int slot(long start, long millis) {
    return (int) Math.floorMod(Math.floorDiv(start, millis), (long) KEPT);
  }
}
