package io.promptmonitor.bench;

import io.promptmonitor.common.alerts.AlertEvent;
import io.promptmonitor.common.alerts.AlertTransition.Change;
import io.promptmonitor.common.replay.ReplayOutput;
import java.util.Map;
import java.util.TreeMap;

/** Counts the alerts that fire, by rule and by a class that prompts are sorted into. */
final class AlertCounts {

  private final int classes;
  private final Map<String, long[]> byRule = new TreeMap<>();

  /**
   * Nothing counted.
   *
   * @param classes number of classes, which are numbered from 0
   */
  AlertCounts(int classes) {
    this.classes = classes;
  }

  /** Counts what a replay of prompts of a class leads to. */
  ReplayOutput counting(int ofClass) {
    return new ReplayOutput() {
      @Override
      public void alert(AlertEvent event) {
        if (event.change() == Change.FIRING) {
          ofRule(event.key().rule())[ofClass]++;
        }
      }
    };
  }

  /** Adds what another one has counted. */
  void add(AlertCounts other) {
    other.byRule.forEach(
        (rule, counts) -> {
          long[] sums = ofRule(rule);
          for (int i = 0; i < classes; i++) {
            sums[i] += counts[i];
          }
        });
  }

  /** How often alerts of a rule fired, by class. */
  long[] ofRule(String rule) {
    return byRule.computeIfAbsent(rule, name -> new long[classes]);
  }
}
