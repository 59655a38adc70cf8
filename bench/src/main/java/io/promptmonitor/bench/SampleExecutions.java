package io.promptmonitor.bench;

import io.promptmonitor.common.execution.Execution;
import io.promptmonitor.common.execution.PromptVersionId;
import io.promptmonitor.common.metrics.Exemplars;
import io.promptmonitor.common.metrics.WindowAggregate;
import io.promptmonitor.common.windows.PaneUpdate;
import java.util.SplittableRandom;

/** Executions as the parser makes them, the same ones for the same seed. */
public final class SampleExecutions {

  private static final String[] MODELS = {"gpt-4o-2024-08-06", "claude-3-7-sonnet-20250219"};
  private static final String[] PATHS = {"default", "long_document", "tool_use", "clarification"};
  private static final String[] ERRORS = {"timeout", "rate_limit", "invalid_output"};
  private static final int USERS = 20_000;
  private static final int REPEATED_INPUTS = 50;
  private static final double MEDIAN_LATENCY = 1000;
  private static final double LATENCY_SPREAD = 0.7;

  private final SplittableRandom random;

  /** Executions that follow from {@code seed}. */
  public SampleExecutions(long seed) {
    random = new SplittableRandom(seed);
  }

  /** The next execution, of the given prompt version and event time in milliseconds. */
  public Execution next(PromptVersionId promptVersion, long timestamp) {
    boolean failed = random.nextInt(50) == 0;
    boolean repeated = random.nextInt(3) == 0;
    long input = repeated ? 1 + random.nextInt(REPEATED_INPUTS) : random.nextLong() | 1;
    long output = repeated && random.nextInt(10) > 0 ? input : random.nextLong() | 1;
    return new Execution(
        random.nextLong(),
        promptVersion,
        timestamp,
        (int) (MEDIAN_LATENCY * Math.exp(LATENCY_SPREAD * gaussian())),
        100 + random.nextInt(2000),
        50 + random.nextInt(500),
        !failed,
        failed ? ERRORS[random.nextInt(ERRORS.length)] : null,
        random.nextInt(20) == 0 ? (byte) (1 + random.nextInt(5)) : Execution.NO_FEEDBACK,
        (500 + random.nextInt(500)) * (Execution.SCORE_UNIT / 100),
        input,
        output,
        1 + random.nextInt(USERS),
        MODELS[random.nextInt(10) == 0 ? 1 : 0],
        PATHS[random.nextInt(PATHS.length)]);
  }

  /** A pane of that many executions, which all happen when it starts. */
  public PaneUpdate pane(PromptVersionId promptVersion, long start, int executions) {
    WindowAggregate pane = new WindowAggregate();
    Exemplars exemplars = new Exemplars();
    for (int i = 0; i < executions; i++) {
      Execution execution = next(promptVersion, start);
      pane.add(execution);
      exemplars.add(execution);
    }
    return PaneUpdate.executions(promptVersion, start, pane, exemplars);
  }

  /** An approximately normal deviate: cheap, because millions of them are made. */
  private double gaussian() {
    double sum = -6;
    for (int i = 0; i < 12; i++) {
      sum += random.nextDouble();
    }
    return sum;
  }
}
