package io.promptmonitor.common.sketch;

import io.promptmonitor.common.encoding.VarInt;
import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;
import java.util.Arrays;

/**
 * How alike the outputs for the same input are: a sample of inputs with the outputs seen for each,
 * in bounded space.
 *
 * <p>The sample holds the {@value #INPUT_LIMIT} inputs with the smallest hashes (a bottom-k sample;
 * Cohen and Kaplan, "Summarizing data using bottom-k sketches", 2007), so that different sketches
 * sample the same inputs and merging commutes. Up to that many distinct inputs the rate is exact.
 * {@link #close()} keeps apart the {@code OUTPUT_LIMIT - 1} most frequent outputs of an input that
 * has more than {@value #OUTPUT_LIMIT}. An open sketch keeps all outputs, and is thus independent
 * of the order of its input, up to 16,384 pairs of an input in the sample and an output; then it
 * too drops rare ones. Not thread-safe.
 */
public final class ConsistencySketch {

  /** Inputs in the sample. */
  public static final int INPUT_LIMIT = 256;

  /** Entries of one input in a closed sketch; the last one counts all rare outputs together. */
  public static final int OUTPUT_LIMIT = 16;

  private static final int OTHER_OUTPUT = 0;
  private static final int OPEN_ENTRY_LIMIT = 16_384;
  private static final int BUFFER_STEP = 512;
  private static final long[] NO_INPUTS = {};
  private static final int[] NO_OUTPUTS = {};

  // Entry i: input inputs[i] gave output outputs[i] counts[i] times. [0, sorted) is ascending by
  // (input, output) without repetition.
  private long[] inputs = NO_INPUTS;
  private int[] outputs = NO_OUTPUTS;
  private int[] counts = NO_OUTPUTS;
  private int size;
  private int sorted;

  // Inputs above are not in the sample.
  private long threshold = Long.MAX_VALUE;

  /** Counts one execution with the given hashes of its input and output. */
  public void add(long inputHash, long outputHash) {
    int folded = (int) (outputHash ^ outputHash >>> 32);
    append(inputHash, folded == OTHER_OUTPUT ? 1 : folded, 1);
  }

  private void append(long input, int output, int count) {
    if (input > threshold) {
      return;
    }
    if (size == inputs.length) {
      if (size - sorted >= BUFFER_STEP) {
        normalize();
        if (input > threshold) {
          return;
        }
      }
      if (size == inputs.length) {
        int capacity = size == 0 ? 4 : Math.min(2 * size, size + BUFFER_STEP);
        inputs = Arrays.copyOf(inputs, capacity);
        outputs = Arrays.copyOf(outputs, capacity);
        counts = Arrays.copyOf(counts, capacity);
      }
    }
    inputs[size] = input;
    outputs[size] = output;
    counts[size++] = count;
  }

  /** Adds what {@code other} holds; {@code other} keeps its content. */
  public void merge(ConsistencySketch other) {
    threshold = Math.min(threshold, other.threshold);
    for (int i = 0; i < other.size; i++) {
      append(other.inputs[i], other.outputs[i], other.counts[i]);
    }
  }

  private void normalize() {
    if (sorted == size) {
      return;
    }
    sortEntries();
    int kept = 0;
    int distinct = 0;
    int i = 0;
    while (i < size) {
      long input = inputs[i];
      int end = i;
      while (end < size && inputs[end] == input) {
        end++;
      }
      if (input > threshold) {
        break;
      }
      if (distinct == INPUT_LIMIT) {
        // The inputs are ascending: what follows is outside the sample from now on.
        threshold = inputs[kept - 1];
        break;
      }
      kept = joinOutputs(i, end, kept);
      distinct++;
      i = end;
    }
    size = kept;
    sorted = kept;
    if (size > OPEN_ENTRY_LIMIT) {
      dropRareOutputs();
    }
  }

  /**
   * Joins entries [start, end) of one input that have the same output, moves them to {@code to},
   * and returns where they end.
   */
  private int joinOutputs(int start, int end, int to) {
    int last = -1;
    for (int i = start; i < end; i++) {
      if (last >= 0 && outputs[last] == outputs[i]) {
        counts[last] = sum(counts[last], counts[i]);
      } else {
        last = to++;
        move(i, last);
      }
    }
    return to;
  }

