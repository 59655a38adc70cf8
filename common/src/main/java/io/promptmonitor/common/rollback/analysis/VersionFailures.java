package io.promptmonitor.common.rollback.analysis;

import io.promptmonitor.common.metrics.FailureBreakdown;
import io.promptmonitor.common.metrics.WindowAggregate;
import io.promptmonitor.common.sketch.CategoryCounts;
import io.promptmonitor.common.sketch.DistinctSketch;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The failures of one version in one span, by the values of dimensions.
 *
 * @param executions all executions
 * @param failures those that failed, 0 to {@code executions}
 * @param counts each value of each dimension at most once; a dimension of which nothing is known
 *     has none
 */
public record VersionFailures(long executions, long failures, List<FailureCounts> counts) {

  /** The only value of {@link FailureDimension#USERS}. */
  private static final String ALL_USERS = "all";

  public VersionFailures {
    if (failures < 0 || failures > executions) {
      throw new IllegalArgumentException(
          "failures must lie between 0 and " + executions + ": " + failures);
    }
    counts = List.copyOf(counts);
    long different =
        counts.stream().map(c -> Map.entry(c.dimension(), c.value())).distinct().count();
    if (different != counts.size()) {
      throw new IllegalArgumentException("a value is counted twice: " + counts);
    }
  }

  /**
   * What an aggregate knows: failures by error type, and if it looked at all its executions so
   * closely, by all dimensions.
   */
  public static VersionFailures of(WindowAggregate aggregate) {
    long executions = aggregate.executionCount();
    List<FailureCounts> counts = new ArrayList<>();
    all(aggregate.errorsByType())
        .forEach(
            (type, failures) ->
                counts.add(
                    new FailureCounts(FailureDimension.ERROR_TYPE, type, executions, failures)));
    FailureBreakdown breakdown = aggregate.failureBreakdown();
    if (breakdown != null && breakdown.executionCount() == executions) {
      addNamed(
          FailureDimension.BRANCH,
          aggregate.branchDistribution(),
          breakdown.failuresByBranch(),
          counts);
      addNamed(
          FailureDimension.MODEL,
          aggregate.modelDistribution(),
          breakdown.failuresByModel(),
          counts);
      addTokenRanges(breakdown, counts);
      addUsers(aggregate.usersSketch(), breakdown.failingUsers(), counts);
    }
    return new VersionFailures(executions, aggregate.failureCount(), counts);
  }

  private static Map<String, Long> all(@Nullable CategoryCounts counts) {
    return counts == null ? Map.of() : counts.all();
  }

  /**
   * Of very many names some are counted together, and not always the same ones among executions and
   * among failures: names that are not known on both sides join the others.
   */
  private static void addNamed(
      FailureDimension dimension,
      @Nullable CategoryCounts executions,
      @Nullable CategoryCounts failures,
      List<FailureCounts> counts) {
    Map<String, Long> total = all(executions);
    Map<String, Long> failed = all(failures);
    boolean allFailedAreNamed = !failed.containsKey(CategoryCounts.OTHER);
    long otherTotal = 0;
    long otherFailed = failed.values().stream().mapToLong(Long::longValue).sum();
    for (Map.Entry<String, Long> entry : total.entrySet()) {
      String name = entry.getKey();
      Long known = failed.get(name);
      if (name.equals(CategoryCounts.OTHER) || (known == null && !allFailedAreNamed)) {
        otherTotal += entry.getValue();
      } else {
        long here = known == null ? 0 : Math.min(known, entry.getValue());
        counts.add(new FailureCounts(dimension, name, entry.getValue(), here));
        otherFailed -= here;
      }
    }
    if (otherTotal > 0) {
      counts.add(
          new FailureCounts(
              dimension, CategoryCounts.OTHER, otherTotal, Math.min(otherFailed, otherTotal)));
    }
  }

  private static void addTokenRanges(FailureBreakdown breakdown, List<FailureCounts> counts) {
    for (int range = 0; range < FailureBreakdown.TOKEN_RANGES; range++) {
      if (breakdown.executions(range) > 0) {
        counts.add(
            new FailureCounts(
                FailureDimension.TOKEN_LENGTH,
                FailureBreakdown.nameOfTokenRange(range),
                breakdown.executions(range),
                breakdown.failures(range)));
      }
    }
  }

  private static void addUsers(
      @Nullable DistinctSketch seen, @Nullable DistinctSketch failing, List<FailureCounts> counts) {
    if (seen != null) {
      long users = seen.estimate();
      // Both are estimates: of many users that all failed, more may seem to have failed than were.
      long failed = failing == null ? 0 : Math.min(users, failing.estimate());
      counts.add(new FailureCounts(FailureDimension.USERS, ALL_USERS, users, failed));
    }
  }

  /** The same with further counts. */
  public VersionFailures with(List<FailureCounts> further) {
    return new VersionFailures(
        executions, failures, Stream.concat(counts.stream(), further.stream()).toList());
  }

  /** The counts of a value; none failed of an error type that never occurred. */
  FailureCounts of(FailureDimension dimension, String value) {
    long total = dimension == FailureDimension.ERROR_TYPE ? executions : 0;
    return counts.stream()
        .filter(c -> c.dimension() == dimension && c.value().equals(value))
        .findFirst()
        .orElse(new FailureCounts(dimension, value, total, 0));
  }

  /** The counts of all other values of a dimension together. */
  FailureCounts others(FailureDimension dimension, String value) {
    List<FailureCounts> others =
        counts.stream()
            .filter(c -> c.dimension() == dimension && !c.value().equals(value))
            .toList();
    return new FailureCounts(
        dimension,
        "(others)",
        others.stream().mapToLong(FailureCounts::total).sum(),
        others.stream().mapToLong(FailureCounts::failures).sum());
  }
}
