package io.promptmonitor.jobs.feedback;

import io.promptmonitor.common.encoding.StableHash;
import io.promptmonitor.common.execution.Feedback;
import io.promptmonitor.common.feedback.FeedbackLedger;
import io.promptmonitor.common.ingest.Ingested;
import io.promptmonitor.common.metrics.QualityCounts;
import io.promptmonitor.common.metrics.WindowAggregate;
import io.promptmonitor.common.windows.PaneUpdate;
import org.apache.flink.api.common.functions.OpenContext;
import org.apache.flink.api.common.state.ValueState;
import org.apache.flink.api.common.state.ValueStateDescriptor;
import org.apache.flink.api.common.typeinfo.PrimitiveArrayTypeInfo;
import org.apache.flink.streaming.api.functions.KeyedProcessFunction;
import org.apache.flink.util.Collector;

/**
 * Turns feedback events into changes of windows, keyed by execution ({@link #key}): a repeated
 * event changes nothing, a later one replaces an earlier one.
 *
 * <p>State: one {@link FeedbackLedger} an execution with feedback, removed by an event-time timer
 * when the feedback horizon of the execution has passed.
 */
public final class FeedbackChanges extends KeyedProcessFunction<Long, Ingested, PaneUpdate> {

  private static final long serialVersionUID = 1L;

  private final long horizon;
  private transient ValueState<byte[]> state;

  /**
   * Feedback changes.
   *
   * @param horizon how long after its execution feedback counts, in milliseconds of event time
   */
  public FeedbackChanges(long horizon) {
    this.horizon = horizon;
  }

  /**
   * What an event is about. An execution is told apart by its minute and version as well: if events
   * contradict each other in these, one of them cannot replace what the other one counted, which is
   * in another window.
   */
  public static long key(Ingested record) {
    Feedback feedback = record.feedback();
    return feedback == null
        ? 0
        : feedback.executionIdHash()
            ^ StableHash.hash64(
                StableHash.join(
                    feedback.promptVersion().promptId(),
                    feedback.promptVersion().version(),
                    Long.toString(Math.floorDiv(feedback.executionTimestamp(), 60_000L))));
  }

  @Override
  public void open(OpenContext context) {
    state =
        getRuntimeContext()
            .getState(
                new ValueStateDescriptor<>(
                    "ledger", PrimitiveArrayTypeInfo.BYTE_PRIMITIVE_ARRAY_TYPE_INFO));
  }

  @Override
  public void processElement(Ingested record, Context context, Collector<PaneUpdate> out)
      throws Exception {
    Feedback feedback = record.feedback();
    if (feedback == null) {
      throw new IllegalArgumentException("expected feedback, got " + record.source());
    }
    byte[] bytes = state.value();
    FeedbackLedger ledger = bytes == null ? new FeedbackLedger() : FeedbackLedger.fromBytes(bytes);
    QualityCounts change = ledger.apply(feedback);
    if (change.isEmpty()) {
      return;
    }
    // A window lasts a minute at least, so feedback counts up to a minute longer.
    long end = feedback.executionTimestamp() + horizon + 60_000;
    if (end > context.timerService().currentWatermark()) {
      state.update(ledger.toBytes());
      context.timerService().registerEventTimeTimer(end);
    }
    WindowAggregate aggregate = new WindowAggregate();
    aggregate.quality().add(change);
    out.collect(
        PaneUpdate.feedback(
            feedback.promptVersion(),
            feedback.executionTimestamp(),
            aggregate,
            record.source(),
            record.position()));
  }

  @Override
  public void onTimer(long timestamp, OnTimerContext context, Collector<PaneUpdate> out) {
    state.clear();
  }
}
