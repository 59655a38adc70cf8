package io.promptmonitor.bench;

import io.promptmonitor.common.simulation.IncidentClass;
import io.promptmonitor.common.simulation.IncidentClass.Kind;
import io.promptmonitor.common.simulation.IncidentClass.Span;
import io.promptmonitor.common.simulation.IncidentDetection;
import io.promptmonitor.common.simulation.RollbackPolicy;
import java.io.PrintStream;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Predicate;
import java.util.stream.Collectors;

/** How many incidents are found, and how soon, by what they are. Safe for many threads. */
final class DetectionTables {

  private static final double MEDIAN = 0.5;
  private static final double HIGH = 0.95;

  private final List<RollbackPolicy> policies;

  /** The delays by class and policy. */
  private final Map<IncidentClass, long[][]> delays = new LinkedHashMap<>();

  private final Map<IncidentClass, Integer> sizes = new LinkedHashMap<>();

  /** Nothing measured. */
  DetectionTables(List<RollbackPolicy> policies) {
    this.policies = policies;
  }

  /** Adds what came of an incident, for each policy. */
  synchronized void add(IncidentClass incident, long[] ofPolicies) {
    int size = sizes.merge(incident, 1, Integer::sum);
    long[][] known = delays.get(incident);
    if (known == null || size > known.length) {
      known = known == null ? new long[16][] : Arrays.copyOf(known, 2 * known.length);
      delays.put(incident, known);
    }
    known[size - 1] = ofPolicies;
  }

  /** The delays of all incidents of some classes by a policy, ascending; the missed ones last. */
  private synchronized long[] delays(int policy, Predicate<IncidentClass> which) {
    return delays.entrySet().stream()
        .filter(entry -> which.test(entry.getKey()))
        .flatMap(
            entry -> Arrays.stream(entry.getValue()).limit(sizes.getOrDefault(entry.getKey(), 0)))
        .mapToLong(ofPolicies -> ofPolicies[policy])
        .map(delay -> delay == IncidentDetection.MISSED ? Long.MAX_VALUE : delay)
        .sorted()
        .toArray();
  }

  /** The share of the incidents that a policy finds; NaN if there are none. */
  double found(int policy, Predicate<IncidentClass> which) {
    long[] all = delays(policy, which);
    return Arrays.stream(all).filter(delay -> delay != Long.MAX_VALUE).count()
        / (double) all.length;
  }

  /** The median delay of a policy in milliseconds, missed ones counted as the longest. */
  long median(int policy, Predicate<IncidentClass> which) {
    return quantile(delays(policy, which), MEDIAN);
  }

  private static long quantile(long[] ascending, double q) {
    return ascending.length == 0
        ? Long.MAX_VALUE
        : ascending[(int) Math.ceil(q * ascending.length) - 1];
  }

  /** Prints a table for each kind of incident, each with a row for severity and policy. */
  void print(PrintStream out, List<Integer> shownPolicies) {
    for (Kind kind : Kind.values()) {
      for (boolean gradual : new boolean[] {false, true}) {
        out.printf(
            "%n| %s, %s | | %s |%n",
            kind == Kind.ERRORS ? "executions that fail" : "executions slower than 10 s",
            gradual ? "gradual" : "sudden",
            IncidentClass.TRAFFIC.stream()
                .map(span -> text(span, 1) + "/min")
                .collect(Collectors.joining(" | ")));
        out.println("|---|---|" + "---:|".repeat(IncidentClass.TRAFFIC.size()));
        for (Span severity : IncidentClass.severities(kind)) {
          for (int policy : shownPolicies) {
            out.printf(
                "| %s %% | %s | %s |%n",
                text(severity, 100),
                policies.get(policy).name(),
                IncidentClass.TRAFFIC.stream()
                    .map(
                        traffic ->
                            cell(
                                delays(
                                    policy,
                                    new IncidentClass(kind, severity, traffic, gradual)::equals)))
                    .collect(Collectors.joining(" | ")));
          }
        }
      }
    }
  }

  private static String cell(long[] ascending) {
    long found = Arrays.stream(ascending).filter(delay -> delay != Long.MAX_VALUE).count();
    return ascending.length == 0
        ? "–"
        : String.format(
            Locale.ROOT,
            "%.1f %%: %s, %s",
            100.0 * found / ascending.length,
            minutes(quantile(ascending, MEDIAN)),
            minutes(quantile(ascending, HIGH)));
  }

  /** Milliseconds as minutes and seconds. */
  static String minutes(long millis) {
    if (millis == Long.MAX_VALUE) {
      return "–";
    }
    long seconds = Math.round(millis / 1e3);
    return String.format(Locale.ROOT, "%d:%02d", seconds / 60, seconds % 60);
  }

  private static String text(Span span, double factor) {
    return String.format(Locale.ROOT, "%.0f–%.0f", span.from() * factor, span.to() * factor);
  }
}
