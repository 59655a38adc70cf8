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
 * Of one input the {@value #OUTPUT_LIMIT} most frequent outputs are kept apart. Not thread-safe.
 */
public final class ConsistencySketch {

  /** Inputs in the sample. */
  public static final int INPUT_LIMIT = 256;

  /** Outputs of one input that are kept apart. */
  public static final int OUTPUT_LIMIT = 16;

  private static final int OTHER_OUTPUT = 0;
  private static final int ENTRY_LIMIT = INPUT_LIMIT * (OUTPUT_LIMIT + 1);
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
  }

  /**
   * Joins entries [start, end) of one input that have the same output, moves them to {@code to},
   * and returns where they end.
   */
  private int joinOutputs(int start, int end, int to) {
    int first = to;
    int last = -1;
    for (int i = start; i < end; i++) {
      if (last >= 0 && outputs[last] == outputs[i]) {
        counts[last] += counts[i];
      } else {
        last = to++;
        inputs[last] = inputs[i];
        outputs[last] = outputs[i];
        counts[last] = counts[i];
      }
    }
    return to - first > OUTPUT_LIMIT ? dropRareOutputs(first, to) : to;
  }

  private int dropRareOutputs(int first, int end) {
    int[] descending = Arrays.copyOfRange(counts, first, end);
    Arrays.sort(descending);
    int least = descending[descending.length - (OUTPUT_LIMIT - 1)];
    int above = 0;
    for (int count : descending) {
      above += count > least ? 1 : 0;
    }
    int equalsKept = OUTPUT_LIMIT - 1 - above;
    int other = 0;
    int to = first;
    long input = inputs[first];
    int[] keptOutputs = new int[OUTPUT_LIMIT];
    int[] keptCounts = new int[OUTPUT_LIMIT];
    for (int i = first; i < end; i++) {
      boolean keep =
          outputs[i] != OTHER_OUTPUT
              && (counts[i] > least || (counts[i] == least && equalsKept-- > 0));
      if (keep && to - first < OUTPUT_LIMIT - 1) {
        keptOutputs[to - first] = outputs[i];
        keptCounts[to - first] = counts[i];
        to++;
      } else {
        other += counts[i];
      }
    }
    int kept = to - first;
    // Entries are ascending by output and OTHER_OUTPUT is 0: it goes before the first positive one.
    int position = 0;
    while (position < kept && keptOutputs[position] < OTHER_OUTPUT) {
      position++;
    }
    for (int i = 0; i < kept; i++) {
      int index = first + (i < position ? i : i + 1);
      inputs[index] = input;
      outputs[index] = keptOutputs[i];
      counts[index] = keptCounts[i];
    }
    inputs[first + position] = input;
    outputs[first + position] = OTHER_OUTPUT;
    counts[first + position] = other;
    return first + kept + 1;
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

  /** Brings the sketch into its smallest form. */
  public void close() {
    normalize();
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
    int n = VarInt.readSize(in, ENTRY_LIMIT);
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