  /**
   * Keeps of each input with more than {@link #OUTPUT_LIMIT} outputs the most frequent ones, of
   * equally frequent ones the smaller hashes, and counts the rest together.
   */
  private void dropRareOutputs() {
    int to = 0;
    int start = 0;
    while (start < size) {
      long input = inputs[start];
      int end = start;
      while (end < size && inputs[end] == input) {
        end++;
      }
      to = end - start > OUTPUT_LIMIT ? keepFrequent(start, end, to) : moveAll(start, end, to);
      start = end;
    }
    size = to;
    sorted = to;
  }

  private int moveAll(int start, int end, int to) {
    for (int i = start; i < end; i++) {
      move(i, to + i - start);
    }
    return to + end - start;
  }

  private int keepFrequent(int start, int end, int to) {
    long[] byFrequency = new long[end - start];
    for (int i = start; i < end; i++) {
      // Ascending: first what counts the rest already, then by falling count, equal ones by hash.
      long rank = outputs[i] == OTHER_OUTPUT ? Integer.MIN_VALUE : -counts[i];
      byFrequency[i - start] = rank << 32 | i - start;
    }
    Arrays.sort(byFrequency);
    boolean hasOther = outputs[start + (int) byFrequency[0]] == OTHER_OUTPUT;
    int first = hasOther ? 1 : 0;
    boolean[] kept = new boolean[end - start];
    for (int rank = first; rank < first + OUTPUT_LIMIT - 1; rank++) {
      kept[(int) byFrequency[rank]] = true;
    }
    long input = inputs[start];
    int[] keptOutputs = new int[OUTPUT_LIMIT - 1];
    int[] keptCounts = new int[OUTPUT_LIMIT - 1];
    int n = 0;
    int other = 0;
    for (int i = start; i < end; i++) {
      if (kept[i - start]) {
        keptOutputs[n] = outputs[i];
        keptCounts[n++] = counts[i];
      } else {
        other = sum(other, counts[i]);
      }
    }
    // Entries are ascending by output: the rest goes before the first positive one.
    boolean placed = false;
    for (int i = 0; i < n; i++) {
      if (!placed && keptOutputs[i] > OTHER_OUTPUT) {
        set(to++, input, OTHER_OUTPUT, other);
        placed = true;
      }
      set(to++, input, keptOutputs[i], keptCounts[i]);
    }
    if (!placed) {
      set(to++, input, OTHER_OUTPUT, other);
    }
    return to;
  }

  private static int sum(int a, int b) {
    return (int) Math.min(Integer.MAX_VALUE, (long) a + b);
  }

  private void set(int index, long input, int output, int count) {
    inputs[index] = input;
    outputs[index] = output;
    counts[index] = count;
  }

  private void sortEntries() {
    // Few entries are new: sort those, then merge them into the sorted ones from the back.
    for (int i = sorted + 1; i < size && size - sorted <= 32; i++) {
      insert(i);
    }
    if (size - sorted > 32) {
      heapSort(sorted, size);
    }
    if (sorted == 0 || sorted == size) {
      return;
    }
    int added = size - sorted;
    long[] newInputs = Arrays.copyOfRange(inputs, sorted, size);
    int[] newOutputs = Arrays.copyOfRange(outputs, sorted, size);
    int[] newCounts = Arrays.copyOfRange(counts, sorted, size);
    int left = sorted - 1;
    int right = added - 1;
    for (int to = size - 1; right >= 0; to--) {
      if (left >= 0
          && compare(inputs[left], outputs[left], newInputs[right], newOutputs[right]) > 0) {
        move(left--, to);
      } else {
        inputs[to] = newInputs[right];
        outputs[to] = newOutputs[right];
        counts[to] = newCounts[right--];
      }
    }
  }

  private void insert(int index) {
    long input = inputs[index];
    int output = outputs[index];
    int count = counts[index];
    int i = index - 1;
    while (i >= sorted && compare(inputs[i], outputs[i], input, output) > 0) {
      move(i, i + 1);
      i--;
    }
    inputs[i + 1] = input;
    outputs[i + 1] = output;
    counts[i + 1] = count;
  }

