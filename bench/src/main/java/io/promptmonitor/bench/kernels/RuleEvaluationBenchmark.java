package io.promptmonitor.bench.kernels;

import io.promptmonitor.common.alerts.AlertEvent;
import io.promptmonitor.common.alerts.AlertingConfig;
import io.promptmonitor.common.alerts.EvaluatedWindows;
import io.promptmonitor.common.alerts.ExemplarChoice;
import io.promptmonitor.common.alerts.RuleSet;
import io.promptmonitor.common.alerts.RulesOfVersion;
import io.promptmonitor.common.alerts.VersionAlerts;
import io.promptmonitor.common.execution.Execution;
import io.promptmonitor.common.execution.PromptVersionId;
import io.promptmonitor.common.metrics.WindowAggregate;
import io.promptmonitor.common.windows.SlidingWindow;
import io.promptmonitor.common.windows.SlidingWindows;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/**
 * What it takes to evaluate all rules of many versions once, as is done every pane: the time of one
 * round, with the state read from bytes and, if it changed, written to bytes. The default rules are
 * ten a version, so 5,000 versions are 50,000 combinations of prompt, version and rule.
 */
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Warmup(iterations = 3, time = 2)
@Measurement(iterations = 5, time = 2)
@Fork(1)
@State(Scope.Thread)
public class RuleEvaluationBenchmark {

  private static final long PANE = 10_000;

  /** How many versions there are. */
  @Param({"100", "1000", "5000"})
  public int versions;

  /** Of how many versions in a hundred the rules are breached. */
  @Param({"0", "10"})
  public int breached;

  private final RuleSet ruleSet = RuleSet.of(AlertingConfig.defaults());
  private final RulesOfVersion rules = RulesOfVersion.of(ruleSet, null);
  private final List<PromptVersionId> ids = new ArrayList<>();
  private byte[][] states = new byte[0][];
  private List<SlidingWindow> healthy = List.of();
  private List<SlidingWindow> failing = List.of();
  private long now;

  /** Evaluates everything once, so that every rule is known. */
  @Setup
  public void prepare() throws IOException {
    healthy = windows(1);
    failing = windows(60);
    states = new byte[versions][];
    for (int i = 0; i < versions; i++) {
      ids.add(new PromptVersionId("team-" + i % 37 + "/prompt-" + i, "1.0.0"));
      states[i] = new VersionAlerts(ids.get(i)).toBytes();
    }
    round();
  }

  private List<SlidingWindow> windows(int failures) {
    WindowAggregate counters = new WindowAggregate();
    for (int i = 0; i < 300; i++) {
      counters.add(
          new Execution(
              i,
              new PromptVersionId("p", "1.0.0"),
              0,
              500,
              100,
              50,
              i >= failures,
              i >= failures ? null : "timeout",
              Execution.NO_FEEDBACK,
              Execution.NO_SCORE,
              Execution.NO_HASH,
              Execution.NO_HASH,
              Execution.NO_HASH,
              null,
              null));
    }
    List<SlidingWindow> windows = new ArrayList<>();
    for (Duration length : ruleSet.windows()) {
      windows.add(new SlidingWindow(length.toMillis(), 0, counters, 500, 900, 1_200, List.of()));
    }
    return windows;
  }

  /** One round; returns how much happened. */
  @Benchmark
  public int round() throws IOException {
    now += PANE;
    int events = 0;
    for (int i = 0; i < versions; i++) {
      List<SlidingWindow> windows = i % 100 < breached ? failing : healthy;
      SlidingWindows evaluation =
          new SlidingWindows(ids.get(i), now, 8, true, windows, List.of(), List.of());
      VersionAlerts alerts = VersionAlerts.fromBytes(ids.get(i), states[i]);
      List<AlertEvent> happened =
          alerts.evaluate(
              rules, EvaluatedWindows.of(evaluation), true, ExemplarChoice.of(evaluation), now);
      events += happened.size();
      if (alerts.hasChanged()) {
        states[i] = alerts.toBytes();
      }
    }
    return events;
  }
}
