package io.promptmonitor.common.windows;

import io.promptmonitor.common.metrics.MetricPart;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * What is wanted of the sliding windows of a prompt version besides their counters, which are there
 * of every window: parts of aggregates, and how many executions were slower than thresholds. What
 * nobody wants is not computed, nor are windows, if that is wanted. Immutable.
 */
public final class SlidingDemand {

  private static final SlidingDemand COUNTERS = new Builder().build();

  /** Of every window. */
  private final int parts;

  /** Of single windows, in addition. */
  private final List<Choice> choices;

  private final boolean everyLength;

  private SlidingDemand(Builder builder) {
    parts = builder.parts;
    choices = List.copyOf(builder.choices);
    everyLength = builder.everyLength;
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

  /** The mask of the parts that are wanted of windows of every length. */
  int parts() {
    return parts;
  }

  /** What is wanted of single windows. */
  List<Choice> choices() {
    return choices;
  }

  /** Whether windows are wanted of which nothing is but the counters. */
  boolean everyLength() {
    return everyLength;
  }

  /** The mask of all parts that are wanted of any window. */
  int allParts() {
    return partsOfLonger(Long.MIN_VALUE);
  }

  /** The mask of all parts that may be wanted of windows longer than {@code length}. */
  int partsOfLonger(long length) {
    int all = parts;
    for (Choice choice : choices) {
      if (choice.longest() > length) {
        all |= choice.parts;
      }
    }
    return all;
  }

  /**
   * Something that is wanted of one of several windows: the shortest that has enough executions, or
   * the longest if none has.
   */
  static final class Choice {

    private final long[] lengths;
    private final long requiredExecutions;
    final int parts;
    final double[] latencyThresholds;

    private Choice(long[] lengths, long requiredExecutions, int parts, double[] thresholds) {
      this.lengths = lengths;
      this.requiredExecutions = requiredExecutions;
      this.parts = thresholds.length > 0 ? parts | MetricPart.LATENCY.mask() : parts;
      this.latencyThresholds = thresholds;
    }

    long longest() {
      return lengths[lengths.length - 1];
    }

    /** Whether a window may be the one. */
    boolean mayBe(long length) {
      return Arrays.binarySearch(lengths, length) >= 0;
    }

    /** Whether a window is the one, if no shorter one is. */
    boolean isOf(long length, long executions) {
      return length == longest() || (executions >= requiredExecutions && mayBe(length));
    }
  }

  /** Collects a demand. */
  public static final class Builder {

    private int parts;
    private final List<Choice> choices = new ArrayList<>();
    private boolean everyLength = true;

    private Builder() {}

    /** Leaves out windows that nothing is added for, or of which a shorter one will do. */
    public Builder onlyWantedLengths() {
      everyLength = false;
      return this;
    }

    /** Adds the parts in the mask {@code more}, of windows of every length. */
    public Builder addToEveryLength(int more) {
      parts |= more;
      return this;
    }

    /** Adds parts of the windows of a length in milliseconds. */
    public Builder add(long length, int more, double... latencyThresholds) {
      return addShortest(new long[] {length}, 0, more, latencyThresholds);
    }

    /**
     * Adds what is wanted of one of several windows: the shortest with {@code requiredExecutions},
     * or the longest if none has so many.
     *
     * @param lengths of the windows in milliseconds, ascending
     * @param more mask of the parts
     * @param latencyThresholds latencies in milliseconds; how many executions were slower than each
     *     is wanted, too
     */
    public Builder addShortest(
        long[] lengths, long requiredExecutions, int more, double... latencyThresholds) {
      choices.add(new Choice(lengths.clone(), requiredExecutions, more, latencyThresholds.clone()));
      return this;
    }

    /** The demand. */
    public SlidingDemand build() {
      return new SlidingDemand(this);
    }
  }
}
