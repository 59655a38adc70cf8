package io.promptmonitor.common.simulation;

import java.util.ArrayList;
import java.util.List;
import java.util.Objects;

/**
 * Incidents that are much alike; how bad one is and how much traffic it hits are drawn evenly on a
 * logarithmic scale.
 *
 * @param kind what goes wrong
 * @param severity from the lowest to the highest share of executions that fail, or are slower than
 *     {@value #SLOW_MS} ms
 * @param traffic from the fewest to the most executions a minute
 * @param gradual whether it takes {@value #RAMP_MINUTES} minutes until it is as bad as that
 */
public record IncidentClass(Kind kind, Span severity, Span traffic, boolean gradual) {

  /** How long it takes until a gradual incident is at its worst. */
  public static final int RAMP_MINUTES = 10;

  /** From how many milliseconds on an execution is too slow: what the default trigger says. */
  public static final int SLOW_MS = 10_000;

  /** What goes wrong. */
  public enum Kind {
    /** Executions fail, in the usual ways. */
    ERRORS,
    /** All executions that succeed take longer, by a factor. */
    LATENCY
  }

  /** From a number to a higher one. */
  public record Span(double from, double to) {}

  /** How bad errors are. */
  public static final List<Span> ERROR_SHARES =
      List.of(new Span(0.12, 0.15), new Span(0.15, 0.25), new Span(0.25, 0.5), new Span(0.5, 1));

  /** How bad latencies are. */
  public static final List<Span> SLOW_SHARES =
      List.of(new Span(0.02, 0.05), new Span(0.05, 0.15), new Span(0.15, 0.5));

  /** How much traffic there is. */
  public static final List<Span> TRAFFIC =
      List.of(new Span(1, 3), new Span(3, 10), new Span(10, 30), new Span(30, 50));

  public IncidentClass {
    Objects.requireNonNull(kind, "kind");
    Objects.requireNonNull(severity, "severity");
    Objects.requireNonNull(traffic, "traffic");
  }

  /** How bad incidents of a kind are. */
  public static List<Span> severities(Kind kind) {
    return kind == Kind.ERRORS ? ERROR_SHARES : SLOW_SHARES;
  }

  /** All classes. */
  public static List<IncidentClass> all() {
    List<IncidentClass> classes = new ArrayList<>();
    for (Kind kind : Kind.values()) {
      for (Span severity : severities(kind)) {
        for (Span traffic : TRAFFIC) {
          classes.add(new IncidentClass(kind, severity, traffic, false));
          classes.add(new IncidentClass(kind, severity, traffic, true));
        }
      }
    }
    return List.copyOf(classes);
  }
}
