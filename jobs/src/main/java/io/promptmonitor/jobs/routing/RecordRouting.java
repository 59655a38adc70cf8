package io.promptmonitor.jobs.routing;

import io.promptmonitor.common.ingest.DeadLetter;
import io.promptmonitor.common.ingest.Ingested;
import io.promptmonitor.common.ingest.RejectionReason;
import io.promptmonitor.jobs.metrics.CheckpointedCounters;
import io.promptmonitor.jobs.metrics.CountersByValue;
import io.promptmonitor.jobs.metrics.JobMetric;
import io.promptmonitor.jobs.serialization.RecordTypeInfo;
import java.util.EnumSet;
import java.util.Set;
import org.apache.flink.api.common.accumulators.LongCounter;
import org.apache.flink.runtime.state.FunctionInitializationContext;
import org.apache.flink.runtime.state.FunctionSnapshotContext;
import org.apache.flink.streaming.api.checkpoint.CheckpointedFunction;
import org.apache.flink.streaming.api.functions.ProcessFunction;
import org.apache.flink.util.Collector;
import org.apache.flink.util.OutputTag;

/**
 * Passes executions on, sends feedback events and dead letters to side outputs, and counts what the
 * source emitted.
 */
public final class RecordRouting extends ProcessFunction<Ingested, Ingested>
    implements CheckpointedFunction {

  /** Feedback events. */
  public static final OutputTag<Ingested> FEEDBACK =
      new OutputTag<>("feedback", RecordTypeInfo.INGESTED);

  /** Records that cannot be used. */
  public static final OutputTag<DeadLetter> REJECTED =
      new OutputTag<>("rejected", RecordTypeInfo.DEAD_LETTER);

  private static final long serialVersionUID = 1L;

  /** Why a record itself cannot be used. */
  private static final Set<RejectionReason> REASONS =
      EnumSet.complementOf(
          EnumSet.of(RejectionReason.LATE, RejectionReason.FEEDBACK_WITHOUT_WINDOW));

  private transient CheckpointedCounters counters;
  private transient LongCounter records;
  private transient LongCounter feedback;
  private transient LongCounter rawTextStripped;
  private transient CountersByValue<RejectionReason> rejected;

  @Override
  public void initializeState(FunctionInitializationContext context) throws Exception {
    counters = new CheckpointedCounters(getRuntimeContext(), context.getOperatorStateStore());
    records = counters.counter(JobMetric.RECORDS);
    feedback = counters.counter(JobMetric.FEEDBACK);
    rawTextStripped = counters.counter(JobMetric.RAW_TEXT_STRIPPED);
    rejected = counters.counters(JobMetric.REJECTED, REASONS, RejectionReason::code);
  }

  @Override
  public void processElement(Ingested record, Context context, Collector<Ingested> out) {
    records.add(1L);
    if (record.rawTextStripped()) {
      rawTextStripped.add(1L);
    }
    if (record.execution() != null) {
      out.collect(record);
    } else if (record.feedback() != null) {
      feedback.add(1L);
      context.output(FEEDBACK, record);
    } else {
      DeadLetter deadLetter = record.deadLetter();
      if (deadLetter != null) {
        rejected.add(deadLetter.reason(), 1);
        context.output(REJECTED, deadLetter);
      }
    }
  }

  @Override
  public void snapshotState(FunctionSnapshotContext context) throws Exception {
    counters.snapshot();
  }
}
