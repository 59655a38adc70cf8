package io.promptmonitor.common.calibration;

import io.promptmonitor.common.comparison.Interval;
import java.io.Serializable;
import java.util.List;
import java.util.Locale;

/**
 * What an analysis says about the correction of one technique or combination.
 *
 * @param techniques one, or the sorted techniques of a combination
 * @param versions number of versions that have it
 * @param count number of their ratings and scores
 * @param effect what it adds to the bias of a version, shrunk towards 0
 * @param interval 95 % interval of the effect
 * @param errorBefore root of the mean squared bias of its versions without this correction, each
 *     corrected by what the versions of the other folds say about everything else; NaN if not known
 * @param errorAfter the same with this correction
 * @param current the value in force, 0 if there is none
 * @param value the value to apply; the current one unless something is proposed
 * @param verdict what is proposed, or why nothing is
 */
public record Proposal(
    List<String> techniques,
    int versions,
    long count,
    double effect,
    Interval interval,
    double errorBefore,
    double errorAfter,
    double current,
    double value,
    Verdict verdict)
    implements Serializable {

  /** What is proposed, or why nothing is. */
  public enum Verdict {
    /** A new value, with all conditions met. */
    CORRECT("correct"),
    /** The value in force is no longer supported by the data, and goes towards 0. */
    WITHDRAW("withdraw"),
    /** The value in force is the right one to the hundredth. */
    KEEP("in force"),
    /** Too few versions, or ratings and scores. */
    TOO_FEW("too few data"),
    /** The interval includes 0. */
    NOT_CLEAR("interval includes 0"),
    /** Versions that were left out would not have been predicted better. */
    NO_BETTER("no better on held-out versions"),
    /** The shrunk effect is too small to matter. */
    TOO_SMALL("too small to matter");

    private final String text;

    Verdict(String text) {
      this.text = text;
    }

    /** For people. */
    public String text() {
      return text;
    }

    /** As it is written in tables: {@code not_clear}. */
    public String label() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  /** Whether applying it changes something. */
  public boolean isChange() {
    return verdict == Verdict.CORRECT || verdict == Verdict.WITHDRAW;
  }
}
