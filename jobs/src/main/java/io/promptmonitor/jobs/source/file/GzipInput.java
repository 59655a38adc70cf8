package io.promptmonitor.jobs.source.file;

import java.io.IOException;
import java.io.InputStream;
import java.util.zip.CRC32;
import java.util.zip.DataFormatException;
import java.util.zip.Inflater;
import java.util.zip.ZipException;

/**
 * Uncompresses a gzip file, one of several members (concatenated files) too.
 *
 * <p>Unlike the JDK's {@code GZIPInputStream} it does not take a damaged header of a later member
 * for the end of the file: whatever follows a member, other than zeros, has to be another one.
 */
final class GzipInput extends InputStream {

  private static final int HEADER_CRC = 0x02;
  private static final int EXTRA = 0x04;
  private static final int NAME = 0x08;
  private static final int COMMENT = 0x10;

  private final InputStream in;
  private final byte[] compressed;
  private int next;
  private int limit;

  private final Inflater inflater = new Inflater(/* nowrap= */ true);
  private final CRC32 crc = new CRC32();
  private boolean insideMember;
  private boolean firstMember = true;

  /** Reads {@code in} from its beginning, {@code bufferSize} bytes at a time. */
  GzipInput(InputStream in, int bufferSize) {
    this.in = in;
    this.compressed = new byte[bufferSize];
  }

  /** Whether a file that begins with the given bytes is a gzip file. */
  static boolean isGzip(byte[] bytes, int length) {
    return length >= 2 && (bytes[0] & 0xFF) == 0x1F && (bytes[1] & 0xFF) == 0x8B;
  }

  @Override
  public int read() throws IOException {
    byte[] one = new byte[1];
    return read(one, 0, 1) < 0 ? -1 : one[0] & 0xFF;
  }

  @Override
  public int read(byte[] buffer, int start, int length) throws IOException {
    if (length == 0) {
      return 0;
    }
    while (true) {
      if (!insideMember && !beginMember()) {
        return -1;
      }
      int count = inflate(buffer, start, length);
      if (count > 0) {
        crc.update(buffer, start, count);
        return count;
      }
      if (inflater.finished()) {
        endMember();
      } else if (inflater.needsInput()) {
        fillOrFail();
        inflater.setInput(compressed, 0, limit);
      } else {
        throw new ZipException("a preset dictionary is not allowed");
      }
    }
  }

  private int inflate(byte[] buffer, int start, int length) throws ZipException {
    try {
      return inflater.inflate(buffer, start, length);
    } catch (DataFormatException e) {
      ZipException corrupt =
          new ZipException(e.getMessage() == null ? "damaged data" : e.getMessage());
      corrupt.initCause(e);
      throw corrupt;
    }
  }

  /** Reads a member's header; false at the end of the file. */
  private boolean beginMember() throws IOException {
    int first = firstMember ? readByte() : skipPadding();
    if (first < 0) {
      return false;
    }
    if (first != 0x1F || readByte() != 0x8B) {
      throw new ZipException("something else follows the compressed data");
    }
    if (readByte() != 8) {
      throw new ZipException("unknown compression method");
    }
    int flags = readByte();
    skip(6);
    if ((flags & EXTRA) != 0) {
      skip(readByte() | readByte() << 8);
    }
    if ((flags & NAME) != 0) {
      skipText();
    }
    if ((flags & COMMENT) != 0) {
      skipText();
    }
    if ((flags & HEADER_CRC) != 0) {
      skip(2);
    }
    inflater.reset();
    inflater.setInput(compressed, next, limit - next);
    crc.reset();
    insideMember = true;
    firstMember = false;
    return true;
  }

  /** Checks a member's trailer. */
  private void endMember() throws IOException {
    next = limit - inflater.getRemaining();
    insideMember = false;
    if (readInt() != crc.getValue()) {
      throw new ZipException("the checksum does not match");
    }
    if (readInt() != (inflater.getBytesWritten() & 0xFFFFFFFFL)) {
      throw new ZipException("the length does not match");
    }
  }

  /** The first byte that is not padding, or -1 at the end of the file. */
  private int skipPadding() throws IOException {
    do {
      if (next == limit && !fill()) {
        return -1;
      }
    } while (compressed[next++] == 0);
    return compressed[next - 1] & 0xFF;
  }

  private void skipText() throws IOException {
    while (readByte() != 0) {
      // on to the text's end
    }
  }

  private void skip(int count) throws IOException {
    for (int i = 0; i < count; i++) {
      readByte();
    }
  }

  private long readInt() throws IOException {
    return readByte() | readByte() << 8 | readByte() << 16 | (long) readByte() << 24;
  }

  private int readByte() throws IOException {
    if (next == limit) {
      fillOrFail();
    }
    return compressed[next++] & 0xFF;
  }

  private void fillOrFail() throws IOException {
    if (!fill()) {
      throw new ZipException("it ends in the middle of the compressed data");
    }
  }

  private boolean fill() throws IOException {
    int count = in.read(compressed, 0, compressed.length);
    next = 0;
    limit = Math.max(count, 0);
    return count > 0;
  }

  @Override
  public void close() throws IOException {
    inflater.end();
    in.close();
  }
}
