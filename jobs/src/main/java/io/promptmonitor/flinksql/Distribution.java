package io.promptmonitor.flinksql;

import io.promptmonitor.common.sketch.QuantileSketch;
import io.promptmonitor.common.sketch.QuantileUnion;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What an aggregate over digests or single values has seen, as a structured type of Flink SQL: its
 * state is numbers and bytes. The order of additions and merges does not matter to what it tells.
 *
 * <p>Digests are kept as they are, because merging them would depend on the order. Values are
 * collected in small lots, since a sketch would otherwise be read and written for each of them.
 */
public final class Distribution {

  private static final int VALUES_AT_ONCE = 1024;
  private static final byte[] NONE = {};

  /** What is asked for, once a row has said it. */
  public @Nullable Double asked;

  /** The digests, each behind its length. */
  public byte[] digests = NONE;

  /** How much of {@link #digests} is in use. */
  public int digestBytes;

  /** Values that are not in the sketch yet, 4 bytes each. */
  public byte[] values = NONE;

  /** How much of {@link #values} is in use. */
  public int valueBytes;

  /** An open sketch of the other values, if there are any. */
  public byte @Nullable [] sketch;

  /** For Flink: nothing was seen. */
  public Distribution() {}

  /**
   * Notes what is asked for.
   *
   * @throws IllegalArgumentException if another row asked for something else
   */
  void ask(double wanted) {
    Double before = asked;
    if (before != null && Double.compare(before, wanted) != 0) {
      throw new IllegalArgumentException(
          "it is asked for %s and for %s: group by it".formatted(before, wanted));
    }
    asked = wanted;
  }

  void addDigest(byte[] digest) {
    int size = digestBytes + Integer.BYTES + digest.length;
    digests = withRoom(digests, size);
    ByteBuffer.wrap(digests, digestBytes, size - digestBytes).putInt(digest.length).put(digest);
    digestBytes = size;
  }

  void addValue(int value) {
    if (value < 0) {
      throw new IllegalArgumentException("expected a number of 0 or more, found " + value);
    }
    values = withRoom(values, valueBytes + Integer.BYTES);
    ByteBuffer.wrap(values).putInt(valueBytes, value);
    valueBytes += Integer.BYTES;
    if (valueBytes == VALUES_AT_ONCE * Integer.BYTES) {
      sketch = StoredSketches.bytes(sketchOfValues());
      valueBytes = 0;
    }
  }

  /** Adds what {@code other} has seen; {@code other} keeps its content. */
  void merge(Distribution other) {
    Double wanted = other.asked;
    if (wanted != null) {
      ask(wanted);
    }
    int size = digestBytes + other.digestBytes;
    digests = withRoom(digests, size);
    System.arraycopy(other.digests, 0, digests, digestBytes, other.digestBytes);
    digestBytes = size;
    if (other.sketch != null) {
      QuantileSketch all = sketchOfValues();
      all.merge(other.sketchOfValues());
      sketch = StoredSketches.bytes(all);
      valueBytes = 0;
    } else {
      ByteBuffer theirs = ByteBuffer.wrap(other.values, 0, other.valueBytes);
      while (theirs.hasRemaining()) {
        addValue(theirs.getInt());
      }
    }
  }

  /** Everything together. */
  QuantileUnion union() {
    List<byte[]> all = new ArrayList<>();
    ByteBuffer in = ByteBuffer.wrap(digests, 0, digestBytes);
    while (in.hasRemaining()) {
      byte[] digest = new byte[in.getInt()];
      in.get(digest);
      all.add(digest);
    }
    // In an order of their own, which matters where means are equal; the same as in PostgreSQL.
    all.sort(Arrays::compareUnsigned);
    QuantileUnion union = new QuantileUnion();
    all.forEach(digest -> union.add(StoredSketches.digest(digest)));
    union.add(sketchOfValues());
    return union;
  }

  /** An open sketch of the single values. */
  QuantileSketch sketchOfValues() {
    QuantileSketch all = sketch == null ? new QuantileSketch() : StoredSketches.digest(sketch);
    ByteBuffer in = ByteBuffer.wrap(values, 0, valueBytes);
    while (in.hasRemaining()) {
      all.add(in.getInt());
    }
    return all;
  }

  private static byte[] withRoom(byte[] bytes, int size) {
    return size <= bytes.length ? bytes : Arrays.copyOf(bytes, Math.max(size, 2 * bytes.length));
  }
}
