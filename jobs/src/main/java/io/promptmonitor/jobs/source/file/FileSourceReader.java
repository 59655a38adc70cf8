package io.promptmonitor.jobs.source.file;

import io.promptmonitor.common.ingest.Ingested;
import io.promptmonitor.jobs.source.IngestParser;
import java.util.Map;
import org.apache.flink.api.common.eventtime.Watermark;
import org.apache.flink.api.connector.source.ReaderOutput;
import org.apache.flink.api.connector.source.SourceOutput;
import org.apache.flink.api.connector.source.SourceReaderContext;
import org.apache.flink.connector.base.source.reader.RecordEmitter;
import org.apache.flink.connector.base.source.reader.SingleThreadMultiplexSourceReaderBase;
import org.apache.flink.core.io.InputStatus;
import org.apache.flink.metrics.Counter;
import org.jspecify.annotations.Nullable;

/** Emits the merged records of a reader's files and remembers, for checkpoints, how far each is. */
final class FileSourceReader
    extends SingleThreadMultiplexSourceReaderBase<
        MergedBatch, Ingested, FileSplit, FileSourceReader.Progress> {

  private @Nullable MergedOutput mergedOutput;

  FileSourceReader(IngestParser.Factory parsers, SourceReaderContext context) {
    super(
        () ->
            new MergingSplitReader(
                parsers.create(), new OpenFiles(MergingSplitReader.MAX_OPEN_FILES)),
        new Emitter(context.metricGroup().getIOMetricGroup().getNumBytesInCounter()),
        context.getConfiguration(),
        context);
  }

  @Override
  public InputStatus pollNext(ReaderOutput<Ingested> output) throws Exception {
    if (mergedOutput == null) {
      mergedOutput = new MergedOutput(output);
    }
    // Flink's own implementation calls this method again, then with the merged output.
    return super.pollNext(mergedOutput);
  }

  @Override
  protected Progress initializedState(FileSplit split) {
    return new Progress(split);
  }

  @Override
  protected FileSplit toSplitType(String splitId, Progress progress) {
    return progress.toSplit();
  }

  @Override
  protected void onSplitFinished(Map<String, Progress> finished) {
    // All files are assigned at the start: there is none to ask for.
  }

  /** How far the records of one file have been emitted. */
  static final class Progress {

    private final FileSplit split;
    private long nextLine;
    private long nextOffset;

    Progress(FileSplit split) {
      this.split = split;
      this.nextLine = split.nextLine();
      this.nextOffset = split.nextOffset();
    }

    FileSplit toSplit() {
      return new FileSplit(split.path(), split.size(), nextLine, nextOffset);
    }
  }

  /** Hands a record on and moves its file's progress behind it. */
  private record Emitter(Counter bytesIn)
      implements RecordEmitter<MergedBatch, Ingested, Progress> {

    @Override
    public void emitRecord(MergedBatch batch, SourceOutput<Ingested> output, Progress progress) {
      output.collect(batch.record());
      bytesIn.inc(batch.nextOffset() - progress.nextOffset);
      progress.nextLine = batch.nextLine();
      progress.nextOffset = batch.nextOffset();
    }
  }

  /**
   * Gives all files the reader's own output, and so one watermark: that of the merged stream. With
   * outputs of their own, each file that is still to be opened would hold the watermark at the
   * beginning of time.
   */
  private record MergedOutput(ReaderOutput<Ingested> output) implements ReaderOutput<Ingested> {

    @Override
    public SourceOutput<Ingested> createOutputForSplit(String splitId) {
      return output;
    }

    @Override
    public void releaseOutputForSplit(String splitId) {
      output.releaseOutputForSplit(splitId);
    }

    @Override
    public void collect(Ingested record) {
      output.collect(record);
    }

    @Override
    public void collect(Ingested record, long timestamp) {
      output.collect(record, timestamp);
    }

    @Override
    public void emitWatermark(Watermark watermark) {
      output.emitWatermark(watermark);
    }

    @Override
    public void markIdle() {
      output.markIdle();
    }

    @Override
    public void markActive() {
      output.markActive();
    }
  }
}
