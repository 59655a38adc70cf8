package io.promptmonitor.common.rollback.analysis;

import com.fasterxml.jackson.databind.PropertyNamingStrategies.SnakeCaseStrategy;
import com.fasterxml.jackson.databind.annotation.JsonNaming;
import org.jspecify.annotations.Nullable;

/**
 * A value of a dimension in which the failing version's failures concentrate.
 *
 * @param dimension what the value is of
 * @param value such as the name of a branch
 * @param failures the failing version's failures there
 * @param total what could have failed there
 * @param share of the failing version's executions, how many were there, 0 to 1; null of a
 *     dimension that does not divide them
 * @param healthyFailures the healthy version's failures there; if it had nothing there, all its
 *     failures
 * @param healthyTotal what could have failed with the healthy version
 * @param isNew whether the healthy version had nothing there
 * @param healthyShare of the healthy version's executions, how many were there, 0 to 1; null as
 *     {@code share}
 * @param relativeRisk how many times as often as with the healthy version
 * @param lower the lower limit of its 95 % interval
 * @param upper the upper limit
 * @param otherFailures the failing version's failures elsewhere in the dimension; null of a
 *     dimension that does not divide executions
 * @param otherTotal what could have failed elsewhere; null as {@code otherFailures}
 * @param relativeRiskToOthers how many times as often as elsewhere; null as {@code otherFailures}
 * @param pValue of Fisher's exact test; the greater one of both comparisons if there are two
 * @param correctedPValue corrected by Holm for the number of values that were compared
 * @param text the same in words
 */
@JsonNaming(SnakeCaseStrategy.class)
public record FailureFinding(
    FailureDimension dimension,
    String value,
    long failures,
    long total,
    @Nullable Double share,
    long healthyFailures,
    long healthyTotal,
    boolean isNew,
    @Nullable Double healthyShare,
    double relativeRisk,
    double lower,
    double upper,
    @Nullable Long otherFailures,
    @Nullable Long otherTotal,
    @Nullable Double relativeRiskToOthers,
    double pValue,
    double correctedPValue,
    String text) {}
