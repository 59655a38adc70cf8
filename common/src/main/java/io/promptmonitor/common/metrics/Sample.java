package io.promptmonitor.common.metrics;

/** What a metric is taken from: how many of them there are says how far to trust its value. */
public enum Sample {
  /** Every execution of the window. */
  EXECUTIONS("executions"),
  /** Executions that a user rated. */
  RATINGS("ratings"),
  /** Executions with an automated score. */
  SCORES("automated scores"),
  /** Ratings and automated scores together. */
  RATINGS_AND_SCORES("ratings and automated scores");

  private final String plural;

  Sample(String plural) {
    this.plural = plural;
  }

  /** What it is, for messages: {@code executions}. */
  public String plural() {
    return plural;
  }
}
