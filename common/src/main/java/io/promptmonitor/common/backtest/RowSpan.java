package io.promptmonitor.common.backtest;

import io.promptmonitor.common.windows.WindowSize;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A part of the time in which the rows of one size are judged. Times are milliseconds since the
 * epoch.
 *
 * @param size the size of the rows
 * @param from inclusive; a multiple of the size
 * @param to exclusive
 */
public record RowSpan(WindowSize size, long from, long to) {

  /** The sizes that rules can be judged on, the finest first. */
  public static final List<WindowSize> SIZES =
      List.of(WindowSize.ONE_MINUTE, WindowSize.FIVE_MINUTES, WindowSize.ONE_HOUR);

  public RowSpan {
    Objects.requireNonNull(size, "size");
  }

  /**
   * The finest rows there are for each part of a time: retention removes fine rows before coarse
   * ones, so that they get finer with time.
   *
   * @param first where the first row of each size in that time begins; without those of which there
   *     are none
   * @return in the order of time; empty if there are no rows
   */
  public static List<RowSpan> plan(long from, long to, Map<WindowSize, Long> first) {
    List<RowSpan> spans = new ArrayList<>();
    long end = to;
    WindowSize size = next(0, first);
    while (size != null && end > from) {
      WindowSize coarser = next(SIZES.indexOf(size) + 1, first);
      long begin = Objects.requireNonNull(first.get(size));
      Long before = coarser == null ? null : first.get(coarser);
      if (coarser == null || before == null || before + coarser.millis() > begin) {
        // No coarser row is from before.
        spans.add(new RowSpan(size, size.startOf(from), end));
        break;
      }
      long boundary = -Math.floorDiv(-begin, coarser.millis()) * coarser.millis();
      if (boundary < end) {
        spans.add(new RowSpan(size, boundary, end));
        end = boundary;
      }
      size = coarser;
    }
    Collections.reverse(spans);
    return List.copyOf(spans);
  }

  private static @Nullable WindowSize next(int index, Map<WindowSize, Long> first) {
    for (int i = index; i < SIZES.size(); i++) {
      if (first.containsKey(SIZES.get(i))) {
        return SIZES.get(i);
      }
    }
    return null;
  }
}
