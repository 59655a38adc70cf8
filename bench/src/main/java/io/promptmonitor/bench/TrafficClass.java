package io.promptmonitor.bench;

import java.util.List;

/** Sorts prompts by how much traffic they have, from 0.1 to 50 executions a minute. */
final class TrafficClass {

  /** The classes, numbered from 0. */
  static final List<String> NAMES =
      List.of("0.1–0.3/min", "0.3–1/min", "1–3/min", "3–10/min", "10–50/min");

  /** Executions a minute at which the next class begins. */
  private static final double[] BEGINS = {0.3, 1, 3, 10};

  private TrafficClass() {}

  /** The number of the class. */
  static int of(double ratePerMinute) {
    int found = 0;
    while (found < BEGINS.length && ratePerMinute >= BEGINS[found]) {
      found++;
    }
    return found;
  }
}
