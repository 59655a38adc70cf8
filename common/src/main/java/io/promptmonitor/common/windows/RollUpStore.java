package io.promptmonitor.common.windows;

import org.jspecify.annotations.Nullable;

/**
 * Where the state of one prompt version's {@link RollUp} is kept between uses: bytes by key. Keys
 * and bytes are the roll-up's own. Values must not be changed after they were handed over, in
 * either direction.
 */
public interface RollUpStore {

  /** Takes one entry. */
  interface EntrySink {
    /** Takes one entry. */
    void accept(long key, byte[] value);
  }

  /** Hands over all windows, in any order. */
  void forEachWindow(EntrySink sink);

  /** Stores a window. */
  void putWindow(long key, byte[] value);

  /** Removes a window; it may be absent. */
  void removeWindow(long key);

  /** What {@link #putHour} stored, or null. */
  byte @Nullable [] getHour(long hour);

  /** Stores what is left of the windows of an hour. */
  void putHour(long hour, byte[] value);

  /** Removes an hour; it may be absent. */
  void removeHour(long hour);
}
