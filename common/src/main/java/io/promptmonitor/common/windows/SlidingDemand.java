package io.promptmonitor.common.windows;

import io.promptmonitor.common.metrics.MetricPart;
import java.util.Map;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * What is wanted of the sliding windows of a prompt version besides their counters, which are
 * always there: parts of aggregates, and how many executions were slower than thresholds. What
 * nobody wants is not computed. Immutable.
 */
public final class SlidingDemand {

  private static final SlidingDemand COUNTERS = new Builder().build();

  private static final double[] NO_THRESHOLDS = {};

  /** Of every length. */
  private final int parts;

  // Of single lengths, ascending, in addition.
  private final long[] lengths;
  private final int[] partsOf;
  private final double[][] thresholdsOf;

  private SlidingDemand(Builder builder) {
    parts = builder.parts;
    int n = builder.wanted.size();
    lengths = new long[n];
    partsOf = new int[n];
    thresholdsOf = new double[n][];
    int i = 0;
    for (Map.Entry<Long, Wanted> entry : builder.wanted.entrySet()) {
      lengths[i] = entry.getKey();
      partsOf[i] = entry.getValue().parts;
      thresholdsOf[i] =
          entry.getValue().thresholds.stream().mapToDouble(Double::doubleValue).toArray();
      i++;
    }
  }

  /** Counters alone. */
  public static SlidingDemand counters() {
    return COUNTERS;
  }

  /** The parts in the mask {@code parts}, of windows of every length. */
  public static SlidingDemand ofEveryLength(int parts) {
    return new Builder().addToEveryLength(parts).build();
  }

  /** A demand that nothing was added to. */
  public static Builder builder() {
    return new Builder();
  }

  /** The mask of the parts that are wanted of windows of a length. */
  int parts(long length) {
    int at = index(length);
    return at < 0 ? parts : parts | partsOf[at];
  }

  /** The latencies, ascending, above which executions are counted in windows of a length. */
  double[] latencyThresholds(long length) {
    int at = index(length);
    return at < 0 ? NO_THRESHOLDS : thresholdsOf[at];
  }

  private int index(long length) {
    for (int i = 0; i < lengths.length; i++) {
      if (lengths[i] == length) {
        return i;
      }
    }
    return -1;
  }

  /** The mask of all parts that are wanted of any window. */
  int allParts() {
    int all = parts;
    for (int of : partsOf) {
      all |= of;
    }
    return all;
  }

  /** What is wanted of the windows of one length. */
  private static final class Wanted {
    int parts;
    final SortedSet<Double> thresholds = new TreeSet<>();
  }

  /** Collects a demand. */
  public static final class Builder {

    private int parts;
    private final SortedMap<Long, Wanted> wanted = new TreeMap<>();

    private Builder() {}

    /** Adds the parts in the mask {@code more}, of windows of every length. */
    public Builder addToEveryLength(int more) {
      parts |= more;
      return this;
    }

    /** Adds a part of the windows of a length in milliseconds. */
    public Builder add(long length, MetricPart part) {
      wanted(length).parts |= part.mask();
      return this;
    }

    /**
     * Adds how many executions of the windows of a length were slower than a threshold, both in
     * milliseconds.
     */
    public Builder addLatencyThreshold(long length, double threshold) {
      add(length, MetricPart.LATENCY);
      wanted(length).thresholds.add(threshold);
      return this;
    }

    private Wanted wanted(long length) {
      return wanted.computeIfAbsent(length, l -> new Wanted());
    }

    /** The demand. */
    public SlidingDemand build() {
      return new SlidingDemand(this);
    }
  }
}
