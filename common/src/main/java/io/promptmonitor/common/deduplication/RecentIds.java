package io.promptmonitor.common.deduplication;

import io.promptmonitor.common.encoding.VarInt;
import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;
import java.util.Arrays;

/**
 * The ids seen last, as 64-bit hashes: says whether an id is among them. Holds a bounded number of
 * ids; a new one then displaces the oldest. Two ids are confused with a probability of about {@code
 * capacity / 2^64}.
 *
 * <p>Takes 8 bytes an id for the order and 16 to 32 for the look-up; grows with use. Not
 * thread-safe.
 */
public final class RecentIds {

  private static final int INITIAL = 256;
  private static final byte FORMAT = 1;

  private final int capacity;

  // Ids in the order of arrival: a ring that begins at oldest.
  private long[] ring;
  private int oldest;
  private int size;

  // Open addressing with linear probing; 0 marks a free slot, so the id 0 is kept apart.
  private long[] table;
  private boolean hasZero;
  private long added;

  /**
   * An empty memory.
   *
   * @param capacity number of ids remembered, 1 to 2^26
   */
  public RecentIds(int capacity) {
    if (capacity < 1 || capacity > 1 << 26) {
      throw new IllegalArgumentException(
          "capacity must lie between 1 and " + (1 << 26) + ": " + capacity);
    }
    this.capacity = capacity;
    this.ring = new long[Math.min(capacity, INITIAL)];
    this.table = new long[tableSize(ring.length)];
  }

  private static int tableSize(int ids) {
    return Math.max(4, Integer.highestOneBit(ids) * 4);
  }

  /** Remembers {@code id}; returns false if it was remembered already. */
  public boolean add(long id) {
    if (!insert(id)) {
      return false;
    }
    if (size == ring.length && size < capacity) {
      grow();
    }
    if (size == capacity) {
      remove(ring[oldest]);
      ring[oldest] = id;
      oldest = oldest + 1 == capacity ? 0 : oldest + 1;
    } else {
      ring[size++] = id;
    }
    added++;
    return true;
  }

  /** Number of ids remembered now. */
  public int size() {
    return size;
  }

  /**
   * Number of different ids remembered so far, the forgotten ones included: tells which of two
   * copies is newer.
   */
  public long added() {
    return added;
  }

  private boolean insert(long id) {
    if (id == 0) {
      boolean isNew = !hasZero;
      hasZero = true;
      return isNew;
    }
    int slot = slot(id);
    while (table[slot] != 0) {
      if (table[slot] == id) {
        return false;
      }
      slot = slot + 1 & table.length - 1;
    }
    table[slot] = id;
    return true;
  }

  private int slot(long id) {
    return (int) ((id * 0x9E3779B97F4A7C15L) >>> 32) & table.length - 1;
  }

  private void remove(long id) {
    if (id == 0) {
      hasZero = false;
      return;
    }
    int mask = table.length - 1;
    int free = slot(id);
    while (table[free] != id) {
      free = free + 1 & mask;
    }
    // Moves what follows back to where a search would stop now (Knuth, TAOCP volume 3, 6.4,
    // algorithm R).
    int probe = free;
    while (true) {
      probe = probe + 1 & mask;
      long other = table[probe];
      if (other == 0) {
        break;
      }
      int home = slot(other);
      boolean staysReachable =
          free <= probe ? free < home && home <= probe : free < home || home <= probe;
      if (!staysReachable) {
        table[free] = other;
        free = probe;
      }
    }
    table[free] = 0;
  }

  private void grow() {
    ring = Arrays.copyOf(ring, (int) Math.min(capacity, 2L * ring.length));
    if (tableSize(ring.length) > table.length) {
      long[] previous = table;
      table = new long[tableSize(ring.length)];
      for (long id : previous) {
        if (id != 0) {
          insert(id);
        }
      }
    }
  }

  /** Writes the ids, oldest first. */
  public void write(DataOutput out) throws IOException {
    out.writeByte(FORMAT);
    VarInt.write(out, added);
    VarInt.write(out, size);
    for (int i = 0; i < size; i++) {
      out.writeLong(ring[(oldest + i) % ring.length]);
    }
  }

  /** Reads what {@link #write} wrote; if there is not room for all, the newest are kept. */
  public static RecentIds read(DataInput in, int capacity) throws IOException {
    byte format = in.readByte();
    if (format != FORMAT) {
      throw new IOException("unknown format of recent ids: " + format);
    }
    long added = VarInt.read(in);
    int n = VarInt.readSize(in, 1 << 26);
    RecentIds ids = new RecentIds(capacity);
    for (int i = 0; i < n; i++) {
      ids.add(in.readLong());
    }
    ids.added = added;
    return ids;
  }
}
