package io.promptmonitor.common.metrics;

import io.promptmonitor.common.encoding.VarInt;
import io.promptmonitor.common.execution.Execution;
import io.promptmonitor.common.sketch.CategoryCounts;
import io.promptmonitor.common.sketch.DistinctSketch;
import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/**
 * Where the executions of a window fail: failures by branch and by model, the users that had one,
 * and executions and failures by length. An execution that succeeds is one step in an array.
 *
 * <p>Lengths are ranges of the total tokens of an execution: from 0, 100, 200, 500, 1,000, 2,000,
 * 5,000, 10,000, 20,000 and 50,000 on, each up to the next. Adding and merging commute as those of
 * {@link WindowAggregate} do. Not thread-safe.
 */
public final class FailureBreakdown {

  /** Where each range but the first begins. They are fixed: state holds counts by their index. */
  private static final int[] BOUNDS = {100, 200, 500, 1_000, 2_000, 5_000, 10_000, 20_000, 50_000};

  /** Number of ranges of total tokens. */
  public static final int TOKEN_RANGES = BOUNDS.length + 1;

  private static final int HAS_BRANCHES = 1;
  private static final int HAS_MODELS = 1 << 1;
  private static final int HAS_USERS = 1 << 2;
  private static final int FIRST_RANGE = 3;
  private static final int MAX_PRESENT = (1 << (FIRST_RANGE + TOKEN_RANGES)) - 1;

  private final long[] executions = new long[TOKEN_RANGES];

  /** By range; null as long as there are none, as in most windows. */
  private long @Nullable [] failures;

  private @Nullable CategoryCounts branches;
  private @Nullable CategoryCounts models;
  private @Nullable DistinctSketch users;

  /**
   * Counts one execution.
   *
   * @param totalTokens 0 or more
   */
  void add(Execution execution, int totalTokens) {
    int range = tokenRange(totalTokens);
    executions[range]++;
    if (!execution.success()) {
      addFailure(execution, range);
    }
  }

  private void addFailure(Execution execution, int range) {
    failures()[range]++;
    String branch = execution.branch();
    if (branch != null) {
      branches().add(branch);
    }
    String model = execution.model();
    if (model != null) {
      models().add(model);
    }
    if (execution.userHash() != Execution.NO_HASH) {
      users().add(execution.userHash());
    }
  }

  /** The index of the range that an execution belongs to. */
  static int tokenRange(int totalTokens) {
    int range = 0;
    while (range < BOUNDS.length && totalTokens >= BOUNDS[range]) {
      range++;
    }
    return range;
  }

  /**
   * The name of a range, such as {@code 1000-1999}; of the last {@code 50000 or more}.
   *
   * @param range from 0 to {@link #TOKEN_RANGES} - 1
   */
  public static String nameOfTokenRange(int range) {
    int from = range == 0 ? 0 : BOUNDS[range - 1];
    return range == BOUNDS.length ? from + " or more" : from + "-" + (BOUNDS[range] - 1);
  }

  /** Adds what {@code other} holds; {@code other} keeps its content. */
  void merge(FailureBreakdown other) {
    for (int range = 0; range < TOKEN_RANGES; range++) {
      executions[range] += other.executions[range];
    }
    if (other.failures != null) {
      long[] counts = failures();
      for (int range = 0; range < TOKEN_RANGES; range++) {
        counts[range] += other.failures[range];
      }
    }
    if (other.branches != null) {
      branches().merge(other.branches);
    }
    if (other.models != null) {
      models().merge(other.models);
    }
    if (other.users != null) {
      users().merge(other.users);
    }
  }

  /** Brings the counts into their final, bounded form. */
  void close() {
    if (branches != null) {
      branches.close();
    }
    if (models != null) {
      models.close();
    }
  }

