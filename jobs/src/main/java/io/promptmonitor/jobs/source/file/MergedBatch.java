package io.promptmonitor.jobs.source.file;

import io.promptmonitor.common.ingest.Ingested;
import java.util.HashSet;
import java.util.Objects;
import java.util.Set;
import org.apache.flink.connector.base.source.reader.RecordsWithSplitIds;
import org.jspecify.annotations.Nullable;

/**
 * Records on their way from the thread that reads and parses to the task, in the order of the
 * merge; each stretch of records from the same file is a "split" to Flink. The batch is its own
 * element, so that a record's place in its file travels with it without an object for each.
 */
final class MergedBatch implements RecordsWithSplitIds<MergedBatch> {

  private final Ingested[] records;
  private final long[] nextLines;
  private final long[] nextOffsets;
  private final Set<String> finished = new HashSet<>();
  private int size;

  private int current = -1;
  private @Nullable String file;

  MergedBatch(int capacity) {
    records = new Ingested[capacity];
    nextLines = new long[capacity];
    nextOffsets = new long[capacity];
  }

  boolean isFull() {
    return size == records.length;
  }

  /** Appends the cursor's next record. */
  void add(FileCursor cursor) {
    records[size] = cursor.head();
    nextLines[size] = cursor.nextLine();
    nextOffsets[size] = cursor.nextOffset();
    size++;
  }

  /** All records of the file are in this batch or were in one before. */
  void finish(FileSplit split) {
    finished.add(split.splitId());
  }

  /** The record that was taken last. */
  Ingested record() {
    return records[current];
  }

  /** Number of the line after {@link #record}. */
  long nextLine() {
    return nextLines[current];
  }

  /** Where the line after {@link #record} begins. */
  long nextOffset() {
    return nextOffsets[current];
  }

  @Override
  public @Nullable String nextSplit() {
    file = current + 1 < size ? records[current + 1].source() : null;
    return file;
  }

  @Override
  public @Nullable MergedBatch nextRecordFromSplit() {
    int next = current + 1;
    if (next >= size || !isOfFile(records[next])) {
      return null;
    }
    current = next;
    return this;
  }

  private boolean isOfFile(Ingested record) {
    // Records of a file share its path's string, so this is a comparison of two references.
    return record.source().equals(Objects.requireNonNull(file, "nextSplit() has to come first"));
  }

  @Override
  public Set<String> finishedSplits() {
    return finished;
  }
}
