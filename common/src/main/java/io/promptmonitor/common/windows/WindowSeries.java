package io.promptmonitor.common.windows;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * The windows of one level in the order of their start: found by binary search, added mostly at the
 * end, removed at the front.
 */
final class WindowSeries {

  private static final RolledWindow[] EMPTY = {};

  private @Nullable RolledWindow[] windows = EMPTY;
  private int from;
  private int to;

  int size() {
    return to - from;
  }

  RolledWindow get(int index) {
    RolledWindow window = windows[from + index];
    if (window == null) {
      throw new IndexOutOfBoundsException(index);
    }
    return window;
  }

  /**
   * The index of the first window that starts at {@code start} or later; {@link #size} if there is
   * none.
   */
  int indexFrom(long start) {
    int low = 0;
    int high = size();
    while (low < high) {
      int middle = (low + high) >>> 1;
      if (get(middle).start < start) {
        low = middle + 1;
      } else {
        high = middle;
      }
    }
    return low;
  }

  @Nullable RolledWindow find(long start) {
    int index = indexFrom(start);
    if (index == size()) {
      return null;
    }
    RolledWindow window = get(index);
    return window.start == start ? window : null;
  }

  /** Adds a window; there must be none with the same start. */
  void add(RolledWindow window) {
    if (to == windows.length) {
      makeRoom();
    }
    int index = from + indexFrom(window.start);
    System.arraycopy(windows, index, windows, index + 1, to - index);
    windows[index] = window;
    to++;
  }

  private void makeRoom() {
    int size = size();
    @Nullable RolledWindow[] target =
        size > windows.length / 2 || windows.length == 0
            ? new RolledWindow[Math.max(2, 2 * size)]
            : windows;
    System.arraycopy(windows, from, target, 0, size);
    Arrays.fill(target, size, target.length, null);
    windows = target;
    from = 0;
    to = size;
  }

  RolledWindow removeFirst() {
    RolledWindow first = get(0);
    windows[from++] = null;
    if (from == to) {
      from = 0;
      to = 0;
    }
    return first;
  }

  void remove(int index) {
    int at = from + index;
    System.arraycopy(windows, at + 1, windows, at, to - at - 1);
    windows[--to] = null;
  }
}
