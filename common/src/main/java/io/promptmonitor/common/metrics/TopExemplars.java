package io.promptmonitor.common.metrics;

import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * The first few of all executions that were added, in some order: whatever the order in which they
 * were added, the same ones. Not thread-safe.
 */
public final class TopExemplars {

  /** How many are kept. */
  public static final int LIMIT = 5;

  private static final Comparator<Exemplar> BY_CONTENT =
      Comparator.comparingLong(Exemplar::executionIdHash)
          .thenComparingLong(Exemplar::timestamp)
          .thenComparingInt(Exemplar::latencyMs)
          .thenComparing(Exemplar::success)
          .thenComparingLong(Exemplar::inputHash)
          .thenComparingLong(Exemplar::outputHash)
          .thenComparing(exemplar -> String.valueOf(exemplar.errorType()))
          .thenComparing(exemplar -> String.valueOf(exemplar.model()))
          .thenComparing(exemplar -> String.valueOf(exemplar.branch()));

  /** The newest first. */
  public static final Comparator<Exemplar> NEWEST =
      (a, b) -> {
        int newer = Long.compare(b.timestamp(), a.timestamp());
        return newer == 0 ? BY_CONTENT.compare(a, b) : newer;
      };

  /**
   * The slowest first. Of those that took equally long the choice is arbitrary, so that of many,
   * few are chosen for a time.
   */
  public static final Comparator<Exemplar> SLOWEST =
      (a, b) -> {
        int slower = Integer.compare(b.latencyMs(), a.latencyMs());
        return slower == 0 ? BY_CONTENT.compare(a, b) : slower;
      };

  private final Comparator<Exemplar> order;
  private final @Nullable Exemplar[] first = new Exemplar[LIMIT];
  private int size;

  /** None yet. */
  public TopExemplars(Comparator<Exemplar> order) {
    this.order = order;
  }

  /** Forgets everything that was added. */
  public void clear() {
    Arrays.fill(first, null);
    size = 0;
  }

  /** How many there are, at most {@link #LIMIT}. */
  public int size() {
    return size;
  }

  /** The one that the next one has to precede once there are {@link #LIMIT}; else null. */
  @Nullable Exemplar last() {
    return first[LIMIT - 1];
  }

  /**
   * Adds an execution.
   *
   * @return whether it is among the first
   */
  public boolean add(Exemplar exemplar) {
    int at = size;
    while (at > 0 && order.compare(exemplar, Objects.requireNonNull(first[at - 1])) < 0) {
      at--;
    }
    if (at == LIMIT) {
      return false;
    }
    int moved = Math.min(size, LIMIT - 1) - at;
    System.arraycopy(first, at, first, at + 1, moved);
    first[at] = exemplar;
    size = Math.min(size + 1, LIMIT);
    return true;
  }

  /** The first ones, in order. */
  public List<Exemplar> toList() {
    return List.of(Arrays.copyOf(first, size));
  }
}
