package io.promptmonitor.jobs.registry;

import io.promptmonitor.common.control.RegistrySignal;
import java.util.ArrayList;
import java.util.List;
import org.apache.flink.api.common.TaskInfo;
import org.apache.flink.runtime.state.KeyGroupRangeAssignment;
import org.apache.flink.runtime.state.StateSnapshotContext;
import org.apache.flink.streaming.api.operators.AbstractStreamOperator;
import org.apache.flink.streaming.api.operators.BoundedMultiInput;
import org.apache.flink.streaming.api.operators.TwoInputStreamOperator;
import org.apache.flink.streaming.api.watermark.Watermark;
import org.apache.flink.streaming.runtime.streamrecord.StreamRecord;
import org.apache.flink.streaming.runtime.watermarkstatus.WatermarkStatus;
import org.jspecify.annotations.Nullable;

/**
 * A keyed operator with the registry's changes as its second input, broadcast. Event time is that
 * of the first input alone.
 *
 * <p>In the job's first run nothing is processed before the registry has caught up: what arrives
 * waits in memory. None of it is in a checkpoint, and none is lost by that: the operators before
 * this one wait for the same news, and barriers are aligned, so whatever they send comes after it
 * in the checkpoint's order.
 *
 * @param <K> the key
 * @param <I> the first input
 * @param <O> the output
 */
public abstract class RegistryFollower<K, I, O> extends AbstractStreamOperator<O>
    implements TwoInputStreamOperator<I, RegistrySignal, O>, BoundedMultiInput {

  private static final long serialVersionUID = 1L;

  private transient @Nullable List<StreamRecord<I>> early;
  private transient @Nullable Watermark held;

  /** Whether all changes there were when the stream began have been taken. */
  protected abstract boolean isCaughtUp();

  /** Takes note that they have, in state. */
  protected abstract void catchUp() throws Exception;

  /** Takes a change. */
  protected abstract void change(RegistrySignal signal) throws Exception;

  /** Processes what came in, under its key. */
  protected abstract void process(I value) throws Exception;

  /** The first input has ended. */
  protected void inputEnded() throws Exception {
    // Mostly there is nothing to do: the last watermark says so, too.
  }

  @Override
  public final void processElement1(StreamRecord<I> element) throws Exception {
    if (isCaughtUp()) {
      process(element.getValue());
    } else {
      if (early == null) {
        early = new ArrayList<>();
      }
      // The runtime reuses the record, not the value.
      early.add(new StreamRecord<>(element.getValue()));
    }
  }

  @Override
  public final void processElement2(StreamRecord<RegistrySignal> element) throws Exception {
    if (element.getValue().isCaughtUp()) {
      begin();
    } else {
      change(element.getValue());
    }
  }

  private void begin() throws Exception {
    catchUp();
    List<StreamRecord<I>> waiting = early;
    early = null;
    if (waiting != null) {
      for (StreamRecord<I> element : waiting) {
        setKeyContextElement1(element);
        process(element.getValue());
      }
    }
    Watermark released = held;
    held = null;
    if (released != null) {
      processWatermark(released);
    }
  }

  /** The end of the registry, in a bounded job, is as good as the news that it has caught up. */
  @Override
  public final void endInput(int input) throws Exception {
    if (input == 2 && !isCaughtUp()) {
      begin();
    }
    if (input == 1) {
      inputEnded();
    }
  }

  @Override
  public final void processWatermark1(Watermark mark) throws Exception {
    if (isCaughtUp()) {
      processWatermark(mark);
    } else {
      held = mark;
    }
  }

  @Override
  public final void processWatermark2(Watermark mark) {
    // The registry has no event time.
  }

  @Override
  protected final void processWatermarkStatus(WatermarkStatus status, int index) throws Exception {
    if (index == 0) {
      processWatermarkStatus(status);
    }
  }

  @Override
  public void snapshotState(StateSnapshotContext context) throws Exception {
    if (early != null) {
      throw new IllegalStateException("something came before the registry, across a barrier");
    }
    super.snapshotState(context);
  }

  /** Whether the state of a key is kept by this subtask. */
  protected final boolean owns(K key) {
    TaskInfo task = getRuntimeContext().getTaskInfo();
    return KeyGroupRangeAssignment.assignKeyToParallelOperator(
            key, task.getMaxNumberOfParallelSubtasks(), task.getNumberOfParallelSubtasks())
        == task.getIndexOfThisSubtask();
  }
}
