package io.promptmonitor.common.sketch;

import java.util.Arrays;

/**
 * Percentiles, and their inverse, over several sketches together, without changing them: what a
 * sliding window asks of its panes. Reusable after {@link #clear}, so that evaluating a window
 * allocates nothing.
 *
 * <p>Sketches may be added between two questions; entries are kept as sorted runs that a question
 * merges. While all sketches are exact the answer is exact.
 */
public final class QuantileUnion {

  private double[] means = new double[256];
  private long[] weights = new long[256];
  private double[] spareMeans = new double[256];
  private long[] spareWeights = new long[256];
  private int size;
  private long total;

  // Ends of the sorted runs; run i is [i == 0 ? 0 : runEnds[i - 1], runEnds[i]).
  private int[] runEnds = new int[16];
  private int runs;

  /** Forgets everything that was added. */
  public void clear() {
    size = 0;
    total = 0;
    runs = 0;
  }

  /** How many values the added sketches hold. */
  public long count() {
    return total;
  }

  /** Adds a sketch, which keeps its content. */
  public void add(QuantileSketch sketch) {
    if (sketch.count() == 0) {
      return;
    }
    int n = sketch.entries();
    reserve(size + n);
    sketch.copyEntries(means, weights, size);
    size += n;
    total += sketch.count();
    if (runs == runEnds.length) {
      runEnds = Arrays.copyOf(runEnds, 2 * runs);
    }
    runEnds[runs++] = size;
  }

  private void reserve(int capacity) {
    if (capacity > means.length) {
      int larger = Math.max(capacity, 2 * means.length);
      means = Arrays.copyOf(means, larger);
      weights = Arrays.copyOf(weights, larger);
      spareMeans = new double[larger];
      spareWeights = new long[larger];
    }
  }

  /**
   * The value below which the share {@code q} of all values lies.
   *
   * @return NaN if nothing was added
   */
  public double quantile(double q) {
    if (total == 0) {
      return Double.NaN;
    }
    mergeRuns();
    return CentroidQuantiles.quantile(means, weights, size, total, q);
  }

  /** How many values are above {@code threshold}. */
  public long countAbove(double threshold) {
    if (total == 0) {
      return 0;
    }
    mergeRuns();
    return CentroidQuantiles.countAbove(means, weights, size, total, threshold);
  }

  private void mergeRuns() {
    while (runs > 1) {
      int merged = 0;
      int start = 0;
      int first = 0;
      if (runs > 2 && runEnds[0] > size - runEnds[0]) {
        // What was merged before joins the rest once that is merged, and is not moved for each
        // part.
        start = runEnds[0];
        System.arraycopy(means, 0, spareMeans, 0, start);
        System.arraycopy(weights, 0, spareWeights, 0, start);
        merged = 1;
        first = 1;
      }
      for (int i = first; i < runs; i += 2) {
        int middle = runEnds[i];
        int end = i + 1 < runs ? runEnds[i + 1] : middle;
        mergeInto(start, middle, end);
        runEnds[merged++] = end;
        start = end;
      }
      runs = merged;
      swap();
    }
  }

  private void mergeInto(int start, int middle, int end) {
    int left = start;
    int right = middle;
    int to = start;
    while (left < middle && right < end) {
      int from = means[right] < means[left] ? right++ : left++;
      spareMeans[to] = means[from];
      spareWeights[to++] = weights[from];
    }
    System.arraycopy(means, left, spareMeans, to, middle - left);
    System.arraycopy(weights, left, spareWeights, to, middle - left);
    to += middle - left;
    System.arraycopy(means, right, spareMeans, to, end - right);
    System.arraycopy(weights, right, spareWeights, to, end - right);
  }

  private void swap() {
    double[] m = means;
    means = spareMeans;
    spareMeans = m;
    long[] w = weights;
    weights = spareWeights;
    spareWeights = w;
  }
}
