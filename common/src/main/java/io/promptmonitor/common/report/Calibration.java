package io.promptmonitor.common.report;

import com.fasterxml.jackson.databind.PropertyNamingStrategies.SnakeCaseStrategy;
import com.fasterxml.jackson.databind.annotation.JsonNaming;
import io.promptmonitor.common.comparison.MetricReading;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * Predicted quality against actual, of each version that predicts one and was rated.
 *
 * @param averageDelta the absolute difference, averaged over the versions by their ratings and
 *     scores; null if nothing is known
 * @param status by {@code averageDelta}; null if nothing is known
 * @param adjustmentRecommended whether the prediction should be adjusted
 * @param why in a sentence what the recommendation rests on
 * @param versions each version
 */
@JsonNaming(SnakeCaseStrategy.class)
public record Calibration(
    @Nullable Double averageDelta,
    @Nullable Status status,
    boolean adjustmentRecommended,
    String why,
    List<OfVersion> versions) {

  /** From this difference on a prediction is called off. */
  public static final double MINOR_DRIFT_FROM = 1;

  /** Above this difference it is called far off: where the specification's alert begins. */
  public static final double SIGNIFICANT_DRIFT_ABOVE = 2;

  public Calibration {
    versions = List.copyOf(versions);
  }

  /** How far predictions are off. */
  public enum Status {
    /** Less than {@link #MINOR_DRIFT_FROM}. */
    WELL_CALIBRATED,
    /** From there to {@link #SIGNIFICANT_DRIFT_ABOVE}. */
    MINOR_DRIFT,
    /** More. */
    SIGNIFICANT_DRIFT;

    /** The name in reports, such as {@code minor_drift}. */
    public String label() {
      return name().toLowerCase(Locale.ROOT);
    }
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
