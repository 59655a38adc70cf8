package io.promptmonitor.bench.plain;

import io.promptmonitor.common.execution.Execution;
import io.promptmonitor.common.ingest.Ingested;
import org.apache.flink.api.common.functions.AggregateFunction;

/** Adds executions to the accumulator of a window. */
final class WindowAggregation
    implements AggregateFunction<Ingested, WindowAccumulator, PlainMetrics> {

  private static final long serialVersionUID = 1L;

  @Override
  public WindowAccumulator createAccumulator() {
    return new WindowAccumulator();
  }

  @Override
  public WindowAccumulator add(Ingested record, WindowAccumulator accumulator) {
    Execution execution = record.execution();
    if (execution != null) {
      accumulator.add(execution);
    }
    return accumulator;
  }

  @Override
  public PlainMetrics getResult(WindowAccumulator accumulator) {
    return accumulator.metrics();
  }

  @Override
  public WindowAccumulator merge(WindowAccumulator a, WindowAccumulator b) {
    throw new UnsupportedOperationException("only session windows are merged");
  }
}
