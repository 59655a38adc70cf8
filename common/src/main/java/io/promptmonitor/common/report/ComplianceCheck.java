package io.promptmonitor.common.report;

import com.fasterxml.jackson.databind.PropertyNamingStrategies.SnakeCaseStrategy;
import com.fasterxml.jackson.databind.annotation.JsonNaming;
import io.promptmonitor.common.comparison.MetricReading;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * A limit of the active version's specification, and whether the day kept it.
 *
 * @param requirement where it is stated, such as {@code alert_thresholds.error_rate.critical}
 * @param metric the metric's column in {@code window_metrics}
 * @param version the version whose specification and executions are meant
 * @param value the metric over the version's executions of the day
 * @param operator how the value must compare with the limit: {@code <=} or {@code >=}
 * @param limit the limit, in the metric's unit
 * @param result what came of it
 * @param reason why it cannot be said; null if it can
 */
@JsonNaming(SnakeCaseStrategy.class)
public record ComplianceCheck(
    String requirement,
    String metric,
    String version,
    MetricReading value,
    String operator,
    double limit,
    Result result,
    @Nullable String reason) {

  /** What came of a check. */
  public enum Result {
    /** The value keeps the limit. */
    PASSED,
    /** It does not. */
    FAILED,
    /** Too few executions, or a value that is not known. */
    INSUFFICIENT_DATA;

    /** In words. */
    public String words() {
      return name().toLowerCase(Locale.ROOT).replace('_', ' ');
    }
  }
}
