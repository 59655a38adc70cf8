package io.promptmonitor.common.calibration;

import java.util.Locale;

/** How far predicted and actual quality are apart, in the words of reports. */
public enum CalibrationStatus {

  /** Less than {@link #MINOR} apart. */
  WELL_CALIBRATED,

  /** At least {@link #MINOR} apart, and at most {@link #SIGNIFICANT}. */
  MINOR_DRIFT,

  /** More than {@link #SIGNIFICANT} apart. */
  SIGNIFICANT_DRIFT,

  /** Fewer than {@link #MIN_COUNT} ratings and scores, or no prediction. */
  INSUFFICIENT_DATA;

  /** A difference from which calibration is no longer good, on the scale 0 to 10. */
  public static final double MINOR = 1.0;

  /** The limit of the specification's alert {@code avg_calibration_delta > 2.0}. */
  public static final double SIGNIFICANT = 2.0;

  /** Ratings and scores that it takes to say anything. */
  public static final long MIN_COUNT = 20;

  /**
   * The status of a difference between predicted and mean actual quality.
   *
   * @param bias predicted minus actual, or its absolute value; NaN if it is not known
   * @param count ratings and scores that the actual quality is the mean of
   */
  public static CalibrationStatus of(double bias, long count) {
    double delta = Math.abs(bias);
    if (Double.isNaN(delta) || count < MIN_COUNT) {
      return INSUFFICIENT_DATA;
    }
    if (delta > SIGNIFICANT) {
      return SIGNIFICANT_DRIFT;
    }
    return delta < MINOR ? WELL_CALIBRATED : MINOR_DRIFT;
  }

  /** As it is written in tables and reports: {@code minor_drift}. */
  public String label() {
    return name().toLowerCase(Locale.ROOT);
  }
}
