package io.promptmonitor.common.sketch;

import io.promptmonitor.common.encoding.VarInt;
import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;

/**
 * How often each name occurred. {@link #close()} keeps the {@value #LIMIT} most frequent names and
 * counts the others together as {@value #OTHER}; an open one keeps {@value #OPEN_LIMIT} names, up
 * to which adding and merging commute. Not thread-safe.
 */
public final class CategoryCounts {

  /** Names kept apart in the final form. */
  public static final int LIMIT = 64;

  /** Names kept apart until {@link #close()}; those that come later count as {@value #OTHER}. */
  public static final int OPEN_LIMIT = 256;

  /** The name under which all further names are counted. */
  public static final String OTHER = "(other)";

  private static final String[] NO_NAMES = {};
  private static final long[] NO_COUNTS = {};

  private String[] names = NO_NAMES;
  private long[] counts = NO_COUNTS;
  private int size;

  /** Counts {@code name} once. */
  public void add(String name) {
    add(name, 1);
  }

  /** Counts {@code name} {@code times} times. */
  public void add(String name, long times) {
    int index = indexOf(name);
    if (index < 0) {
      boolean full = size >= OPEN_LIMIT && !name.equals(OTHER);
      index = full ? indexOf(OTHER) : -1;
      if (index < 0) {
        index = append(full ? OTHER : name);
      }
    }
    counts[index] += times;
  }

  private int indexOf(String name) {
    // Names are interned where records are parsed: comparing references first finds nearly all.
    for (int i = 0; i < size; i++) {
      if (isSame(names[i], name)) {
        return i;
      }
    }
    for (int i = 0; i < size; i++) {
      if (names[i].equals(name)) {
        return i;
      }
    }
    return -1;
  }

  @SuppressWarnings("ReferenceEquality") // a fast path: the caller compares by equals next
  private static boolean isSame(String a, String b) {
    return a == b;
  }

  private int append(String name) {
    if (size == names.length) {
      int capacity = Math.max(2, 2 * size);
      names = Arrays.copyOf(names, capacity);
      counts = Arrays.copyOf(counts, capacity);
    }
    names[size] = name;
    return size++;
  }

  /** Adds what {@code other} holds; {@code other} keeps its content. */
  public void merge(CategoryCounts other) {
    for (int i = 0; i < other.size; i++) {
      add(other.names[i], other.counts[i]);
    }
  }

  /** Whether nothing was counted. */
  public boolean isEmpty() {
    return size == 0;
  }

  /** An independent copy. */
  public CategoryCounts copy() {
    CategoryCounts copy = new CategoryCounts();
    copy.merge(this);
    return copy;
  }

  /**
   * The {@code n} most frequent names with their counts, most frequent first, equal counts by name.
   */
  public Map<String, Long> top(int n) {
    Map<String, Long> top = new LinkedHashMap<>();
    byFrequency().stream().limit(n).forEach(i -> top.put(names[i], counts[i]));
    return top;
  }

  private List<Integer> byFrequency() {
    return IntStream.range(0, size)
        .boxed()
        .sorted(Comparator.comparingLong((Integer i) -> -counts[i]).thenComparing(i -> names[i]))
        .toList();
  }

  /**
   * Brings the counts into their final, bounded form: of equally frequent names the alphabetically
   * first are kept.
   */
  public void close() {
    if (size > LIMIT && !(size == LIMIT + 1 && indexOf(OTHER) >= 0)) {
      List<Integer> kept = new ArrayList<>(LIMIT);
      long others = 0;
      for (int i : byFrequency()) {
        if (kept.size() < LIMIT && !names[i].equals(OTHER)) {
          kept.add(i);
        } else {
          others += counts[i];
        }
      }
      String[] newNames = new String[LIMIT + 1];
      long[] newCounts = new long[LIMIT + 1];
      for (int i = 0; i < LIMIT; i++) {
        newNames[i] = names[kept.get(i)];
        newCounts[i] = counts[kept.get(i)];
      }
      newNames[LIMIT] = OTHER;
      newCounts[LIMIT] = others;
      names = newNames;
      counts = newCounts;
      size = LIMIT + 1;
    }
    sortByName();
  }

  private void sortByName() {
    // Insertion sort: few names, mostly in order.
    for (int i = 1; i < size; i++) {
      String name = names[i];
      long count = counts[i];
      int j = i;
      for (; j > 0 && names[j - 1].compareTo(name) > 0; j--) {
        names[j] = names[j - 1];
        counts[j] = counts[j - 1];
      }
      names[j] = name;
      counts[j] = count;
    }
  }

  /** All names with their counts, most frequent first. */
  public Map<String, Long> all() {
    return top(size);
  }

  /** Writes the number of names, then each name in alphabetical order and its count. */
  public void write(DataOutput out) throws IOException {
    sortByName();
    VarInt.write(out, size);
    for (int i = 0; i < size; i++) {
      out.writeUTF(names[i]);
      VarInt.write(out, counts[i]);
    }
  }

  /** Reads what {@link #write} wrote. */
  public static CategoryCounts read(DataInput in) throws IOException {
    CategoryCounts result = new CategoryCounts();
    int n = VarInt.readSize(in, OPEN_LIMIT + 1);
    result.names = n == 0 ? NO_NAMES : new String[n];
    result.counts = n == 0 ? NO_COUNTS : new long[n];
    result.size = n;
    for (int i = 0; i < n; i++) {
      result.names[i] = in.readUTF();
      result.counts[i] = VarInt.read(in);
    }
    return result;
  }
}
