package io.promptmonitor.common.calibration;

import java.io.Serializable;
import java.util.List;

/**
 * What is taken off the predicted quality of versions that use a technique, or exactly a
 * combination of techniques.
 *
 * @param techniques one, or the sorted techniques of a combination
 * @param value what is taken off, -10 to 10: above 0 for what is predicted too good
 */
public record Correction(List<String> techniques, double value) implements Serializable {

  public Correction {
    techniques = techniques.stream().distinct().sorted().toList();
    if (techniques.isEmpty()) {
      throw new IllegalArgumentException("a correction is of one technique at least");
    }
  }

  /** Whether it is of the combination, rather than of one technique. */
  public boolean isOfCombination() {
    return techniques.size() > 1;
  }

  /**
   * Whether it is for a version with these techniques: it has the one, or has exactly these.
   *
   * @param of sorted
   */
  public boolean appliesTo(List<String> of) {
    return isOfCombination() ? techniques.equals(of) : of.contains(techniques.get(0));
  }
}
