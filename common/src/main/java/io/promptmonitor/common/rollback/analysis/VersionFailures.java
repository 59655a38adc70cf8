package io.promptmonitor.common.rollback.analysis;

import io.promptmonitor.common.metrics.WindowAggregate;
import io.promptmonitor.common.sketch.CategoryCounts;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/**
 * The failures of one version in one span, by the values of dimensions.
 *
 * @param executions all executions
 * @param failures those that failed, 0 to {@code executions}
 * @param counts each value of each dimension at most once; a dimension of which nothing is known
 *     has none
 */
public record VersionFailures(long executions, long failures, List<FailureCounts> counts) {

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

  /** What an aggregate knows: failures by error type. */
  public static VersionFailures of(WindowAggregate aggregate) {
    CategoryCounts errors = aggregate.errorsByType();
    Map<String, Long> byType = errors == null ? Map.of() : errors.all();
    return new VersionFailures(
        aggregate.executionCount(),
        aggregate.failureCount(),
        byType.entrySet().stream()
            .map(
                e ->
                    new FailureCounts(
                        FailureDimension.ERROR_TYPE,
                        e.getKey(),
                        aggregate.executionCount(),
                        e.getValue()))
            .toList());
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
