package io.promptmonitor.jobs.source.file;

import io.promptmonitor.common.ingest.RecordParser;
import java.io.IOException;
import java.io.InputStream;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.util.function.IntSupplier;

/**
 * Finds the lines of a stream without copying them: a line is a slice of a large chunk, and a chunk
 * is never written to again where a line has been handed out.
 *
 * <p>A line ends with {@code \n} or {@code \r\n}, which are not part of it, or with the stream.
 * Blank lines (spaces and tabs at most) are counted but skipped, as is a byte order mark at the
 * beginning. A line longer than {@link #MAX_LENGTH} is measured, not held.
 */
public final class LineSplitter {

  /** The longest line that is handed out, in bytes. */
  public static final int MAX_LENGTH = RecordParser.MAX_RECORD_LENGTH;

  private static final VarHandle LONGS =
      MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);
  private static final long ONES = 0x0101010101010101L;
  private static final long HIGH_BITS = 0x8080808080808080L;
  private static final long LINE_FEEDS = ONES * '\n';

  private final InputStream in;
  private final IntSupplier chunkSize;

  private byte[] chunk = new byte[0];

  /** Stream offset of the chunk's first byte. */
  private long chunkOffset;

  /** Where the next line begins in the chunk. */
  private int next;

  /** Up to here the chunk is known to hold no end of the next line. */
  private int searched;

  /** End of the chunk's valid bytes. */
  private int limit;

  private boolean endOfStream;
  private long nextLineNumber;

  private int start;
  private long length;

  /**
   * Splits {@code in}, which stands at the beginning of a line.
   *
   * @param lineNumber number of that line, from 1
   * @param offset what comes before that line, in bytes
   * @param chunkSize how many bytes to read at a time; asked for each new chunk
   */
  public LineSplitter(InputStream in, long lineNumber, long offset, IntSupplier chunkSize) {
    this.in = in;
    this.nextLineNumber = lineNumber;
    this.chunkOffset = offset;
    this.chunkSize = chunkSize;
  }

  /** Goes on to the next line that is not blank; false at the end of the stream. */
  public boolean next() throws IOException {
    while (nextLine()) {
      if (nextLineNumber == 2 && startsWithByteOrderMark()) {
        start += 3;
        length -= 3;
      }
      if (!isBlank()) {
        return true;
      }
    }
    return false;
  }

  /** Holds the current line, unless that {@linkplain #isTooLong() is too long}. */
  public byte[] chunk() {
    return chunk;
  }

  /** Where the current line begins in {@link #chunk}. */
  public int start() {
    return start;
  }

  /** Length of the current line in bytes, without its end. */
  public long length() {
    return length;
  }

  /** Whether the current line is longer than {@link #MAX_LENGTH}; only its length is known then. */
  boolean isTooLong() {
    return length > MAX_LENGTH;
  }

  /** Number of the current line, from 1. */
  long lineNumber() {
    return nextLineNumber - 1;
  }

  /** Number of the line after the current one. */
  long nextLineNumber() {
    return nextLineNumber;
  }

  /** Stream offset of the line after the current one. */
  long nextOffset() {
    return chunkOffset + next;
  }

  private boolean nextLine() throws IOException {
    start = next;
    searched = next;
    while (true) {
      int lineFeed = indexOfLineFeed(chunk, searched, limit);
      if (lineFeed >= 0) {
        endLine(lineFeed, lineFeed + 1);
        return true;
      }
      searched = limit;
      // One more than the longest line may be a carriage return.
      if (limit - start > MAX_LENGTH + 1) {
        measure();
        return true;
      }
      if (endOfStream || !fill()) {
        if (start == limit) {
          return false;
        }
        endLine(limit, limit);
        return true;
      }
    }
  }

  private void endLine(int end, int nextStart) {
    int withoutReturn = end > start && chunk[end - 1] == '\r' ? end - 1 : end;
    length = (long) withoutReturn - start;
    next = nextStart;
    nextLineNumber++;
  }

  /** Reads over the rest of a line that is too long, using its own bytes in the chunk again. */
  private void measure() throws IOException {
    length = (long) limit - start;
    byte last = chunk[limit - 1];
    while (true) {
      chunkOffset += limit - start;
      limit = start;
      if (!fill()) {
        next = limit;
        break;
      }
      int lineFeed = indexOfLineFeed(chunk, start, limit);
      if (lineFeed >= 0) {
        length += lineFeed - start;
        last = lineFeed > start ? chunk[lineFeed - 1] : last;
        next = lineFeed + 1;
        break;
      }
      length += limit - start;
      last = chunk[limit - 1];
    }
    if (last == '\r') {
      length--;
    }
    nextLineNumber++;
  }

  /** Reads more after {@code limit}, in a new chunk if this one is full; false at the end. */
  private boolean fill() throws IOException {
    if (limit == chunk.length) {
      int kept = limit - start;
      byte[] larger = new byte[Math.max(chunkSize.getAsInt(), 2 * kept)];
      System.arraycopy(chunk, start, larger, 0, kept);
      chunkOffset += start;
      chunk = larger;
      start = 0;
      searched = kept;
      limit = kept;
    }
    int count = in.read(chunk, limit, chunk.length - limit);
    endOfStream = count < 0;
    limit += Math.max(count, 0);
    return !endOfStream;
  }

  private boolean startsWithByteOrderMark() {
    return chunkOffset + start == 0
        && length >= 3
        && !isTooLong()
        && chunk[start] == (byte) 0xEF
        && chunk[start + 1] == (byte) 0xBB
        && chunk[start + 2] == (byte) 0xBF;
  }

  private boolean isBlank() {
    if (isTooLong()) {
      return false;
    }
    for (int i = start; i < start + (int) length; i++) {
      if (chunk[i] != ' ' && chunk[i] != '\t') {
        return false;
      }
    }
    return true;
  }

  /** Looks at eight bytes at a time: finding the line's end costs little beside parsing it. */
  static int indexOfLineFeed(byte[] bytes, int from, int to) {
    int i = from;
    for (; i <= to - Long.BYTES; i += Long.BYTES) {
      long differences = (long) LONGS.get(bytes, i) ^ LINE_FEEDS;
      // The lowest byte that is zero is the lowest one with its high bit set here.
      long zeros = (differences - ONES) & ~differences & HIGH_BITS;
      if (zeros != 0) {
        return i + (Long.numberOfTrailingZeros(zeros) >>> 3);
      }
    }
    for (; i < to; i++) {
      if (bytes[i] == '\n') {
        return i;
      }
    }
    return -1;
  }
}
