package io.promptmonitor.common.rollback.analysis;

import io.promptmonitor.common.comparison.ObservedSpan;
import io.promptmonitor.common.execution.Execution;
import io.promptmonitor.common.execution.PromptVersionId;
import io.promptmonitor.common.metrics.WindowAggregate;

/** Spans of executions without chance: latencies and tokens are spread evenly. */
final class Executions {

  private static final PromptVersionId VERSION = new PromptVersionId("summarize", "1.0.0");

  private Executions() {}

  /**
   * A span of {@code n} executions, of which {@code failures} are timeouts and each tenth is rated,
   * with latencies around {@code latency}.
   */
  static ObservedSpan span(int n, int failures, int latency, int rating) {
    WindowAggregate aggregate = new WindowAggregate();
    for (int i = 0; i < n; i++) {
      aggregate.add(
          new Execution(
              i,
              VERSION,
              i,
              latency / 2 + (int) (i * 7_919L % latency),
              100,
              200 + i * 17 % 50,
              i >= failures,
              i < failures ? "timeout" : null,
              (byte) (i % 10 == 0 ? rating : Execution.NO_FEEDBACK),
              Execution.NO_SCORE,
              Execution.NO_HASH,
              Execution.NO_HASH,
              Execution.NO_HASH,
              null,
              null));
    }
    aggregate.close();
    return new ObservedSpan(aggregate, 8.2);
  }
}
