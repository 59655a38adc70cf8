package io.promptmonitor.common.sketch;

import io.promptmonitor.common.encoding.VarInt;
import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.IntBuffer;
import java.util.Arrays;
import org.apache.datasketches.hll.HllSketch;
import org.apache.datasketches.hll.TgtHllType;
import org.apache.datasketches.hll.Union;
import org.jspecify.annotations.Nullable;

/**
 * Number of distinct 64-bit hashes in bounded space; adding and merging commute.
 *
 * <p>Up to {@value #EXACT_LIMIT} distinct hashes are kept and the count is exact; more become a
 * HyperLogLog with 2^{@value #LG_K} registers (Flajolet et al. 2007; relative standard error about
 * 1.6 %). Not thread-safe.
 */
public final class DistinctSketch {

  /** Up to so many distinct hashes the count is exact. */
  public static final int EXACT_LIMIT = 64;

  private static final int LG_K = 12;
  private static final int MAX_BYTES = 1 << 16;
  private static final byte FORM_HASHES = 0;
  private static final byte FORM_HLL = 1;
  private static final long[] NONE = {};

  // Layout of a serialized HllSketch (DataSketches' HLL preamble, the same in all its languages).
  private static final int HLL_PREAMBLE_AT = 0;
  private static final int HLL_FLAGS_AT = 5;
  private static final int HLL_OUT_OF_ORDER = 1 << 4;
  private static final int HLL_LEAST_AT = 6;
  private static final int HLL_MODE_AT = 7;
  private static final int HLL_MODE_MASK = 3;
  private static final int HLL_MODE_REGISTERS = 2;
  private static final int HLL_HIP_AT = 8;
  private static final int HLL_LEAST_COUNT_AT = 32;

  private long[] hashes = NONE;
  private int size;
  private @Nullable Union union;

  /** Adds one hash. */
  public void add(long hash) {
    if (union != null) {
      union.update(hash);
      return;
    }
    for (int i = 0; i < size; i++) {
      if (hashes[i] == hash) {
        return;
      }
    }
    if (size == EXACT_LIMIT) {
      toUnion().update(hash);
      return;
    }
    if (size == hashes.length) {
      hashes = Arrays.copyOf(hashes, Math.min(EXACT_LIMIT, Math.max(2, 2 * size)));
    }
    hashes[size++] = hash;
  }

  private Union toUnion() {
    Union created = union;
    if (created == null) {
      created = new Union(LG_K);
      for (int i = 0; i < size; i++) {
        created.update(hashes[i]);
      }
      union = created;
      hashes = NONE;
      size = 0;
    }
    return created;
  }

  /** Adds what {@code other} holds; {@code other} keeps its content. */
  public void merge(DistinctSketch other) {
    Union theirs = other.union;
    if (theirs == null) {
      for (int i = 0; i < other.size; i++) {
        add(other.hashes[i]);
      }
    } else {
      toUnion().update(theirs.getResult(TgtHllType.HLL_8));
    }
  }

  /** Whether nothing was added. */
  public boolean isEmpty() {
    return size == 0 && union == null;
  }

  /** The number of distinct hashes: exact up to {@link #EXACT_LIMIT}, else estimated. */
  public long estimate() {
    // The composite estimate looks at the registers only, not at the order in which they were
    // filled.
    return union == null
        ? size
        : Math.max(EXACT_LIMIT + 1, Math.round(union.getCompositeEstimate()));
  }

  /** An independent copy. */
  public DistinctSketch copy() {
    DistinctSketch copy = new DistinctSketch();
    copy.merge(this);
    return copy;
  }

  /**
   * Writes the sketch: a byte for the form, then the number of hashes and the hashes in ascending
   * order, or the length and the bytes of a compact DataSketches HLL_8 sketch. The bytes are a
   * function of the hashes alone.
   */
  public void write(DataOutput out) throws IOException {
    if (union == null) {
      out.writeByte(FORM_HASHES);
      VarInt.write(out, size);
      Arrays.sort(hashes, 0, size);
      for (int i = 0; i < size; i++) {
        out.writeLong(hashes[i]);
      }
    } else {
      byte[] bytes = canonical(union.getResult(TgtHllType.HLL_8).toCompactByteArray());
      out.writeByte(FORM_HLL);
      VarInt.write(out, bytes.length);
      out.write(bytes);
    }
  }

  /**
   * Takes out of a serialized sketch what depends on the order of its updates: how its hashes are
   * arranged while it lists them, later the accumulator of the HIP estimate and whether the least
   * register is known. Without the accumulator readers use the composite estimate, as {@link
   * #estimate} does.
   */
  private static byte[] canonical(byte[] sketch) {
    ByteBuffer bytes = ByteBuffer.wrap(sketch).order(ByteOrder.LITTLE_ENDIAN);
    int mode = sketch[HLL_MODE_AT] & HLL_MODE_MASK;
    if (mode == HLL_MODE_REGISTERS) {
      sketch[HLL_FLAGS_AT] |= HLL_OUT_OF_ORDER;
      bytes.putDouble(HLL_HIP_AT, 0);
      if (sketch[HLL_LEAST_AT] > 0) {
        // Only merging looks for the least register; updates leave it at 0.
        sketch[HLL_LEAST_AT] = 0;
        bytes.putInt(HLL_LEAST_COUNT_AT, 0);
      }
    } else {
      bytes.position(sketch[HLL_PREAMBLE_AT] * Integer.BYTES);
      IntBuffer list = bytes.slice().order(ByteOrder.LITTLE_ENDIAN).asIntBuffer();
      int[] sorted = new int[list.remaining()];
      list.get(sorted);
      Arrays.sort(sorted);
      list.put(0, sorted);
    }
    return sketch;
  }

  /** Reads what {@link #write} wrote. */
  public static DistinctSketch read(DataInput in) throws IOException {
    DistinctSketch sketch = new DistinctSketch();
    byte form = in.readByte();
    if (form == FORM_HASHES) {
      int n = VarInt.readSize(in, EXACT_LIMIT);
      sketch.hashes = n == 0 ? NONE : new long[n];
      sketch.size = n;
      for (int i = 0; i < n; i++) {
        sketch.hashes[i] = in.readLong();
      }
    } else if (form == FORM_HLL) {
      byte[] bytes = new byte[VarInt.readSize(in, MAX_BYTES)];
      in.readFully(bytes);
      Union union = new Union(LG_K);
      union.update(HllSketch.heapify(bytes));
      sketch.union = union;
    } else {
      throw new IOException("unknown form of a distinct sketch: " + form);
    }
    return sketch;
  }
}
