package io.promptmonitor.common.rollback.analysis;

import io.promptmonitor.common.comparison.MetricReading;
import io.promptmonitor.common.comparison.Verdict;
import io.promptmonitor.common.metrics.Metric;
import io.promptmonitor.common.metrics.MetricText;
import io.promptmonitor.common.metrics.Quantity;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;

/**
 * Something significant that was seen of the failing version.
 *
 * @param text what was seen, in short
 * @param topics what it has to do with; empty if that is not known
 */
record Clue(String text, Set<Topic> topics) {

  /** The findings, the strongest first, then the metrics that got worse. */
  static List<Clue> of(List<MetricChange> changes, FailureCorrelation correlation) {
    List<Clue> clues = new ArrayList<>();
    correlation.findings().forEach(finding -> clues.add(of(finding)));
    changes.stream()
        .filter(change -> change.failingVersusBefore().verdict() == Verdict.WORSE)
        .forEach(change -> clues.add(of(change)));
    return clues;
  }

  static Clue of(FailureFinding finding) {
    Set<Topic> topics = Topic.of(finding.value());
    switch (finding.dimension()) {
      case BRANCH -> topics.add(Topic.BRANCHING);
      case TOKEN_LENGTH -> topics.add(Topic.COMPLEXITY);
      case MODEL -> topics = EnumSet.of(Topic.MODEL); // its name says nothing else
      case ERROR_TYPE, USERS -> {}
    }
    String text =
        finding.dimension().show(finding.value())
            + ": "
            + finding.failures()
            + " of "
            + finding.total()
            + " failed, "
            + MetricText.number(finding.relativeRisk())
            + " times as often as with the healthy version";
    return new Clue(text, topics);
  }

  private static Clue of(MetricChange change) {
    String text =
        change.metric()
            + " got worse: from "
            + value(change.metric(), change.before())
            + " to "
            + value(change.metric(), change.failing());
    return new Clue(text, topics(Objects.requireNonNull(Metric.named(change.metric()))));
  }

  private static String value(String metric, MetricReading reading) {
    return reading.value() == null ? "unknown" : MetricText.value(metric, reading.value());
  }

  private static Set<Topic> topics(Metric metric) {
    Quantity quantity = metric.quantity();
    if (metric == Metric.CONSISTENCY_RATE) {
      return EnumSet.of(Topic.CONSISTENCY);
    }
    if (metric.isQuality()) {
      return EnumSet.of(Topic.QUALITY);
    }
    if (quantity == Quantity.LATENCY) {
      return EnumSet.of(Topic.SPEED);
    }
    // That executions fail says nothing of why.
    return quantity == Quantity.TOKENS ? EnumSet.of(Topic.COMPLEXITY) : EnumSet.noneOf(Topic.class);
  }
}
