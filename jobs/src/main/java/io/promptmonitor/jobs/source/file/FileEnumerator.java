package io.promptmonitor.jobs.source.file;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.apache.flink.api.connector.source.SplitEnumerator;
import org.apache.flink.api.connector.source.SplitEnumeratorContext;
import org.apache.flink.api.connector.source.SplitsAssignment;
import org.jspecify.annotations.Nullable;

/**
 * Finds the files and gives each reader all of its own at once, because a reader can only merge by
 * event time what it knows of from the start.
 *
 * <p>Each file goes, in order, to the reader with the fewest bytes so far. Where file names follow
 * time, that keeps the readers at about the same event time, so that none runs far ahead and fills
 * the windows' state; no reader gets more than one file's size above the average.
 */
final class FileEnumerator implements SplitEnumerator<FileSplit, UnassignedFiles> {

  private final SplitEnumeratorContext<FileSplit> context;
  private final List<String> paths;
  private final @Nullable UnassignedFiles restored;
  private final Map<Integer, List<FileSplit>> unassigned = new TreeMap<>();

  FileEnumerator(
      SplitEnumeratorContext<FileSplit> context,
      List<String> paths,
      @Nullable UnassignedFiles restored) {
    this.context = context;
    this.paths = paths;
    this.restored = restored;
  }

  @Override
  public void start() {
    try {
      List<FileSplit> files = restored != null ? restored.files() : InputFiles.list(paths);
      unassigned.putAll(distribute(files, context.currentParallelism()));
    } catch (InputFileException e) {
      throw new IllegalArgumentException(e.getMessage(), e);
    }
  }

  /** Which files which reader is to read; a reader without files is not in the map. */
  static Map<Integer, List<FileSplit>> distribute(List<FileSplit> files, int readers) {
    Map<Integer, List<FileSplit>> distribution = new TreeMap<>();
    long[] bytes = new long[readers];
    for (FileSplit file : files) {
      int least = 0;
      for (int reader = 1; reader < readers; reader++) {
        if (bytes[reader] < bytes[least]) {
          least = reader;
        }
      }
      // An empty file is some work too: without the 1, all of them would go to the same reader.
      bytes[least] += file.size() + 1;
      distribution.computeIfAbsent(least, reader -> new ArrayList<>()).add(file);
    }
    return distribution;
  }

  @Override
  public void addReader(int reader) {
    List<FileSplit> files = unassigned.remove(reader);
    if (files != null) {
      context.assignSplits(new SplitsAssignment<>(Map.of(reader, files)));
    }
    context.signalNoMoreSplits(reader);
  }

  /** A reader has failed before a checkpoint held its files; it will register again. */
  @Override
  public void addSplitsBack(List<FileSplit> splits, int reader) {
    if (!splits.isEmpty()) {
      unassigned.computeIfAbsent(reader, r -> new ArrayList<>()).addAll(splits);
    }
  }

  @Override
  public void handleSplitRequest(int reader, @Nullable String hostname) {
    // Readers are given their files without asking.
  }

  @Override
  public UnassignedFiles snapshotState(long checkpointId) {
    return new UnassignedFiles(unassigned.values().stream().flatMap(Collection::stream).toList());
  }

  @Override
  public void close() {}
}
