package io.promptmonitor.cluster;

import io.promptmonitor.common.ingest.Ingested;
import io.promptmonitor.jobs.source.DelegatingSource;
import io.promptmonitor.jobs.source.ExecutionSource;
import java.util.Collection;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.apache.flink.api.connector.source.ReaderOutput;
import org.apache.flink.api.connector.source.Source;
import org.apache.flink.api.connector.source.SourceEvent;
import org.apache.flink.api.connector.source.SourceReader;
import org.apache.flink.api.connector.source.SourceReaderContext;
import org.apache.flink.api.connector.source.SourceSplit;
import org.apache.flink.core.io.InputStatus;

/** Another source, at whose records {@link Faults} happen. */
final class FaultySource<S extends SourceSplit, C> extends DelegatingSource<Ingested, S, C> {

  private FaultySource(Source<Ingested, S, C> source) {
    super(source);
  }

  /** The same source with faults. */
  static ExecutionSource of(ExecutionSource source) {
    return new ExecutionSource(
        new FaultySource<>(source.source()), source.watermarks(), source.name(), source.uid());
  }

  @Override
  public SourceReader<Ingested, S> createReader(SourceReaderContext context) throws Exception {
    return new FaultyReader<>(super.createReader(context));
  }

  private record FaultyReader<S extends SourceSplit>(SourceReader<Ingested, S> reader)
      implements SourceReader<Ingested, S> {

    @Override
    public void start() {
      reader.start();
    }

    @Override
    public InputStatus pollNext(ReaderOutput<Ingested> output) throws Exception {
      if (!Faults.mayPass().isDone()) {
        return InputStatus.NOTHING_AVAILABLE;
      }
      InputStatus status = reader.pollNext(output);
      Faults.record();
      return status;
    }

    @Override
    public CompletableFuture<Void> isAvailable() {
      CompletableFuture<Void> mayPass = Faults.mayPass();
      return mayPass.isDone() ? reader.isAvailable() : mayPass;
    }

    @Override
    public List<S> snapshotState(long checkpointId) {
      return reader.snapshotState(checkpointId);
    }

    @Override
    public void notifyCheckpointComplete(long checkpointId) throws Exception {
      reader.notifyCheckpointComplete(checkpointId);
      Faults.checkpointCompleted();
    }

    @Override
    public void addSplits(List<S> splits) {
      reader.addSplits(splits);
    }

    @Override
    public void notifyNoMoreSplits() {
      reader.notifyNoMoreSplits();
    }

    @Override
    public void handleSourceEvents(SourceEvent event) {
      reader.handleSourceEvents(event);
    }

    @Override
    public void pauseOrResumeSplits(Collection<String> toPause, Collection<String> toResume) {
      reader.pauseOrResumeSplits(toPause, toResume);
    }

    @Override
    public void close() throws Exception {
      reader.close();
    }
  }
}
