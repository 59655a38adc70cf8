package io.promptmonitor.common.sketch;

import com.tdunning.math.stats.Centroid;
import com.tdunning.math.stats.MergingDigest;
import com.tdunning.math.stats.ScaleFunction;
import io.promptmonitor.common.encoding.VarInt;
import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Percentiles of non-negative whole numbers (milliseconds, tokens) in bounded space; merges with
 * others of its kind.
 *
 * <p>An <em>open</em> sketch holds counted values: adding and merging commute, so it does not
 * matter in which order, or through how many partial sketches, the values arrive. {@link #close()}
 * turns it into its final form: up to {@value #EXACT_LIMIT} values stay as they are and their
 * percentiles are exact; more become a t-digest (Dunning and Ertl, "Computing extremely accurate
 * quantiles using t-digests", 2019, compression {@value #COMPRESSION}, scale function k1). The
 * result of closing is a function of the values alone.
 *
 * <p>A centroid near quantile q covers at most 2 pi sqrt(q (1 - q)) / {@value #COMPRESSION} of the
 * values: 3.1 % at the median, 1.4 % at the 95th percentile, 0.6 % at the 99th. A percentile's rank
 * is off by at most one and a half centroids, twice a centroid after merges; where the distribution
 * has no gap, by far less.
 *
 * <p>While open, more than {@value #MAX_DISTINCT} distinct values are rounded down to fewer
 * significant bits until they fit: the values are then known to better than one part in 2^(bits -
 * 1), which for real latencies is far below the digest's own error. The number of bits too depends
 * on the values alone.
 *
 * <p>Not thread-safe.
 */
public final class QuantileSketch {

  /** Up to so many values a closed sketch is exact. */
  public static final int EXACT_LIMIT = 128;

  /** Compression of the t-digest: about 60 to 100 centroids. */
  public static final int COMPRESSION = 100;

  /** Distinct values that an open sketch keeps before it rounds. */
  public static final int MAX_DISTINCT = 2048;

  // K_1 bounds a centroid's share of the values at every quantile; the library's default, K_2,
  // gives
  // the median's centroids a share that grows with the number of values (15 % at a million) and is
  // better only beyond the 99th percentile.
  private static final ScaleFunction SCALE = ScaleFunction.K_1;

  /** Into how many pieces equal values are cut, at most and all together, for the digest. */
  private static final int MAX_PIECES = 4 * COMPRESSION;

  private static final int EXACT_BITS = 31;
  private static final int INITIAL_CAPACITY = 8;
  private static final int BUFFER_LIMIT = 2 * MAX_DISTINCT;
  private static final byte FORM_COUNTS = 0;
  private static final byte FORM_DIGEST = 1;

  private long count;

  // Counted form: values[0..size), counts null while each entry stands for one value; sorted and
  // without repetition if normalized.
  private int[] values;
  private int @Nullable [] counts;
  private int size;
  private boolean normalized;
  private int bits = EXACT_BITS;

  // Digest form: centroids in ascending order; means is null in counted form.
  private double @Nullable [] means;
  private long @Nullable [] weights;

  /** An empty open sketch. */
  public QuantileSketch() {
    this.values = new int[INITIAL_CAPACITY];
    this.normalized = true;
  }

  private QuantileSketch(QuantileSketch other) {
    this.count = other.count;
    this.values =
        other.means == null ? Arrays.copyOf(other.values, Math.max(other.size, 1)) : other.values;
    this.counts = other.counts == null ? null : Arrays.copyOf(other.counts, values.length);
    this.size = other.size;
    this.normalized = other.normalized;
    this.bits = other.bits;
    this.means = other.means;
    this.weights = other.weights;
  }

  /** An independent copy. */
  public QuantileSketch copy() {
    return new QuantileSketch(this);
  }

  /** How many values were added. */
  public long count() {
    return count;
  }

  /** Whether percentiles are exact: no value was rounded or merged into a centroid. */
  public boolean isExact() {
    return means == null && bits == EXACT_BITS;
  }

  /** Adds one value, 0 or more, to an open sketch. */
  public void add(int value) {
    if (value < 0) {
      throw new IllegalArgumentException("value must not be negative: " + value);
    }
    if (means != null) {
      throw new IllegalStateException("a closed sketch takes no single values");
    }
    append(value, 1);
    count++;
  }

  private void append(int value, int times) {
    if (size == values.length) {
      grow();
    }
    values[size] = value;
    if (counts != null) {
      counts[size] = times;
    } else if (times != 1) {
      counts = new int[values.length];
      Arrays.fill(counts, 0, size, 1);
      counts[size] = times;
    }
    size++;
    normalized = false;
  }

  private void grow() {
    if (size >= BUFFER_LIMIT) {
      normalize();
      if (size <= BUFFER_LIMIT / 2) {
        return;
      }
    }
    int capacity = Math.min(BUFFER_LIMIT, Math.max(INITIAL_CAPACITY, 2 * values.length));
    values = Arrays.copyOf(values, capacity);
    if (counts != null) {
      counts = Arrays.copyOf(counts, capacity);
    }
  }

  /** Sorts, joins equal values, and rounds until at most {@link #MAX_DISTINCT} are left. */
  private void normalize() {
    if (normalized) {
      return;
    }
    if (bits != EXACT_BITS) {
      for (int i = 0; i < size; i++) {
        values[i] = truncate(values[i], bits);
      }
    }
    if (counts == null) {
      Arrays.sort(values, 0, size);
    } else {
      sortWithCounts();
    }
    joinEqual();
    while (size > MAX_DISTINCT) {
      bits = bits == EXACT_BITS ? 12 : bits - 1;
      for (int i = 0; i < size; i++) {
        values[i] = truncate(values[i], bits);
      }
      joinEqual();
    }
    normalized = true;
  }

  private void sortWithCounts() {
    int[] times = requireCounts();
    long[] packed = new long[size];
    for (int i = 0; i < size; i++) {
      packed[i] = (long) values[i] << 32 | times[i];
    }
    Arrays.sort(packed);
    for (int i = 0; i < size; i++) {
      values[i] = (int) (packed[i] >>> 32);
      times[i] = (int) packed[i];
    }
  }

  private void joinEqual() {
    if (size < 2) {
      return;
    }
    int @Nullable [] times = counts;
    if (times == null) {
      boolean repeated = false;
      for (int i = 1; i < size && !repeated; i++) {
        repeated = values[i] == values[i - 1];
      }
      if (!repeated) {
        return;
      }
      times = new int[values.length];
      Arrays.fill(times, 0, size, 1);
      counts = times;
    }
    int last = 0;
    for (int i = 1; i < size; i++) {
      if (values[i] == values[last]) {
        times[last] += times[i];
      } else {
        last++;
        values[last] = values[i];
        times[last] = times[i];
      }
    }
    size = last + 1;
  }

  /** Keeps the {@code bits} most significant bits of {@code value}. */
  private static int truncate(int value, int bits) {
    int excess = 32 - Integer.numberOfLeadingZeros(value) - bits;
    return excess <= 0 ? value : value >>> excess << excess;
  }

  /** The middle of the values that {@link #truncate} maps to {@code value}. */
  private static double representative(int value, int bits) {
    int excess = 32 - Integer.numberOfLeadingZeros(value) - bits;
    return excess <= 0 ? value : value + ((1L << excess) - 1) / 2.0;
  }

  /**
   * Adds what {@code other} holds. Two counted sketches give the same result in either order; with
   * a digest on either side the result is a digest and depends, within its error, on the order.
   * {@code other} keeps its content.
   */
  public void merge(QuantileSketch other) {
    if (other.count == 0) {
      return;
    }
    if (means == null && other.means == null) {
      mergeCounts(other);
    } else if (count == 0) {
      // Centroids are never changed in place: both may have the same.
      means = other.means;
      weights = other.weights;
    } else {
      mergeDigests(other);
    }
    count += other.count;
  }

  private void mergeCounts(QuantileSketch other) {
    if (other.bits < bits) {
      bits = other.bits;
      normalized = false;
    }
    for (int i = 0; i < other.size; i++) {
      append(other.values[i], other.counts == null ? 1 : other.counts[i]);
    }
  }

  private void mergeDigests(QuantileSketch other) {
    long total = count + other.count;
    int entries = centroidCount() + other.centroidCount();
    MergingDigest digest = newDigest(entries);
    addTo(digest, total);
    other.addTo(digest, total);
    takeCentroids(digest, total);
  }

  private int centroidCount() {
    return means == null ? size : means.length;
  }

  private static MergingDigest newDigest(int entries) {
    // Room for everything that will be added, the pieces of two sketches included: the digest then
    // sorts and merges once.
    MergingDigest digest =
        new MergingDigest(COMPRESSION, 2 * COMPRESSION + 2 * (entries + 2 * MAX_PIECES));
    digest.setScaleFunction(SCALE);
    return digest;
  }

  /**
   * Adds the content in ascending order; the least and the greatest value as single values, as the
   * digest expects.
   */
  private void addTo(MergingDigest digest, long total) {
    double[] centroidMeans = means;
    if (centroidMeans != null) {
      long[] centroidWeights = requireWeights();
      for (int i = 0; i < centroidMeans.length; i++) {
        addWeighted(digest, centroidMeans[i], centroidWeights[i]);
      }
      return;
    }
    normalize();
    int[] times = counts;
    // A value that occurs often is added in pieces smaller than a centroid: as one it would stand
    // at
    // the middle of its ranks, and percentiles near their ends would be mixed with its neighbours.
    int piece = (int) Math.min(Integer.MAX_VALUE, Math.max(1, total / MAX_PIECES));
    for (int i = 0; i < size; i++) {
      double value = representative(values[i], bits);
      int rest = times == null ? 1 : times[i];
      if (i == 0 && rest > 1) {
        digest.add(value, 1);
        rest--;
      }
      int single = i == size - 1 && rest > 1 ? 1 : 0;
      for (rest -= single; rest > 0; rest -= piece) {
        digest.add(value, Math.min(piece, rest));
      }
      if (single > 0) {
        digest.add(value, 1);
      }
    }
  }

  private static void addWeighted(MergingDigest digest, double mean, long weight) {
    long rest = weight;
    while (rest > Integer.MAX_VALUE) {
      digest.add(mean, Integer.MAX_VALUE);
      rest -= Integer.MAX_VALUE;
    }
    digest.add(mean, (int) rest);
  }

  private void takeCentroids(MergingDigest digest, long total) {
    digest.compress();
    int n = digest.centroidCount();
    double[] newMeans = new double[n];
    long[] newWeights = new long[n];
    int i = 0;
    for (Centroid centroid : digest.centroids()) {
      newMeans[i] = centroid.mean();
      newWeights[i] = centroid.count();
      i++;
    }
    // Centroid.count() is an int: in a sketch of more than 2^31 values the rest goes where it
    // belongs, to the heaviest centroid.
    long sum = 0;
    int heaviest = 0;
    for (int j = 0; j < n; j++) {
      sum += newWeights[j];
      if (newWeights[j] > newWeights[heaviest]) {
        heaviest = j;
      }
    }
    newWeights[heaviest] += total - sum;
    means = newMeans;
    weights = newWeights;
    values = NO_VALUES;
    counts = null;
    size = 0;
    bits = EXACT_BITS;
    normalized = true;
  }

  private static final int[] NO_VALUES = {};

  /**
   * Brings the sketch into its final form: exact up to {@link #EXACT_LIMIT} values, a t-digest
   * beyond.
   */
  public void close() {
    if (means != null) {
      return;
    }
    normalize();
    if (count > EXACT_LIMIT) {
      MergingDigest digest = newDigest(size + 2);
      addTo(digest, count);
      takeCentroids(digest, count);
    } else if (values.length > size) {
      values = Arrays.copyOf(values, size);
      counts = counts == null ? null : Arrays.copyOf(counts, size);
    }
  }

  /**
   * The value below which the share {@code q} of all values lies; between two values by linear
   * interpolation, as SQL's {@code percentile_cont}.
   *
   * @param q between 0 and 1
   * @return NaN if the sketch is empty
   */
  public double quantile(double q) {
    if (!(q >= 0 && q <= 1)) {
      throw new IllegalArgumentException("q must lie between 0 and 1: " + q);
    }
    if (count == 0) {
      return Double.NaN;
    }
    if (means != null) {
      return CentroidQuantiles.quantile(means, requireWeights(), means.length, count, q);
    }
    normalize();
    double position = q * (count - 1);
    long below = (long) Math.floor(position);
    double low = valueAt(below);
    double fraction = position - below;
    return fraction == 0 ? low : low + fraction * (valueAt(below + 1) - low);
  }

  /**
   * The sample variance, in squares of the values' unit, with divisor count - 1. The values of a
   * centroid count as equal: of a digest it is a little too small, for smooth distributions by less
   * than 1 %.
   *
   * @return NaN for fewer than two values
   */
  public double variance() {
    if (count < 2) {
      return Double.NaN;
    }
    int n = entries();
    double[] entryMeans = new double[n];
    long[] entryWeights = new long[n];
    copyEntries(entryMeans, entryWeights, 0);
    double sum = 0;
    for (int i = 0; i < n; i++) {
      sum += entryMeans[i] * Math.abs(entryWeights[i]);
    }
    double mean = sum / count;
    double squares = 0;
    for (int i = 0; i < n; i++) {
      double deviation = entryMeans[i] - mean;
      squares += deviation * deviation * Math.abs(entryWeights[i]);
    }
    return squares / (count - 1);
  }

  private double valueAt(long rank) {
    int[] times = counts;
    if (times == null) {
      return representative(values[(int) rank], bits);
    }
    long seen = 0;
    for (int i = 0; i < size; i++) {
      seen += times[i];
      if (seen > rank) {
        return representative(values[i], bits);
      }
    }
    throw new IllegalStateException("rank " + rank + " of " + count);
  }

  /** Number of entries: distinct values while counted, centroids once a digest. */
  int entries() {
    normalize();
    return centroidCount();
  }

  /**
   * Copies the entries in ascending order into the given arrays from {@code offset} on, with the
   * weights of {@link CentroidQuantiles}.
   */
  void copyEntries(double[] toMeans, long[] toWeights, int offset) {
    double[] centroidMeans = means;
    if (centroidMeans != null) {
      System.arraycopy(centroidMeans, 0, toMeans, offset, centroidMeans.length);
      System.arraycopy(requireWeights(), 0, toWeights, offset, centroidMeans.length);
      return;
    }
    normalize();
    int[] times = counts;
    for (int i = 0; i < size; i++) {
      toMeans[offset + i] = representative(values[i], bits);
      toWeights[offset + i] = times == null ? -1 : -times[i];
    }
  }

  /**
   * Writes the sketch: a byte for the form, then for counted values {@code bits, entries,
   * hasCounts}, ascending differences and counts; for a digest {@code total, entries}, and mean (8
   * bytes, IEEE 754) and weight of each centroid. Numbers are {@link VarInt}.
   */
  public void write(DataOutput out) throws IOException {
    double[] centroidMeans = means;
    if (centroidMeans != null) {
      out.writeByte(FORM_DIGEST);
      VarInt.write(out, count);
      VarInt.write(out, centroidMeans.length);
      long[] centroidWeights = requireWeights();
      for (int i = 0; i < centroidMeans.length; i++) {
        out.writeDouble(centroidMeans[i]);
        VarInt.write(out, centroidWeights[i]);
      }
      return;
    }
    normalize();
    int[] times = counts;
    out.writeByte(FORM_COUNTS);
    out.writeByte(bits);
    VarInt.write(out, size);
    out.writeBoolean(times != null);
    int previous = 0;
    for (int i = 0; i < size; i++) {
      VarInt.write(out, values[i] - previous);
      previous = values[i];
      if (times != null) {
        VarInt.write(out, times[i]);
      }
    }
  }

  /** Reads what {@link #write} wrote. */
  public static QuantileSketch read(DataInput in) throws IOException {
    QuantileSketch sketch = new QuantileSketch();
    byte form = in.readByte();
    if (form == FORM_DIGEST) {
      sketch.count = VarInt.read(in);
      int n = VarInt.readSize(in, 100_000);
      double[] centroidMeans = new double[n];
      long[] centroidWeights = new long[n];
      for (int i = 0; i < n; i++) {
        centroidMeans[i] = in.readDouble();
        centroidWeights[i] = VarInt.read(in);
      }
      sketch.values = NO_VALUES;
      sketch.means = centroidMeans;
      sketch.weights = centroidWeights;
    } else if (form == FORM_COUNTS) {
      sketch.bits = in.readByte();
      int n = VarInt.readSize(in, BUFFER_LIMIT);
      boolean counted = in.readBoolean();
      sketch.size = n;
      sketch.values = n == 0 ? NO_VALUES : new int[n];
      int[] times = counted ? new int[n] : null;
      int previous = 0;
      for (int i = 0; i < n; i++) {
        previous += (int) VarInt.read(in);
        sketch.values[i] = previous;
        if (times != null) {
          times[i] = (int) VarInt.read(in);
          sketch.count += times[i];
        }
      }
      if (times == null) {
        sketch.count = n;
      }
      sketch.counts = times;
    } else {
      throw new IOException("unknown form of a quantile sketch: " + form);
    }
    return sketch;
  }

  private int[] requireCounts() {
    if (counts == null) {
      throw new IllegalStateException("no counts");
    }
    return counts;
  }

  private long[] requireWeights() {
    if (weights == null) {
      throw new IllegalStateException("no weights");
    }
    return weights;
  }
}
