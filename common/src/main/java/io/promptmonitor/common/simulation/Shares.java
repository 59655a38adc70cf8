package io.promptmonitor.common.simulation;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** A choice among named things, each with a weight: models, branches, error types. */
final class Shares {

  private final Map<String, Double> weights;
  private final String[] names;
  private final double[] cumulative;

  /**
   * A choice.
   *
   * @param weights weight by name, 0 or more, in the order that decides what a random number means;
   *     may be empty, but then nothing can be picked
   */
  Shares(Map<String, Double> weights) {
    this.weights = Collections.unmodifiableMap(new LinkedHashMap<>(weights));
    this.names = weights.keySet().toArray(String[]::new);
    this.cumulative = new double[names.length];
    double sum = 0;
    int i = 0;
    for (double weight : weights.values()) {
      sum += weight;
      cumulative[i++] = sum;
    }
    if (names.length > 0 && !(sum > 0)) {
      throw new IllegalArgumentException("at least one share must be above 0");
    }
    for (i = 0; i < cumulative.length; i++) {
      cumulative[i] /= sum;
    }
  }

  /** Whether there is nothing to choose from. */
  boolean isEmpty() {
    return names.length == 0;
  }

  /** All names. */
  List<String> names() {
    return List.of(names);
  }

  /** The name at a uniform random number between 0 and 1. */
  String pick(double uniform) {
    int i = 0;
    while (i < names.length - 1 && uniform >= cumulative[i]) {
      i++;
    }
    return names[i];
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof Shares shares && weights.equals(shares.weights);
  }

  @Override
  public int hashCode() {
    return weights.hashCode();
  }

  @Override
  public String toString() {
    return weights.toString();
  }
}
