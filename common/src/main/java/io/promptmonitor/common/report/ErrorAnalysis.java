package io.promptmonitor.common.report;

import com.fasterxml.jackson.databind.PropertyNamingStrategies.SnakeCaseStrategy;
import com.fasterxml.jackson.databind.annotation.JsonNaming;
import io.promptmonitor.common.comparison.MetricReading;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What failed.
 *
 * @param failures number of failures
 * @param types the error types, the most frequent first
 */
@JsonNaming(SnakeCaseStrategy.class)
public record ErrorAnalysis(long failures, List<ErrorType> types) {

  public ErrorAnalysis {
    types = List.copyOf(types);
  }

  /** Whether a type is more frequent among executions than the day before. */
  public enum Trend {
    /** Significantly more frequent. */
    UP("↑"),
    /** Significantly less frequent. */
    DOWN("↓"),
    /** Not distinguishable. */
    STEADY("→"),
    /** Too few executions on one of the days. */
    INSUFFICIENT_DATA("insufficient data");

    private final String symbol;

    Trend(String symbol) {
      this.symbol = symbol;
    }

    /** As tables show it. */
    public String symbol() {
      return symbol;
    }
  }

  /**
   * An error type.
   *
   * @param type its name
   * @param count number of failures of it
   * @param shareOfErrors share of the failures, 0 to 1
   * @param rate share of the executions, 0 to 1
   * @param countYesterday number of failures of it the day before; null if nothing is known of that
   *     day
   * @param trend against the day before
   */
  @JsonNaming(SnakeCaseStrategy.class)
  public record ErrorType(
      String type,
      long count,
      MetricReading shareOfErrors,
      MetricReading rate,
      @Nullable Long countYesterday,
      Trend trend) {}
}
