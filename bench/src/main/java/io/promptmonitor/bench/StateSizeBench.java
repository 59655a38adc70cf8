package io.promptmonitor.bench;

import io.promptmonitor.bench.MeasuredStore.Kind;
import io.promptmonitor.common.alerts.AlertingConfig;
import io.promptmonitor.common.alerts.RuleDemand;
import io.promptmonitor.common.alerts.RuleSet;
import io.promptmonitor.common.deployment.MonitorConfig;
import io.promptmonitor.common.execution.PromptVersionId;
import io.promptmonitor.common.windows.PaneUpdate;
import io.promptmonitor.common.windows.RollUp;
import io.promptmonitor.common.windows.RollUpOutput;
import io.promptmonitor.common.windows.RollUpPlan;
import io.promptmonitor.common.windows.SlidingEvaluator;
import io.promptmonitor.common.windows.SlidingWindows;
import io.promptmonitor.common.windows.VersionFacts;
import io.promptmonitor.common.windows.WindowUpdate;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * Measures the state of one prompt version with the default configuration and rules over three
 * weeks of event time, for prompt versions of different traffic: what is kept after each day, and
 * how many bytes a window of each size takes. Exits with 1 if the third week ever keeps more than
 * the second.
 */
public final class StateSizeBench {

  private static final long FIRST_MILLIS = Instant.parse("2025-06-02T00:00:00Z").toEpochMilli();
  private static final long MINUTE = Duration.ofMinutes(1).toMillis();
  private static final long PANE = MonitorConfig.defaults().evaluationInterval().toMillis();
  private static final int MINUTES_A_DAY = 24 * 60;
  private static final int DAYS = 21;
  private static final int WEEK = 7;

  /** What chance does to the size of sketches. */
  private static final double TOLERANCE = 1.02;

  /** The traffic of one prompt version: so many executions in one minute out of so many. */
  private record Traffic(String name, int executions, int everyMinutes) {}

  private static final List<Traffic> TRAFFIC =
      List.of(
          new Traffic("600 executions a minute", 600, 1),
          new Traffic("14 executions a minute", 14, 1),
          new Traffic("1 execution in 10 minutes", 1, 10));

  private StateSizeBench() {}

  /** Prints the tables. */
  public static void main(String[] args) {
    boolean bounded = true;
    for (Traffic traffic : TRAFFIC) {
      bounded &= simulate(traffic);
    }
    System.exit(bounded ? 0 : 1);
  }

  private static boolean simulate(Traffic traffic) {
    System.out.printf("%n%s%n%n", traffic.name());
    System.out.println("| day | windows kept | of late feedback | bytes |");
    System.out.println("|---:|---:|---:|---:|");
    PromptVersionId promptVersion = new PromptVersionId("prompt", "1");
    RuleSet rules = RuleSet.of(AlertingConfig.defaults());
    RollUpPlan plan = new RollUpPlan(MonitorConfig.defaults().rollUpSettings(rules.windows()));
    MeasuredStore store = new MeasuredStore();
    RollUp rollUp =
        RollUp.load(
            plan,
            promptVersion,
            store,
            new SlidingEvaluator(),
            VersionFacts.of(Double.NaN, new RuleDemand(rules, List.of()).of(null)));
    SampleExecutions executions = new SampleExecutions(1);
    List<Kind> days = new ArrayList<>();
    for (int day = 1; day <= DAYS; day++) {
      for (int minute = 0; minute < MINUTES_A_DAY; minute++) {
        long start = FIRST_MILLIS + ((day - 1L) * MINUTES_A_DAY + minute) * MINUTE;
        if (minute % traffic.everyMinutes() == 0) {
          addMinute(rollUp, start, executions, promptVersion, traffic.executions());
        }
        rollUp.advance(start + MINUTE, NO_OUTPUT);
      }
      rollUp.save();
      days.add(report(day, store));
    }
    System.out.println("\n| kept after day " + DAYS + " | entries | bytes each |");
    System.out.println("|---|---:|---:|");
    store
        .kinds()
        .forEach(
            (name, kind) ->
                System.out.printf(
                    Locale.ROOT,
                    "| %s | %,d | %,d |%n",
                    name,
                    kind.entries(),
                    kind.bytes() / kind.entries()));
    return isBounded(days);
  }

  /** Adds executions of a minute, in equal parts to each of its panes. */
  private static void addMinute(
      RollUp rollUp, long start, SampleExecutions samples, PromptVersionId version, int total) {
    int panes = (int) (MINUTE / PANE);
    for (int i = 0; i < panes; i++) {
      int executions = total * (i + 1) / panes - total * i / panes;
      if (executions > 0) {
        long paneStart = start + i * PANE;
        PaneUpdate pane = samples.pane(version, paneStart, executions);
        if (!rollUp.add(paneStart, pane.aggregate(), pane.exemplars(), paneStart)) {
          throw new IllegalStateException("a pane came too late");
        }
      }
    }
  }

  private static Kind report(int day, MeasuredStore store) {
    Map<String, Kind> kinds = store.kinds();
    long bytes = kinds.values().stream().mapToLong(Kind::bytes).sum();
    int entries = kinds.values().stream().mapToInt(Kind::entries).sum();
    int hours = kinds.getOrDefault("hours", new Kind(0, 0)).entries();
    System.out.printf(
        Locale.ROOT, "| %d | %,d | %,d | %,d |%n", day, entries - hours, hours, bytes);
    return new Kind(entries, bytes);
  }

  /** Whether no day of the third week keeps more than the same day of the second. */
  private static boolean isBounded(List<Kind> days) {
    for (int i = 2 * WEEK; i < days.size(); i++) {
      Kind before = days.get(i - WEEK);
      Kind after = days.get(i);
      if (after.entries() > before.entries() || after.bytes() > before.bytes() * TOLERANCE) {
        System.err.printf("day %d keeps more than day %d%n", i + 1, i + 1 - WEEK);
        return false;
      }
    }
    return true;
  }

  private static final RollUpOutput NO_OUTPUT =
      new RollUpOutput() {
        @Override
        public void window(WindowUpdate update) {
          // Only what stays is of interest.
        }

        @Override
        public void sliding(SlidingWindows evaluation) {
          // Only what stays is of interest.
        }

        @Override
        public void feedbackWithoutExecution(long executionMinute, long count) {
          throw new IllegalStateException("there is no feedback");
        }
      };
}
