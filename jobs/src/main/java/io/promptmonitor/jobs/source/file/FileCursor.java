package io.promptmonitor.jobs.source.file;

import io.promptmonitor.common.ingest.DeadLetter;
import io.promptmonitor.common.ingest.Ingested;
import io.promptmonitor.common.ingest.RejectionReason;
import io.promptmonitor.jobs.source.IngestParser;
import java.io.IOException;
import java.io.InputStream;
import java.util.Objects;
import java.util.function.IntSupplier;
import java.util.zip.ZipException;
import org.jspecify.annotations.Nullable;

/** One file of a merge: where it stands, and its next record. */
final class FileCursor implements Comparable<FileCursor> {

  /** {@link #eventTime} of a file that is to be read at once, because its own is not known. */
  static final long AT_ONCE = Long.MIN_VALUE;

  private static final int LINES_TO_PEEK = 100;
  private static final int PEEK_CHUNK = 16 << 10;

  /** Compressed bytes to read at a time. */
  private static final int GZIP_BUFFER = 32 << 10;

  private final FileSplit split;

  /** Settles the order of files whose next event time is the same. */
  private final int rank;

  private final OpenFiles openFiles;
  private final IngestParser parser;

  private long eventTime = AT_ONCE;
  private @Nullable InputStream in;
  private @Nullable LineSplitter lines;
  private @Nullable Ingested head;

  FileCursor(FileSplit split, int rank, OpenFiles openFiles, IngestParser parser) {
    this.split = split;
    this.rank = rank;
    this.openFiles = openFiles;
    this.parser = parser;
  }

  FileSplit split() {
    return split;
  }

  /**
   * The event time at which the file takes its turn: that of its next record. A record without an
   * event time goes directly after the one before it.
   */
  long eventTime() {
    return eventTime;
  }

  boolean isOpen() {
    return in != null;
  }

  /** The next record; the cursor has been {@linkplain #advance advanced} to it. */
  Ingested head() {
    return Objects.requireNonNull(head, "advance() has to come first");
  }

  /** Number of the line after the next record. */
  long nextLine() {
    return lines().nextLineNumber();
  }

  /** Where the line after the next record begins. */
  long nextOffset() {
    return lines().nextOffset();
  }

  /**
   * Finds out the file's first event time from its first lines, and leaves the file closed. Where
   * none of them has one, the file is to be read at once.
   */
  void peek() throws IOException {
    open(() -> PEEK_CHUNK);
    for (int i = 0; i < LINES_TO_PEEK && eventTime == AT_ONCE && advance(); i++) {
      // advance() takes over the event time
    }
    close();
  }

  /** Opens the file where it is to be read on. */
  void open(IntSupplier chunkSize) throws IOException {
    try {
      OpenFiles.FileInput file = openFiles.file(split.path());
      in = file;
      in = decode(file);
      lines = new LineSplitter(in, split.nextLine(), split.nextOffset(), chunkSize);
    } catch (IOException e) {
      throw failure(split.nextLine(), e);
    }
  }

  private InputStream decode(OpenFiles.FileInput file) throws IOException {
    byte[] magic = new byte[2];
    boolean gzip = GzipInput.isGzip(magic, file.readNBytes(magic, 0, magic.length));
    if (gzip) {
      file.seek(0);
      GzipInput uncompressed = new GzipInput(file, GZIP_BUFFER);
      uncompressed.skipNBytes(split.nextOffset());
      return uncompressed;
    }
    file.seek(split.nextOffset());
    return file;
  }

  /** Goes on to the next record; false, and the file is closed, when there is none. */
  boolean advance() throws IOException {
    LineSplitter line = lines();
    boolean found;
    try {
      found = line.next();
    } catch (IOException e) {
      throw failure(line.nextLineNumber(), e);
    }
    if (!found) {
      close();
      return false;
    }
    Ingested record = record(line);
    head = record;
    if (record.deadLetter() == null) {
      eventTime = record.timestamp();
    }
    return true;
  }

  private Ingested record(LineSplitter line) {
    String path = split.path();
    long number = line.lineNumber();
    if (line.isTooLong()) {
      return tooLong(path, number, line.length());
    }
    return parser.parse(path, number, line.chunk(), line.start(), (int) line.length());
  }

  private static Ingested tooLong(String path, long number, long bytes) {
    int length = (int) Math.min(bytes, Integer.MAX_VALUE);
    DeadLetter deadLetter =
        new DeadLetter(
            path,
            number,
            RejectionReason.TOO_LARGE,
            "record: too large, expected at most " + LineSplitter.MAX_LENGTH + " bytes",
            length,
            null,
            Long.MIN_VALUE);
    return Ingested.withoutPayload(path, number, null, null, deadLetter, false, length);
  }

  void close() throws IOException {
    if (in != null) {
      in.close();
    }
    in = null;
    lines = null;
    head = null;
  }

  private InputFileException failure(long line, IOException e) {
    if (e instanceof InputFileException known) {
      return known;
    }
    String what = e instanceof ZipException ? "damaged gzip file: " : "";
    return new InputFileException(
        "%s: line %d: %s%s".formatted(split.path(), line, what, e.getMessage()), e);
  }

  private LineSplitter lines() {
    return Objects.requireNonNull(lines, "open() has to come first");
  }

  @Override
  public int compareTo(FileCursor that) {
    int byTime = Long.compare(eventTime, that.eventTime);
    return byTime != 0 ? byTime : Integer.compare(rank, that.rank);
  }

  @Override
  public boolean equals(@Nullable Object other) {
    return this == other;
  }

  @Override
  public int hashCode() {
    return rank;
  }
}
