package io.promptmonitor.bench;

import java.time.Duration;
import java.util.Locale;

/** How densely the benchmark's records lie in event time. */
public enum TrafficShape {
  /** All records within 20 minutes: many executions in a pane. */
  DENSE(Duration.ofMinutes(20)),
  /** All records within 6 hours: few executions in a pane, many panes. */
  SPARSE(Duration.ofHours(6));

  private final Duration span;

  TrafficShape(Duration span) {
    this.span = span;
  }

  /** Event time that the records cover. */
  public Duration span() {
    return span;
  }

  /** The name as an option and in results. */
  public String label() {
    return name().toLowerCase(Locale.ROOT);
  }
}
