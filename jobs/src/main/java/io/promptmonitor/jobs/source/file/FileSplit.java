package io.promptmonitor.jobs.source.file;

import java.util.Objects;
import org.apache.flink.api.connector.source.SourceSplit;

/**
 * A file and how far it has been read.
 *
 * @param path the path as the user gave it, which is also the split's id
 * @param size size in bytes when the file was found; decides who reads it
 * @param nextLine number of the next line to read, from 1
 * @param nextOffset where that line begins, in bytes of the uncompressed text
 */
public record FileSplit(String path, long size, long nextLine, long nextOffset)
    implements SourceSplit {

  public FileSplit {
    Objects.requireNonNull(path, "path");
  }

  /** A file of which nothing has been read yet. */
  static FileSplit whole(String path, long size) {
    return new FileSplit(path, size, 1, 0);
  }

  /** Whether nothing has been read yet. */
  boolean isWhole() {
    return nextOffset == 0;
  }

  @Override
  public String splitId() {
    return path;
  }
}
