package io.promptmonitor.jobs.source.file;

import io.promptmonitor.common.ingest.Ingested;
import io.promptmonitor.jobs.source.EventTimeWatermarks;
import io.promptmonitor.jobs.source.ExecutionSource;
import io.promptmonitor.jobs.source.IngestParser;
import java.util.List;
import org.apache.flink.api.connector.source.Boundedness;
import org.apache.flink.api.connector.source.Source;
import org.apache.flink.api.connector.source.SourceReader;
import org.apache.flink.api.connector.source.SourceReaderContext;
import org.apache.flink.api.connector.source.SplitEnumerator;
import org.apache.flink.api.connector.source.SplitEnumeratorContext;
import org.apache.flink.core.io.SimpleVersionedSerializer;

/**
 * Executions in JSON-lines files, plain or gzip, which are read to their end.
 *
 * <p>Files may come in any order and overlap in time, for example one file a host: each reader
 * merges its files by event time ({@link MergingSplitReader}), so the stream is only as far out of
 * order as the worst file is in itself. A checkpoint holds, for each file, the next line, so that
 * each line is emitted exactly once and the parallelism may change in between.
 *
 * <p>A file that is missing, unreadable or damaged fails the job with an {@link
 * InputFileException}.
 */
public final class FileExecutions implements Source<Ingested, FileSplit, UnassignedFiles> {

  private final List<String> paths;
  private final IngestParser.Factory parsers;

  /**
   * Reads the given files, and the files in the given directories ({@link InputFiles#list}).
   *
   * @param paths on the machines that run the job; a record's {@code source} is the path as given
   *     here
   * @param parsers parses a line
   */
  public FileExecutions(List<String> paths, IngestParser.Factory parsers) {
    this.paths = List.copyOf(paths);
    this.parsers = parsers;
  }

  /** The same as something the topology can read from. */
  public static ExecutionSource of(
      List<String> paths, IngestParser.Factory parsers, EventTimeWatermarks watermarks) {
    // A reader without files ends; one with files always has something to read.
    return new ExecutionSource(
        new FileExecutions(paths, parsers),
        watermarks.withoutIdleness(),
        "executions",
        "executions-files");
  }

  @Override
  public Boundedness getBoundedness() {
    return Boundedness.BOUNDED;
  }

  @Override
  public SourceReader<Ingested, FileSplit> createReader(SourceReaderContext context) {
    return new FileSourceReader(parsers, context);
  }

  @Override
  public SplitEnumerator<FileSplit, UnassignedFiles> createEnumerator(
      SplitEnumeratorContext<FileSplit> context) {
    return new FileEnumerator(context, paths, null);
  }

  @Override
  public SplitEnumerator<FileSplit, UnassignedFiles> restoreEnumerator(
      SplitEnumeratorContext<FileSplit> context, UnassignedFiles checkpoint) {
    return new FileEnumerator(context, paths, checkpoint);
  }

  @Override
  public SimpleVersionedSerializer<FileSplit> getSplitSerializer() {
    return FileSplitSerializer.INSTANCE;
  }

  @Override
  public SimpleVersionedSerializer<UnassignedFiles> getEnumeratorCheckpointSerializer() {
    return UnassignedFiles.Serializer.INSTANCE;
  }
}
