package io.promptmonitor.common.feedback;

import io.promptmonitor.common.execution.Execution;
import io.promptmonitor.common.execution.Feedback;
import io.promptmonitor.common.metrics.QualityCounts;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;

/**
 * The rating and the score that count for one execution: of several feedback events the latest
 * wins, and one that is repeated or older changes nothing.
 */
public final class FeedbackLedger {

  private static final byte FORMAT = 1;

  private byte rating = Execution.NO_FEEDBACK;
  private long ratingTime = Long.MIN_VALUE;
  private int score = Execution.NO_SCORE;
  private long scoreTime = Long.MIN_VALUE;

  /**
   * Takes a feedback event and returns what it changes in the execution's windows; empty if
   * nothing.
   */
  public QualityCounts apply(Feedback feedback) {
    QualityCounts change = new QualityCounts();
    byte newRating = feedback.userFeedback();
    if (newRating != Execution.NO_FEEDBACK
        && replaces(feedback.timestamp(), newRating, ratingTime, rating)) {
      change.remove(rating, Execution.NO_SCORE);
      change.add(newRating, Execution.NO_SCORE);
      rating = newRating;
      ratingTime = feedback.timestamp();
    }
    int newScore = feedback.automatedScore();
    if (newScore != Execution.NO_SCORE
        && replaces(feedback.timestamp(), newScore, scoreTime, score)) {
      change.remove(Execution.NO_FEEDBACK, score);
      change.add(Execution.NO_FEEDBACK, newScore);
      score = newScore;
      scoreTime = feedback.timestamp();
    }
    return change;
  }

  /**
   * Later wins; of two at the same time the greater, so that the order of arrival does not matter.
   */
  private static boolean replaces(long time, int value, long currentTime, int current) {
    return time > currentTime || (time == currentTime && value > current);
  }

  /** The ledger as bytes. */
  public byte[] toBytes() {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream(22);
    try {
      DataOutputStream out = new DataOutputStream(bytes);
      out.writeByte(FORMAT);
      out.writeByte(rating);
      out.writeLong(ratingTime);
      out.writeInt(score);
      out.writeLong(scoreTime);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return bytes.toByteArray();
  }

  /** Reads what {@link #toBytes} wrote. */
  public static FeedbackLedger fromBytes(byte[] bytes) {
    FeedbackLedger ledger = new FeedbackLedger();
    try {
      DataInputStream in = new DataInputStream(new ByteArrayInputStream(bytes));
      byte format = in.readByte();
      if (format != FORMAT) {
        throw new IOException("unknown format of a feedback ledger: " + format);
      }
      ledger.rating = in.readByte();
      ledger.ratingTime = in.readLong();
      ledger.score = in.readInt();
      ledger.scoreTime = in.readLong();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return ledger;
  }
}
