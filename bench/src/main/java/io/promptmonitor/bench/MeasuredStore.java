package io.promptmonitor.bench;

import io.promptmonitor.common.windows.RollUp;
import io.promptmonitor.common.windows.RollUpStore;
import java.util.HashMap;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** Keeps a roll-up's state in memory, and says how much it is. */
public final class MeasuredStore implements RollUpStore {

  private final Map<Long, byte[]> windows = new HashMap<>();
  private final Map<Long, byte[]> hours = new HashMap<>();

  /** Entries of one kind. */
  record Kind(int entries, long bytes) {

    Kind and(byte[] value) {
      return new Kind(entries + 1, bytes + value.length);
    }
  }

  /** What is kept, by kind: the sizes of windows, and sums of hours for late feedback. */
  Map<String, Kind> kinds() {
    Map<String, Kind> kinds = new TreeMap<>();
    Kind none = new Kind(0, 0);
    windows.forEach(
        (key, value) ->
            kinds.merge(RollUp.kindOf(key), none.and(value), (sum, unused) -> sum.and(value)));
    hours
        .values()
        .forEach(value -> kinds.merge("hours", none.and(value), (sum, unused) -> sum.and(value)));
    return kinds;
  }

  @Override
  public void forEachWindow(EntrySink sink) {
    windows.forEach(sink::accept);
  }

  @Override
  public void putWindow(long key, byte[] value) {
    windows.put(key, value);
  }

  @Override
  public void removeWindow(long key) {
    windows.remove(key);
  }

  @Override
  public byte @Nullable [] getHour(long hour) {
    return hours.get(hour);
  }

  @Override
  public void putHour(long hour, byte[] value) {
    hours.put(hour, value);
  }

  @Override
  public void removeHour(long hour) {
    hours.remove(hour);
  }
}
