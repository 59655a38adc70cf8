package io.promptmonitor.common.report;

import io.promptmonitor.common.comparison.Interval;
import io.promptmonitor.common.comparison.MetricReading;
import io.promptmonitor.common.comparison.RateIntervals;
import io.promptmonitor.common.metrics.WindowAggregate;
import io.promptmonitor.common.report.ErrorAnalysis.ErrorType;
import io.promptmonitor.common.report.ErrorAnalysis.Trend;
import io.promptmonitor.common.sketch.CategoryCounts;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The errors of a day beside those of the day before. */
final class ErrorTypes {

  private ErrorTypes() {}

  static ErrorAnalysis analysis(WindowAggregate today, WindowAggregate yesterday) {
    Map<String, Long> before = counts(yesterday.errorsByType());
    List<ErrorType> types =
        counts(today.errorsByType()).entrySet().stream()
            .map(
                type ->
                    errorType(
                        type.getKey(),
                        type.getValue(),
                        today,
                        before.getOrDefault(type.getKey(), 0L),
                        yesterday.executionCount()))
            .toList();
    return new ErrorAnalysis(today.failureCount(), types);
  }

  private static Map<String, Long> counts(@Nullable CategoryCounts counts) {
    return counts == null ? Map.of() : counts.all();
  }

  private static ErrorType errorType(
      String type, long count, WindowAggregate today, long before, long executionsBefore) {
    return new ErrorType(
        type,
        count,
        share(count, today.failureCount()),
        share(count, today.executionCount()),
        executionsBefore == 0 ? null : before,
        trend(count, today.executionCount(), before, executionsBefore));
  }

  private static MetricReading share(long part, long whole) {
    double share = (double) part / whole;
    return MetricReading.of(share, RateIntervals.wilson(share, whole), whole);
  }

  private static Trend trend(long count, long executions, long before, long executionsBefore) {
    if (executions < SampleSize.LEAST || executionsBefore < SampleSize.LEAST) {
      return Trend.INSUFFICIENT_DATA;
    }
    Interval difference =
        RateIntervals.difference(
            (double) count / executions,
            executions,
            (double) before / executionsBefore,
            executionsBefore);
    if (difference.isAbove(0)) {
      return Trend.UP;
    }
    return difference.isBelow(0) ? Trend.DOWN : Trend.STEADY;
  }
}
