package io.promptmonitor.bench.kernels;

import io.promptmonitor.bench.MeasuredStore;
import io.promptmonitor.bench.SampleExecutions;
import io.promptmonitor.common.alerts.AlertingConfig;
import io.promptmonitor.common.alerts.RuleDemand;
import io.promptmonitor.common.alerts.RuleSet;
import io.promptmonitor.common.execution.PromptVersionId;
import io.promptmonitor.common.metrics.Exemplars;
import io.promptmonitor.common.metrics.MetricPart;
import io.promptmonitor.common.metrics.WindowAggregate;
import io.promptmonitor.common.windows.RollUp;
import io.promptmonitor.common.windows.RollUpOutput;
import io.promptmonitor.common.windows.RollUpPlan;
import io.promptmonitor.common.windows.RollUpSettings;
import io.promptmonitor.common.windows.SlidingDemand;
import io.promptmonitor.common.windows.SlidingEvaluator;
import io.promptmonitor.common.windows.SlidingWindows;
import io.promptmonitor.common.windows.VersionFacts;
import io.promptmonitor.common.windows.WindowSize;
import io.promptmonitor.common.windows.WindowUpdate;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
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
import org.openjdk.jmh.infra.Blackhole;

/**
 * What a pane costs behind the shuffle, all windows and evaluations that it leads to included.
 * Event time goes on for ever, so that the state is that of a job that has been running for long.
 */
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@State(Scope.Thread)
@Fork(1)
@Warmup(iterations = 3, time = 2)
@Measurement(iterations = 5, time = 1)
public class RollUpBenchmark {

  private static final int PANES_A_MINUTE = 6;
  private static final long PANE = Duration.ofSeconds(10).toMillis();
  private static final long MINUTE = Duration.ofMinutes(1).toMillis();
  private static final int SAMPLES = 256;
  private static final PromptVersionId PROMPT_VERSION = new PromptVersionId("prompt", "1");

  /** Executions of a pane: sparse and dense. */
  @Param({"2", "40"})
  public int executions;

  /** Sliding windows: four or eight, evaluated every minute, or those of the default rules. */
  @Param public Sliding slidingWindows = Sliding.NONE;

  /** Which sliding windows there are. */
  public enum Sliding {
    /** None. */
    NONE,
    /** Up to an hour. */
    FOUR,
    /** Up to two hours. */
    EIGHT,
    /** Up to a day, evaluated every pane, with what the rules want to know. */
    OF_DEFAULT_RULES;

    private IntStream minutes() {
      return switch (this) {
        case FOUR -> IntStream.of(5, 10, 15, 60);
        case EIGHT -> IntStream.of(5, 10, 15, 20, 30, 45, 60, 120);
        case NONE, OF_DEFAULT_RULES -> IntStream.empty();
      };
    }
  }

  private static final Exemplars NO_EXEMPLARS = new Exemplars();

  private final WindowAggregate[] panes = new WindowAggregate[SAMPLES];
  private RollUp rollUp = emptyRollUp(Sliding.NONE);
  private long paneStart;
  private int next;

  /** Begins a roll-up. */
  @Setup
  public void begin() {
    SampleExecutions sample = new SampleExecutions(1);
    for (int i = 0; i < SAMPLES; i++) {
      panes[i] = sample.pane(PROMPT_VERSION, 0, executions).aggregate();
    }
    rollUp = emptyRollUp(slidingWindows);
  }

  private static RollUp emptyRollUp(Sliding windows) {
    boolean ofRules = windows == Sliding.OF_DEFAULT_RULES;
    RuleSet rules = RuleSet.of(AlertingConfig.defaults());
    List<Long> sliding =
        ofRules
            ? rules.windows().stream().map(Duration::toMillis).toList()
            : windows.minutes().mapToObj(m -> m * MINUTE).toList();
    SlidingDemand demand =
        ofRules
            ? new RuleDemand(rules, List.of()).of(null)
            : SlidingDemand.ofEveryLength(MetricPart.LATENCY.mask());
    RollUpSettings settings =
        new RollUpSettings(
            PANE,
            MINUTE,
            Duration.ofDays(1).toMillis(),
            Map.of(
                WindowSize.ONE_HOUR, 5 * MINUTE,
                WindowSize.ONE_DAY, 15 * MINUTE,
                WindowSize.SEVEN_DAYS, 60 * MINUTE),
            sliding,
            ofRules ? PANE : MINUTE);
    return RollUp.load(
        new RollUpPlan(settings),
        PROMPT_VERSION,
        new MeasuredStore(),
        new SlidingEvaluator(),
        VersionFacts.of(7.5, demand));
  }

  /** Adds a pane; the last one of a minute ends it. */
  @Benchmark
  public void pane(Blackhole blackhole) {
    rollUp.add(paneStart, panes[next % SAMPLES], NO_EXEMPLARS, paneStart);
    paneStart += PANE;
    if (++next % PANES_A_MINUTE == 0 || slidingWindows == Sliding.OF_DEFAULT_RULES) {
      rollUp.advance(paneStart, new BlackholeOutput(blackhole));
    }
  }

  private record BlackholeOutput(Blackhole blackhole) implements RollUpOutput {

    @Override
    public void window(WindowUpdate update) {
      blackhole.consume(update);
    }

    @Override
    public void sliding(SlidingWindows evaluation) {
      blackhole.consume(evaluation);
    }

    @Override
    public void feedbackWithoutExecution(long executionMinute, long count) {
      blackhole.consume(count);
    }
  }
}
