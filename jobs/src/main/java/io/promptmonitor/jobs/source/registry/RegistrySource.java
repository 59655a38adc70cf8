package io.promptmonitor.jobs.source.registry;

import io.promptmonitor.common.control.RegistrySignal;
import io.promptmonitor.common.registry.RegistryChange;
import io.promptmonitor.jobs.metrics.JobMetric;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import org.apache.flink.api.connector.source.Boundedness;
import org.apache.flink.api.connector.source.Source;
import org.apache.flink.api.connector.source.SourceOutput;
import org.apache.flink.api.connector.source.SourceReader;
import org.apache.flink.api.connector.source.SourceReaderContext;
import org.apache.flink.api.connector.source.SplitEnumerator;
import org.apache.flink.api.connector.source.SplitEnumeratorContext;
import org.apache.flink.connector.base.source.reader.RecordEmitter;
import org.apache.flink.connector.base.source.reader.SingleThreadMultiplexSourceReaderBase;
import org.apache.flink.connector.base.source.reader.splitreader.SplitReader;
import org.apache.flink.core.io.SimpleVersionedSerializer;

/**
 * The changes of the prompt registry and the commands of operators: first all there are, then
 * {@link RegistrySignal#CAUGHT_UP}, then each as it happens. Give it the parallelism 1.
 *
 * <p>The last of each that was sent is in the checkpoint, and ids rise in the order of the commits,
 * so each is sent exactly once with respect to the state behind it, in that order; a command also
 * after every change that was committed before it. It has no event time and sends no watermarks.
 */
public final class RegistrySource
    implements Source<RegistrySignal, RegistrySplit, Optional<RegistrySplit>> {

  private final RegistryChanges.Factory changes;
  private final Boundedness boundedness;
  private final RegistryPolling polling;

  /**
   * The changes and commands in two logs.
   *
   * @param changes opens the logs
   * @param boundedness {@code BOUNDED} to end with what there is
   * @param polling when the logs are read
   */
  public RegistrySource(
      RegistryChanges.Factory changes, Boundedness boundedness, RegistryPolling polling) {
    this.changes = changes;
    this.boundedness = boundedness;
    this.polling = polling;
  }

  @Override
  public Boundedness getBoundedness() {
    return boundedness;
  }

  @Override
  public SourceReader<RegistrySignal, RegistrySplit> createReader(SourceReaderContext context) {
    Outage outage = new Outage();
    Emitter emitter = new Emitter();
    JobMetric.REGISTRY_EVENT_ID.gauge(context.metricGroup(), () -> emitter.lastEventId);
    JobMetric.REGISTRY_AWAY.gauge(context.metricGroup(), outage::millis);
    boolean bounded = boundedness == Boundedness.BOUNDED;
    return new Reader(
        () -> new RegistrySplitReader(changes, polling, bounded, outage), emitter, context);
  }

  @Override
  public SplitEnumerator<RegistrySplit, Optional<RegistrySplit>> createEnumerator(
      SplitEnumeratorContext<RegistrySplit> context) {
    return new RegistryEnumerator(context, Optional.of(RegistrySplit.START));
  }

  @Override
  public SplitEnumerator<RegistrySplit, Optional<RegistrySplit>> restoreEnumerator(
      SplitEnumeratorContext<RegistrySplit> context, Optional<RegistrySplit> unassigned) {
    return new RegistryEnumerator(context, unassigned);
  }

  @Override
  public SimpleVersionedSerializer<RegistrySplit> getSplitSerializer() {
    return RegistrySplit.Serializer.INSTANCE;
  }

  @Override
  public SimpleVersionedSerializer<Optional<RegistrySplit>> getEnumeratorCheckpointSerializer() {
    return RegistryEnumerator.StateSerializer.INSTANCE;
  }

  /** What has been sent of the split. */
  private static final class Progress {
    private RegistrySplit split;

    Progress(RegistrySplit split) {
      this.split = split;
    }
  }

  /** Sends signals, and remembers for checkpoints which were the last. */
  private static final class Reader
      extends SingleThreadMultiplexSourceReaderBase<
          RegistrySignal, RegistrySignal, RegistrySplit, Progress> {

    Reader(
        Supplier<SplitReader<RegistrySignal, RegistrySplit>> reader,
        Emitter emitter,
        SourceReaderContext context) {
      super(reader, emitter, context.getConfiguration(), context);
    }

    @Override
    protected Progress initializedState(RegistrySplit split) {
      return new Progress(split);
    }

    @Override
    protected RegistrySplit toSplitType(String splitId, Progress progress) {
      return progress.split;
    }

    @Override
    protected void onSplitFinished(Map<String, Progress> finished) {
      // There is no other split to ask for.
    }
  }

  /** Hands a signal on and moves the progress behind it. */
  private static final class Emitter
      implements RecordEmitter<RegistrySignal, RegistrySignal, Progress> {

    /** For the metric, which others read. */
    private volatile long lastEventId;

    @Override
    public void emitRecord(
        RegistrySignal signal, SourceOutput<RegistrySignal> output, Progress progress) {
      output.collect(signal);
      progress.split = progress.split.after(signal);
      RegistryChange change = signal.change();
      if (change != null) {
        lastEventId = change.event().eventId();
      }
    }
  }
}
