package io.promptmonitor.common.replay;

import io.promptmonitor.common.windows.RollUpStore;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What roll-ups do not keep themselves, as long as the replay lasts. */
final class HeapStore implements RollUpStore {

  private final Map<Long, byte[]> hours = new HashMap<>();

  @Override
  public void forEachWindow(EntrySink sink) {
    // A replay begins with nothing.
  }

  @Override
  public void putWindow(long key, byte[] value) {
    throw new IllegalStateException("a replay has no checkpoints");
  }

  @Override
  public void removeWindow(long key) {
    throw new IllegalStateException("a replay has no checkpoints");
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
