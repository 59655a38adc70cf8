package io.promptmonitor.common.ruletests;

/**
 * Makes whole numbers of a series of others, so that their sum stays right: 0.3 in each interval is
 * one in the 4th, the 7th, the 10th.
 */
final class CarriedSum {

  /** A sum of decimals that is a hair below a whole number is that number. */
  private static final double TOLERANCE = 1e-9;

  private double rest;

  /** The whole number that stands for the next value, 0 or more. */
  int next(double value) {
    rest += value;
    int whole = (int) Math.floor(rest + TOLERANCE);
    rest = Math.max(0, rest - whole);
    return whole;
  }
}
