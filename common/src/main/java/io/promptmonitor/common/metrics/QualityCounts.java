package io.promptmonitor.common.metrics;

import io.promptmonitor.common.encoding.VarInt;
import io.promptmonitor.common.execution.Execution;
import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;

/**
 * Ratings and automated scores of a window, as sums that commute exactly; a correction may take
 * away what it replaces, so each may be negative in a difference. Not thread-safe.
 */
public final class QualityCounts {

  /** Ratings up to this one are negative. */
  public static final int NEGATIVE_RATING = 2;

  private static final double RATING_TO_QUALITY = 10.0 / 4;

  private long ratings;
  private long ratingSum;
  private long negativeRatings;
  private long scores;
  private long scoreSum;

  /**
   * Counts one rating and one score.
   *
   * @param rating 1 to 5, or {@link Execution#NO_FEEDBACK}
   * @param score in millionths of the scale 0 to 10, or {@link Execution#NO_SCORE}
   */
  public void add(byte rating, int score) {
    count(rating, score, 1);
  }

  /** Takes back one rating and one score that were counted before. */
  public void remove(byte rating, int score) {
    count(rating, score, -1);
  }

  private void count(byte rating, int score, int sign) {
    if (rating != Execution.NO_FEEDBACK) {
      ratings += sign;
      ratingSum += (long) sign * rating;
      negativeRatings += rating <= NEGATIVE_RATING ? sign : 0;
    }
    if (score != Execution.NO_SCORE) {
      scores += sign;
      scoreSum += (long) sign * score;
    }
  }

  /** The counts of these sums. */
  static QualityCounts of(
      long ratings, long ratingSum, long negativeRatings, long scores, long scoreSum) {
    QualityCounts counts = new QualityCounts();
    counts.ratings = ratings;
    counts.ratingSum = ratingSum;
    counts.negativeRatings = negativeRatings;
    counts.scores = scores;
    counts.scoreSum = scoreSum;
    return counts;
  }

  /** Adds what {@code other} holds. */
  public void add(QualityCounts other) {
    ratings += other.ratings;
    ratingSum += other.ratingSum;
    negativeRatings += other.negativeRatings;
    scores += other.scores;
    scoreSum += other.scoreSum;
  }

  /** Whether nothing was counted, or everything was taken back. */
  public boolean isEmpty() {
    return ratings == 0 && ratingSum == 0 && negativeRatings == 0 && scores == 0 && scoreSum == 0;
  }

  /** Number of ratings. */
  public long ratingCount() {
    return ratings;
  }

  /** Number of ratings of at most {@link #NEGATIVE_RATING}. */
  public long negativeRatingCount() {
    return negativeRatings;
  }

  /** Number of automated scores. */
  public long scoreCount() {
    return scores;
  }

  /** Mean rating, 1 to 5, or NaN without ratings. */
  public double averageRating() {
    return ratings > 0 ? within(1, (double) ratingSum / ratings, 5) : Double.NaN;
  }

  /** Mean automated score, 0 to 10, or NaN without scores. */
  public double averageScore() {
    return scores > 0
        ? within(0, (double) scoreSum / Execution.SCORE_UNIT / scores, 10)
        : Double.NaN;
  }

  /** Share of negative ratings among all ratings, or NaN without ratings. */
  public double negativeRate() {
    return ratings > 0 ? within(0, (double) negativeRatings / ratings, 1) : Double.NaN;
  }

  /**
   * Mean actual quality, 0 to 10, over all ratings (mapped by (r - 1) / 4 * 10) and automated
   * scores together, or NaN without either.
   */
  public double averageQuality() {
    double ratingQuality = (ratingSum - ratings) * RATING_TO_QUALITY;
    double scoreQuality = (double) scoreSum / Execution.SCORE_UNIT;
    long count = ratings + scores;
    return count > 0 ? within(0, (ratingQuality + scoreQuality) / count, 10) : Double.NaN;
  }

  /**
   * A mean where it must lie. It does, unless a correction takes back what was counted in another
   * window or not at all, because a producer contradicts itself: that must not stop everybody else.
   */
  private static double within(double min, double mean, double max) {
    return Math.max(min, Math.min(max, mean));
  }

  /**
   * By how much a prediction was too good, -10 to 10: it minus {@link #averageQuality}; NaN if
   * either is.
   *
   * @param predictedQuality 0 to 10, or NaN
   */
  public double bias(double predictedQuality) {
    return predictedQuality - averageQuality();
  }

  /** Writes the five sums as signed {@link VarInt}s. */
  public void write(DataOutput out) throws IOException {
    VarInt.writeSigned(out, ratings);
    VarInt.writeSigned(out, ratingSum);
    VarInt.writeSigned(out, negativeRatings);
    VarInt.writeSigned(out, scores);
    VarInt.writeSigned(out, scoreSum);
  }

  /** Replaces the content by what {@link #write} wrote. */
  public void read(DataInput in) throws IOException {
    ratings = VarInt.readSigned(in);
    ratingSum = VarInt.readSigned(in);
    negativeRatings = VarInt.readSigned(in);
    scores = VarInt.readSigned(in);
    scoreSum = VarInt.readSigned(in);
  }
}