  private void move(int from, int to) {
    inputs[to] = inputs[from];
    outputs[to] = outputs[from];
    counts[to] = counts[from];
  }

  private void heapSort(int start, int end) {
    int n = end - start;
    for (int i = n / 2 - 1; i >= 0; i--) {
      siftDown(start, i, n);
    }
    for (int last = n - 1; last > 0; last--) {
      swap(start, start + last);
      siftDown(start, 0, last);
    }
  }

  private void siftDown(int start, int root, int n) {
    int parent = root;
    while (2 * parent + 1 < n) {
      int child = 2 * parent + 1;
      if (child + 1 < n && compareAt(start + child, start + child + 1) < 0) {
        child++;
      }
      if (compareAt(start + parent, start + child) >= 0) {
        return;
      }
      swap(start + parent, start + child);
      parent = child;
    }
  }

  private void swap(int a, int b) {
    long input = inputs[a];
    int output = outputs[a];
    int count = counts[a];
    move(b, a);
    inputs[b] = input;
    outputs[b] = output;
    counts[b] = count;
  }

  private int compareAt(int a, int b) {
    return compare(inputs[a], outputs[a], inputs[b], outputs[b]);
  }

  private static int compare(long inputA, int outputA, long inputB, int outputB) {
    int byInput = Long.compare(inputA, inputB);
    return byInput != 0 ? byInput : Integer.compare(outputA, outputB);
  }

  /**
   * Of the executions whose input was seen more than once, the share whose output is the most
   * frequent one for that input, between 0 and 1.
   *
   * @return NaN if no input was seen more than once
   */
  public double rate() {
    normalize();
    long repeated = 0;
    long alike = 0;
    int i = 0;
    while (i < size) {
      long input = inputs[i];
      long total = 0;
      int most = 0;
      for (; i < size && inputs[i] == input; i++) {
        total += counts[i];
        most = outputs[i] == OTHER_OUTPUT ? most : Math.max(most, counts[i]);
      }
      if (total > 1) {
        repeated += total;
        alike += most;
      }
    }
    return repeated == 0 ? Double.NaN : (double) alike / repeated;
  }

  /** Whether nothing was added. */
  public boolean isEmpty() {
    return size == 0;
  }

  /** An independent copy. */
  public ConsistencySketch copy() {
    ConsistencySketch copy = new ConsistencySketch();
    copy.inputs = Arrays.copyOf(inputs, size);
    copy.outputs = Arrays.copyOf(outputs, size);
    copy.counts = Arrays.copyOf(counts, size);
    copy.size = size;
    copy.sorted = sorted;
    copy.threshold = threshold;
    return copy;
  }

  /** Brings the sketch into its final, bounded form. */
  public void close() {
    normalize();
    dropRareOutputs();
    if (inputs.length > size) {
      inputs = Arrays.copyOf(inputs, size);
      outputs = Arrays.copyOf(outputs, size);
      counts = Arrays.copyOf(counts, size);
    }
  }

  /**
   * Writes the threshold, the number of entries, then each entry: input (8 bytes), output (4
   * bytes), count.
   */
  public void write(DataOutput out) throws IOException {
    normalize();
    out.writeLong(threshold);
    VarInt.write(out, size);
    for (int i = 0; i < size; i++) {
      out.writeLong(inputs[i]);
      out.writeInt(outputs[i]);
      VarInt.write(out, counts[i]);
    }
  }

  /** Reads what {@link #write} wrote. */
  public static ConsistencySketch read(DataInput in) throws IOException {
    ConsistencySketch sketch = new ConsistencySketch();
    sketch.threshold = in.readLong();
    int n = VarInt.readSize(in, OPEN_ENTRY_LIMIT);
    if (n > 0) {
      sketch.inputs = new long[n];
      sketch.outputs = new int[n];
      sketch.counts = new int[n];
    }
    for (int i = 0; i < n; i++) {
      sketch.inputs[i] = in.readLong();
      sketch.outputs[i] = in.readInt();
      sketch.counts[i] = (int) VarInt.read(in);
    }
    sketch.size = n;
    sketch.sorted = n;
    return sketch;
  }
}
