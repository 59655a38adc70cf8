package io.promptmonitor.reports.charts;

import java.util.ArrayList;
import java.util.List;

/** Where a value is on an axis, from 0 to 1, and which values get a tick. */
sealed interface Scale {

  double position(double value);

  List<Double> ticks();

  /**
   * A scale for values from 0 up to {@code max}, or a logarithmic one if the values span a factor
   * of more than ten.
   *
   * @param min the least value above 0
   */
  static Scale forRange(double min, double max) {
    return min > 0 && max / min > 10 ? Logarithmic.covering(min, max) : Linear.upTo(max);
  }

  /** From 0 to the last tick; ticks are 1, 2 or 5 times a power of ten apart. */
  record Linear(double step, int steps) implements Scale {

    private static final int MOST_STEPS = 5;

    static Linear upTo(double max) {
      if (!(max > 0) || Double.isInfinite(max)) {
        return new Linear(1, 1);
      }
      double power = Math.pow(10, Math.floor(Math.log10(max / MOST_STEPS)));
      for (double factor : new double[] {1, 2, 5, 10}) {
        int steps = (int) Math.ceil(max / (power * factor) - 1e-9);
        if (steps <= MOST_STEPS) {
          return new Linear(power * factor, Math.max(1, steps));
        }
      }
      throw new IllegalStateException("no step for " + max);
    }

    @Override
    public double position(double value) {
      return value / (step * steps);
    }

    @Override
    public List<Double> ticks() {
      List<Double> ticks = new ArrayList<>();
      for (int i = 0; i <= steps; i++) {
        ticks.add(step * i);
      }
      return ticks;
    }
  }

  /** Between two of the values 1, 2 and 5 times a power of ten, which are its ticks. */
  record Logarithmic(List<Double> ticks) implements Scale {

    static Logarithmic covering(double min, double max) {
      List<Double> ticks = new ArrayList<>();
      int power = (int) Math.floor(Math.log10(min)) - 1;
      while (ticks.isEmpty() || ticks.get(ticks.size() - 1) < max) {
        for (double factor : new double[] {1, 2, 5}) {
          double tick = factor * Math.pow(10, power);
          if (ticks.size() == 1 && tick <= min) {
            ticks.clear();
          }
          if (ticks.isEmpty() || ticks.get(ticks.size() - 1) < max) {
            ticks.add(tick);
          }
        }
        power++;
      }
      return new Logarithmic(List.copyOf(ticks));
    }

    @Override
    public double position(double value) {
      double first = Math.log(ticks.get(0));
      double last = Math.log(ticks.get(ticks.size() - 1));
      return (Math.log(value) - first) / (last - first);
    }
  }
}
