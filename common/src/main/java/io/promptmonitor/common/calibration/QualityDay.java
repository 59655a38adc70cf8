package io.promptmonitor.common.calibration;

import java.time.LocalDate;

/**
 * The actual quality of a version on one day (UTC).
 *
 * @param day the day
 * @param count number of ratings and automated scores
 * @param quality their mean, ratings r as (r - 1) / 4 * 10, 0 to 10; NaN if there are none
 */
public record QualityDay(LocalDate day, long count, double quality) {

  /**
   * Of a day's metrics.
   *
   * @param averageRating 1 to 5; ignored without ratings
   * @param averageScore 0 to 10; ignored without scores
   */
  public static QualityDay of(
      LocalDate day, long ratings, double averageRating, long scores, double averageScore) {
    long count = ratings + scores;
    double sum =
        (ratings > 0 ? ratings * (averageRating - 1) / 4 * 10 : 0)
            + (scores > 0 ? scores * averageScore : 0);
    return new QualityDay(day, count, count > 0 ? sum / count : Double.NaN);
  }
}
