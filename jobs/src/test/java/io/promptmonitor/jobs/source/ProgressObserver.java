package io.promptmonitor.jobs.source;

import io.promptmonitor.common.ingest.Ingested;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.apache.flink.api.common.state.CheckpointListener;
import org.apache.flink.runtime.state.FunctionInitializationContext;
import org.apache.flink.runtime.state.FunctionSnapshotContext;
import org.apache.flink.streaming.api.checkpoint.CheckpointedFunction;
import org.apache.flink.streaming.api.functions.ProcessFunction;
import org.apache.flink.util.Collector;

/**
 * Stands directly behind a source in a test: says of each record which it is and whether it is
 * late, and can hold the job up until something that the test waits for has happened.
 */
public final class ProgressObserver extends ProcessFunction<Ingested, ProgressObserver.Observed>
    implements CheckpointListener, CheckpointedFunction {

  /**
   * What became of a record.
   *
   * @param line source and position
   * @param late whether the watermark had passed the record's event time
   * @param watermark the watermark then, milliseconds since the epoch
   * @param attempt 0 for the job's first attempt, 1 after its first failure
   */
  public record Observed(String line, boolean late, long watermark, int attempt) {}

  /** What to do in the first attempt after a number of records, each subtask for itself. */
  public enum Then {
    GO_ON,
    /** Slow down to a crawl until a checkpoint with that is complete, and fail shortly after. */
    FAIL_AFTER_CHECKPOINT,
    /** Slow down to a crawl, so that the test can stop the job before its end. */
    CRAWL
  }

  private final int records;
  private final Then then;

  private int seen;
  private int seenSinceCheckpoint;
  private boolean checkpointed;

  /** The first checkpoint that was taken after the number of records; 0 before. */
  private long firstCheckpoint;

  public ProgressObserver(int records, Then then) {
    this.records = records;
    this.then = then;
  }

  @Override
  public void processElement(Ingested ingested, Context context, Collector<Observed> out) {
    int attempt = getRuntimeContext().getTaskInfo().getAttemptNumber();
    seen++;
    if (attempt == 0 && seen > records && then != Then.GO_ON) {
      crawl();
    }
    long watermark = context.timerService().currentWatermark();
    boolean late = ingested.deadLetter() == null && ingested.timestamp() <= watermark;
    out.collect(
        new Observed(ingested.source() + ":" + ingested.position(), late, watermark, attempt));
  }

  private void crawl() {
    if (!checkpointed) {
      // A checkpoint that a busy machine delays for many seconds still finds the job at work.
      long millis = then == Then.FAIL_AFTER_CHECKPOINT ? 20 : 1;
      LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(millis));
    } else if (then == Then.FAIL_AFTER_CHECKPOINT && ++seenSinceCheckpoint > 50) {
      throw new IllegalStateException("injected failure");
    }
  }

  @Override
  public void initializeState(FunctionInitializationContext context) {}

  @Override
  public void snapshotState(FunctionSnapshotContext context) {
    if (firstCheckpoint == 0 && seen > records) {
      firstCheckpoint = context.getCheckpointId();
    }
  }

  @Override
  public void notifyCheckpointComplete(long checkpointId) {
    checkpointed =
        then == Then.FAIL_AFTER_CHECKPOINT
            && firstCheckpoint > 0
            && checkpointId >= firstCheckpoint;
  }
}
