package io.promptmonitor.jobs.registry;

import io.promptmonitor.common.control.RegistrySignal;
import io.promptmonitor.jobs.metrics.WatermarkLag;
import org.apache.flink.runtime.state.StateInitializationContext;
import org.apache.flink.streaming.api.operators.AbstractStreamOperator;
import org.apache.flink.streaming.api.operators.BoundedMultiInput;
import org.apache.flink.streaming.api.operators.TwoInputStreamOperator;
import org.apache.flink.streaming.api.watermark.Watermark;
import org.apache.flink.streaming.runtime.streamrecord.StreamRecord;
import org.apache.flink.streaming.runtime.watermarkstatus.WatermarkStatus;
import org.jspecify.annotations.Nullable;

/**
 * An operator with the registry's changes as its second input, broadcast. Event time is that of the
 * first input alone; in the job's first run it stands still until the registry has caught up.
 *
 * @param <I> the first input
 * @param <O> the output
 */
public abstract class RegistryFollower<I, O> extends AbstractStreamOperator<O>
    implements TwoInputStreamOperator<I, RegistrySignal, O>, BoundedMultiInput {

  private static final long serialVersionUID = 1L;

  private transient WatermarkLag watermarkLag;

  /** The watermark that waits for the registry, if any. */
  private transient @Nullable Watermark held;

  /** Whether the end of the first input waits for the registry. */
  private transient boolean endHeld;

  /** Whether all changes there were when the stream began have been taken. */
  protected abstract boolean isCaughtUp();

  /** Takes note that they have, in state. */
  protected abstract void catchUp() throws Exception;

  /** Takes a change. */
  protected abstract void change(RegistrySignal signal) throws Exception;

  /** The registry has caught up, and time is about to go on. */
  protected void begin() throws Exception {
    // Mostly nothing has waited but time.
  }

  /** The first input has come to a time, whether event time may follow or not. */
  protected void arrived(Watermark mark) {
    // Mostly only event time matters.
  }

  /** The first input has ended. */
  protected void inputEnded() throws Exception {
    // Mostly there is nothing to do: the last watermark says so, too.
  }

  @Override
  public void initializeState(StateInitializationContext context) throws Exception {
    super.initializeState(context);
    watermarkLag =
        WatermarkLag.register(
            getMetricGroup(), () -> getProcessingTimeService().getCurrentProcessingTime());
  }

  @Override
  public void processWatermark(Watermark mark) throws Exception {
    super.processWatermark(mark);
    watermarkLag.reached(mark.getTimestamp());
  }

  @Override
  public final void processElement2(StreamRecord<RegistrySignal> element) throws Exception {
    if (element.getValue().isCaughtUp()) {
      release();
    } else {
      change(element.getValue());
    }
  }

  private void release() throws Exception {
    catchUp();
    begin();
    boolean ended = endHeld;
    endHeld = false;
    if (ended) {
      inputEnded();
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
      release();
    }
    if (input == 1) {
      if (isCaughtUp()) {
        inputEnded();
      } else {
        endHeld = true;
      }
    }
  }

  @Override
  public final void processWatermark1(Watermark mark) throws Exception {
    arrived(mark);
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
}