  /** An independent copy. */
  FailureBreakdown copy() {
    FailureBreakdown copy = new FailureBreakdown();
    System.arraycopy(executions, 0, copy.executions, 0, TOKEN_RANGES);
    copy.failures = failures == null ? null : failures.clone();
    copy.branches = branches == null ? null : branches.copy();
    copy.models = models == null ? null : models.copy();
    copy.users = users == null ? null : users.copy();
    return copy;
  }

  private long[] failures() {
    long[] counts = failures;
    if (counts == null) {
      counts = new long[TOKEN_RANGES];
      failures = counts;
    }
    return counts;
  }

  private CategoryCounts branches() {
    CategoryCounts counts = branches;
    if (counts == null) {
      counts = new CategoryCounts();
      branches = counts;
    }
    return counts;
  }

  private CategoryCounts models() {
    CategoryCounts counts = models;
    if (counts == null) {
      counts = new CategoryCounts();
      models = counts;
    }
    return counts;
  }

  private DistinctSketch users() {
    DistinctSketch sketch = users;
    if (sketch == null) {
      sketch = new DistinctSketch();
      users = sketch;
    }
    return sketch;
  }

  /**
   * Number of executions that were looked at: fewer than the window's if some come from the state
   * of a release that did not do so.
   */
  public long executionCount() {
    long count = 0;
    for (long inRange : executions) {
      count += inRange;
    }
    return count;
  }

  /**
   * Number of executions whose total tokens lie in a range.
   *
   * @param range from 0 to {@link #TOKEN_RANGES} - 1
   */
  public long executions(int range) {
    return executions[range];
  }

  /**
   * Number of failures among {@link #executions(int)}.
   *
   * @param range from 0 to {@link #TOKEN_RANGES} - 1
   */
  public long failures(int range) {
    return failures == null ? 0 : failures[range];
  }

  /** Failures by conditional path, or null if no failure stated one. */
  public @Nullable CategoryCounts failuresByBranch() {
    return branches;
  }

  /** Failures by model, or null if no failure stated one. */
  public @Nullable CategoryCounts failuresByModel() {
    return models;
  }

  /** Users with at least one failure, or null if no failure named one. */
  public @Nullable DistinctSketch failingUsers() {
    return users;
  }

  /**
   * Writes what is not empty: a {@link VarInt} of flags, then for each range with executions their
   * number and that of the failures, then the rest.
   */
  void write(DataOutput out) throws IOException {
    int present =
        (branches == null ? 0 : HAS_BRANCHES)
            | (models == null ? 0 : HAS_MODELS)
            | (users == null ? 0 : HAS_USERS);
    for (int range = 0; range < TOKEN_RANGES; range++) {
      present |= executions[range] == 0 ? 0 : 1 << (FIRST_RANGE + range);
    }
    VarInt.write(out, present);
    for (int range = 0; range < TOKEN_RANGES; range++) {
      if (executions[range] != 0) {
        VarInt.write(out, executions[range]);
        VarInt.write(out, failures(range));
      }
    }
    if (branches != null) {
      branches.write(out);
    }
    if (models != null) {
      models.write(out);
    }
    if (users != null) {
      users.write(out);
    }
  }

  /** Reads what {@link #write} wrote. */
  static FailureBreakdown read(DataInput in) throws IOException {
    FailureBreakdown breakdown = new FailureBreakdown();
    int present = VarInt.readSize(in, MAX_PRESENT);
    for (int range = 0; range < TOKEN_RANGES; range++) {
      if ((present & (1 << (FIRST_RANGE + range))) != 0) {
        breakdown.executions[range] = VarInt.read(in);
        long failed = VarInt.read(in);
        if (failed != 0) {
          breakdown.failures()[range] = failed;
        }
      }
    }
    if ((present & HAS_BRANCHES) != 0) {
      breakdown.branches = CategoryCounts.read(in);
    }
    if ((present & HAS_MODELS) != 0) {
      breakdown.models = CategoryCounts.read(in);
    }
    if ((present & HAS_USERS) != 0) {
      breakdown.users = DistinctSketch.read(in);
    }
    return breakdown;
  }
}
