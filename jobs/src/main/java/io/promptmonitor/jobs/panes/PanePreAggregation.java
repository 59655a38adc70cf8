package io.promptmonitor.jobs.panes;

import io.promptmonitor.common.execution.Execution;
import io.promptmonitor.common.ingest.DeadLetter;
import io.promptmonitor.common.ingest.DeadLetters;
import io.promptmonitor.common.ingest.Ingested;
import io.promptmonitor.common.ingest.RejectionReason;
import io.promptmonitor.common.windows.PaneBuffer;
import io.promptmonitor.common.windows.PaneUpdate;
import io.promptmonitor.jobs.metrics.CheckpointedCounters;
import io.promptmonitor.jobs.metrics.JobMetric;
import io.promptmonitor.jobs.metrics.WatermarkLag;
import io.promptmonitor.jobs.serialization.RecordTypeInfo;
import java.util.List;
import java.util.function.Consumer;
import org.apache.flink.api.common.accumulators.LongCounter;
import org.apache.flink.api.common.state.ListState;
import org.apache.flink.api.common.state.ListStateDescriptor;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.api.java.tuple.Tuple2;
import org.apache.flink.metrics.Counter;
import org.apache.flink.runtime.state.StateInitializationContext;
import org.apache.flink.runtime.state.StateSnapshotContext;
import org.apache.flink.streaming.api.operators.AbstractStreamOperator;
import org.apache.flink.streaming.api.operators.OneInputStreamOperator;
import org.apache.flink.streaming.api.watermark.Watermark;
import org.apache.flink.streaming.runtime.streamrecord.StreamRecord;
import org.apache.flink.util.OutputTag;

/**
 * Aggregates executions by prompt version and pane before the shuffle, so that an execution is
 * touched once, whatever the number of windows.
 *
 * <p>A pane is given out when the watermark passes its end, and as far as it has come before a
 * checkpoint's barrier: no execution is buffered across a checkpoint, so none has to be kept in
 * state and none is lost. An execution that comes more than the allowed lateness after its pane
 * goes to {@link #LATE}.
 */
public final class PanePreAggregation extends AbstractStreamOperator<PaneUpdate>
    implements OneInputStreamOperator<Ingested, PaneUpdate> {

  /** Executions that came too late to be counted. */
  public static final OutputTag<DeadLetter> LATE =
      new OutputTag<>("late-executions", RecordTypeInfo.DEAD_LETTER);

  private static final long serialVersionUID = 1L;

  private final long pane;
  private final long allowedLateness;
  private final int maxPanes;

  private transient PaneBuffer buffer;
  private transient CheckpointedCounters counters;
  private transient LongCounter executions;
  private transient LongCounter late;
  private transient WatermarkLag watermarkLag;
  private transient Consumer<PaneUpdate> emit;

  /** A time before which everything was expected to have arrived, milliseconds since the epoch. */
  private transient long now;

  private transient ListState<Tuple2<Integer, Long>> nowState;

  /**
   * Pre-aggregation into panes.
   *
   * @param pane length of a pane in milliseconds
   * @param allowedLateness in milliseconds after a pane's end
   * @param maxPanes panes that one subtask holds; with more it gives all out early
   */
  public PanePreAggregation(long pane, long allowedLateness, int maxPanes) {
    this.pane = pane;
    this.allowedLateness = allowedLateness;
    this.maxPanes = maxPanes;
  }

  @Override
  public void initializeState(StateInitializationContext context) throws Exception {
    super.initializeState(context);
    counters = new CheckpointedCounters(getRuntimeContext(), context.getOperatorStateStore());
    executions = counters.counter(JobMetric.EXECUTIONS);
    late = counters.counter(JobMetric.REJECTED, RejectionReason.LATE.code());
    Counter panes = JobMetric.PANES.counter(getMetricGroup());
    watermarkLag =
        WatermarkLag.register(
            getMetricGroup(), () -> getProcessingTimeService().getCurrentProcessingTime());
    nowState =
        context
            .getOperatorStateStore()
            .getListState(new ListStateDescriptor<>("now", Types.TUPLE(Types.INT, Types.LONG)));
    now = restoredNow();
    buffer = new PaneBuffer(pane, allowedLateness);
    StreamRecord<PaneUpdate> reused = new StreamRecord<>(null);
    emit =
        update -> {
          panes.inc();
          output.collect(reused.replace(update, update.time()));
        };
  }

  /**
   * The time of this subtask when the checkpoint was taken, so that what was late stays late when
   * it is replayed. After rescaling, the earliest of the times that fell to this subtask.
   */
  private long restoredNow() throws Exception {
    long earliest = Long.MAX_VALUE;
    for (Tuple2<Integer, Long> restored : nowState.get()) {
      if (restored.f0 == getRuntimeContext().getTaskInfo().getIndexOfThisSubtask()) {
        return restored.f1;
      }
      earliest = Math.min(earliest, restored.f1);
    }
    return earliest == Long.MAX_VALUE ? Long.MIN_VALUE : earliest;
  }

  @Override
  public void processElement(StreamRecord<Ingested> element) {
    Ingested record = element.getValue();
    Execution execution = record.execution();
    if (execution == null) {
      throw new IllegalArgumentException("only executions are aggregated, got " + record.source());
    }
    if (buffer.add(execution, now)) {
      executions.add(1L);
      if (buffer.paneCount() > maxPanes) {
        buffer.flushAll(emit);
      }
    } else {
      late.add(1L);
      DeadLetter deadLetter =
          DeadLetters.late(record, buffer.lateness(execution.timestamp(), now) - allowedLateness);
      output.collect(LATE, new StreamRecord<>(deadLetter, execution.timestamp()));
    }
  }

  @Override
  public void processWatermark(Watermark mark) throws Exception {
    long passed = mark.getTimestamp() == Long.MAX_VALUE ? Long.MAX_VALUE : mark.getTimestamp() + 1;
    now = Math.max(now, passed);
    buffer.flush(now, emit);
    watermarkLag.reached(mark.getTimestamp());
    super.processWatermark(mark);
  }

  @Override
  public void prepareSnapshotPreBarrier(long checkpointId) {
    buffer.flushAll(emit);
  }

  @Override
  public void snapshotState(StateSnapshotContext context) throws Exception {
    super.snapshotState(context);
    counters.snapshot();
    nowState.update(
        List.of(Tuple2.of(getRuntimeContext().getTaskInfo().getIndexOfThisSubtask(), now)));
  }
}
