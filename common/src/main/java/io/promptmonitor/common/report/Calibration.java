package io.promptmonitor.common.report;

import com.fasterxml.jackson.databind.PropertyNamingStrategies.SnakeCaseStrategy;
import com.fasterxml.jackson.databind.annotation.JsonNaming;
import io.promptmonitor.common.calibration.CalibrationStatus;
import io.promptmonitor.common.comparison.MetricReading;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Predicted quality against actual, of each version that predicts one and was rated.
 *
 * @param averageDelta the absolute difference, averaged over the versions by their ratings and
 *     scores; null if nothing is known
 * @param status by {@code averageDelta}; null if too little is known to say
 * @param adjustmentRecommended whether the prediction should be adjusted
 * @param why in a sentence what the recommendation rests on
 * @param versions each version
 */
@JsonNaming(SnakeCaseStrategy.class)
public record Calibration(
    @Nullable Double averageDelta,
    @Nullable CalibrationStatus status,
    boolean adjustmentRecommended,
    String why,
    List<OfVersion> versions) {

  public Calibration {
    versions = List.copyOf(versions);
  }

  /**
   * A version's prediction.
   *
   * @param version the version
   * @param predicted its predicted quality, 0 to 10
   * @param actual its mean actual quality, 0 to 10
   * @param bias the prediction minus the actual quality, -10 to 10
   */
  @JsonNaming(SnakeCaseStrategy.class)
  public record OfVersion(String version, double predicted, double actual, MetricReading bias) {}
}
