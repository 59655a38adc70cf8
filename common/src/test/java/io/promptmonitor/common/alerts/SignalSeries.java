package io.promptmonitor.common.alerts;

import java.util.Arrays;
import java.util.Random;

/** Values of a metric over time, as production shows them; a missing value is {@link #GAP}. */
final class SignalSeries {

  /** Stands for no value at all; NaN is a value. */
  static final double GAP = Double.NEGATIVE_INFINITY;

  private SignalSeries() {}

  /** The series of a seed: one of the shapes, with gaps and NaN strewn in for some. */
  static double[] generate(long seed, int length) {
    Random random = new Random(seed);
    double[] values = new double[length];
    switch ((int) (seed % 5)) {
      case 0 -> steps(values, random);
      case 1 -> ramps(values, random);
      case 2 -> flapping(values, random);
      case 3 -> bursts(values, random);
      default -> Arrays.setAll(values, i -> random.nextDouble() / 10);
    }
    if (random.nextBoolean()) {
      strew(values, GAP, random);
    }
    if (random.nextBoolean()) {
      strew(values, Double.NaN, random);
    }
    return values;
  }

  private static void steps(double[] values, Random random) {
    int at = 0;
    boolean high = random.nextBoolean();
    while (at < values.length) {
      int to = Math.min(values.length, at + 1 + random.nextInt(40));
      Arrays.fill(values, at, to, high ? 0.1 : 0.01);
      high = !high;
      at = to;
    }
  }

  private static void ramps(double[] values, Random random) {
    double period = 10 + random.nextInt(60);
    double phase = random.nextDouble();
    for (int i = 0; i < values.length; i++) {
      double position = i / period + phase;
      values[i] = 0.1 * Math.abs(position - Math.rint(position)) * 2;
    }
  }

  private static void flapping(double[] values, Random random) {
    int high = 1 + random.nextInt(8);
    int low = 1 + random.nextInt(8);
    for (int i = 0; i < values.length; i++) {
      values[i] = i % (high + low) < high ? 0.1 : 0.05; // 0.05 is not above 0.05
    }
  }

  /** Mostly high, with single values that are not: what a hold must notice. */
  private static void bursts(double[] values, Random random) {
    for (int i = 0; i < values.length; i++) {
      values[i] = random.nextInt(30) == 0 ? 0.02 : 0.07;
    }
  }

  private static void strew(double[] values, double what, Random random) {
    for (int n = 1 + random.nextInt(4); n > 0; n--) {
      int from = random.nextInt(values.length);
      Arrays.fill(values, from, Math.min(values.length, from + 1 + random.nextInt(12)), what);
    }
  }
}
