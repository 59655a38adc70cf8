package io.promptmonitor.common.calibration;

import java.time.LocalDate;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.random.RandomGenerator;

/** Versions whose bias is known, day by day; not execution by execution. */
final class SimulatedVersions {

  static final LocalDate START = LocalDate.of(2026, 3, 2);

  /** Standard deviation of a single score. */
  static final double SCORE_SPREAD = 2;

  private SimulatedVersions() {}

  /**
   * A version with the prediction 7.
   *
   * @param bias by how much that is too good, for each day
   * @param daySpread standard deviation of what a day has of its own
   */
  static PredictedVersion version(
      RandomGenerator random,
      String name,
      List<String> techniques,
      double[] bias,
      double daySpread) {
    List<QualityDay> days = new ArrayList<>();
    for (int d = 0; d < bias.length; d++) {
      // Weekends have a third of the traffic.
      int count = (d % 7 >= 5 ? 20 : 60) + random.nextInt(40);
      double noise = Math.hypot(daySpread, SCORE_SPREAD / Math.sqrt(count));
      days.add(
          new QualityDay(START.plusDays(d), count, 7 - bias[d] + noise * random.nextGaussian()));
    }
    return new PredictedVersion(name, "1.0.0", 7, techniques, "medium", days);
  }

  /** The same bias on all days. */
  static double[] constant(int days, double bias) {
    double[] all = new double[days];
    Arrays.fill(all, bias);
    return all;
  }
}
