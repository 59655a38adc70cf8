package io.promptmonitor.jobs.source.file;

import io.promptmonitor.jobs.source.IngestParser;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.PriorityQueue;
import org.apache.flink.connector.base.source.reader.splitreader.SplitReader;
import org.apache.flink.connector.base.source.reader.splitreader.SplitsAddition;
import org.apache.flink.connector.base.source.reader.splitreader.SplitsChange;
import org.jspecify.annotations.Nullable;

/**
 * Reads and parses the files of one reader as one stream in the order of event time: the next
 * record is always that of the file whose next event time is the smallest. Within a file the order
 * is kept, so the stream is no more out of order than the worst of its files.
 *
 * <p>A file is opened when the stream reaches its first event time, which is looked up once at the
 * start. So a year of daily files has one or two of them open, and one file a host has all of them.
 */
final class MergingSplitReader implements SplitReader<MergedBatch, FileSplit> {

  /** How many files a reader has open at a time, at most. */
  static final int MAX_OPEN_FILES = 512;

  private static final int BATCH_SIZE = 1000;

  /** What the chunks of all files that are being read may take together, roughly. */
  private static final int CHUNKS_TOTAL = 32 << 20;

  private static final int SMALLEST_CHUNK = 16 << 10;

  /** Small enough for the garbage collector not to treat a chunk as a special, huge object. */
  private static final int LARGEST_CHUNK = 256 << 10;

  private final IngestParser parser;
  private final OpenFiles openFiles;
  private final List<FileSplit> added = new ArrayList<>();
  private final PriorityQueue<FileCursor> waiting = new PriorityQueue<>();

  /** The file whose turn it is, if the last batch did not leave it to another one. */
  private @Nullable FileCursor current;

  private int ranks;
  private int filesBeingRead;

  MergingSplitReader(IngestParser parser, OpenFiles openFiles) {
    this.parser = parser;
    this.openFiles = openFiles;
  }

  @Override
  public void handleSplitsChanges(SplitsChange<FileSplit> change) {
    if (!(change instanceof SplitsAddition)) {
      throw new UnsupportedOperationException(
          "files are only ever added, but got " + change.getClass().getSimpleName());
    }
    // Looked at by fetch(), which may fail with the reason.
    added.addAll(change.splits());
  }

  @Override
  public MergedBatch fetch() throws IOException {
    MergedBatch batch = new MergedBatch(BATCH_SIZE);
    admit();
    while (!batch.isFull()) {
      FileCursor cursor = current != null ? current : waiting.poll();
      if (cursor == null) {
        break;
      }
      current = cursor;
      if (cursor.isOpen()) {
        batch.add(cursor);
      } else {
        open(cursor);
      }
      if (!cursor.advance()) {
        filesBeingRead--;
        batch.finish(cursor.split());
        current = null;
      } else if (!isFirst(cursor)) {
        waiting.add(cursor);
        current = null;
      }
    }
    return batch;
  }

  /** Whether no other file comes before {@code cursor}, which is not among the waiting ones. */
  private boolean isFirst(FileCursor cursor) {
    FileCursor next = waiting.peek();
    return next == null || cursor.compareTo(next) <= 0;
  }

  /** Takes new files into the merge. */
  private void admit() throws IOException {
    boolean alone = added.size() == 1 && waiting.isEmpty() && current == null;
    for (FileSplit split : added) {
      FileCursor cursor = new FileCursor(split, ranks++, openFiles, parser);
      // A file that was being read at the checkpoint would be opened soon anyway.
      if (!alone && split.isWhole()) {
        cursor.peek();
      }
      waiting.add(cursor);
    }
    added.clear();
  }

  private void open(FileCursor cursor) throws IOException {
    filesBeingRead++;
    cursor.open(
        () -> Math.max(SMALLEST_CHUNK, Math.min(LARGEST_CHUNK, CHUNKS_TOTAL / filesBeingRead)));
  }

  @Override
  public void wakeUp() {
    // fetch() never waits for anything but the disk.
  }

  @Override
  public void close() throws IOException {
    if (current != null) {
      current.close();
    }
    for (FileCursor cursor : waiting) {
      cursor.close();
    }
  }
}
