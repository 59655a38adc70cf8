package io.promptmonitor.common.calibration;

import java.io.Serializable;
import java.util.List;

/**
 * The corrections of predicted qualities that are in force.
 *
 * @param version 1 for the first that was applied, one more for each later one; 0 for none
 * @param corrections at most one for the same techniques
 */
public record Heuristic(int version, List<Correction> corrections) implements Serializable {

  /** Nothing has been applied yet. */
  public static final Heuristic NONE = new Heuristic(0, List.of());

  private static final double BEST = 10;

  public Heuristic {
    corrections = List.copyOf(corrections);
  }

  /**
   * What is taken off for exactly these techniques (sorted), by their own correction; 0 if none.
   */
  public double valueOf(List<String> techniques) {
    return corrections.stream()
        .filter(c -> c.techniques().equals(techniques))
        .mapToDouble(Correction::value)
        .findFirst()
        .orElse(0);
  }

  /**
   * The corrected prediction: the declared one minus all corrections that apply, not below 0 nor
   * above 10.
   *
   * @param declared 0 to 10, or NaN
   * @param techniques of the version
   */
  public double correct(double declared, List<String> techniques) {
    List<String> sorted = techniques.stream().distinct().sorted().toList();
    double sum =
        corrections.stream().filter(c -> c.appliesTo(sorted)).mapToDouble(Correction::value).sum();
    return Math.max(0, Math.min(BEST, declared - sum));
  }
}
