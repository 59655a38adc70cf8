package io.promptmonitor.common.ingest;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.util.JsonRecyclerPools;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;

/**
 * JSON tokens of one record after another from one long-lived parser, which reads the records as if
 * they were one stream.
 *
 * <p>A parser of its own for each record would allocate 680 bytes for it, almost five times what is
 * left of the record itself. A parser that met an error is thrown away, so that no record can
 * disturb the next. Not thread-safe.
 */
final class RecordTokens {

  /** How many objects and arrays may lie within each other. */
  static final int MAX_NESTING = 500;

  /** Read while a parser is made, which looks at the first bytes to guess the encoding. */
  private static final byte[] LEAD_IN = "        ".getBytes(StandardCharsets.US_ASCII);

  private final JsonFactory factory;
  private final RecordStream stream = new RecordStream();
  private final BlankCheck unread = new BlankCheck();
  private JsonParser parser;
  private long recordStart;

  /** For records of at most {@code maxLength} bytes. */
  RecordTokens(int maxLength) {
    factory =
        JsonFactory.builder()
            // A record's length is limited: nothing in it needs a limit of its own but nesting.
            .streamReadConstraints(
                StreamReadConstraints.builder()
                    .maxNestingDepth(MAX_NESTING)
                    .maxNumberLength(maxLength)
                    .maxStringLength(maxLength)
                    .maxNameLength(maxLength)
                    .build())
            // The only parser keeps its buffers: a pool would only leave them behind in a thread.
            .recyclerPool(JsonRecyclerPools.nonRecyclingPool())
            .disable(JsonFactory.Feature.INTERN_FIELD_NAMES)
            .build();
    parser = newParser();
  }

  /** Starts a record of valid UTF-8; the parser must not be used beyond the record's last token. */
  JsonParser begin(byte[] bytes, int offset, int length) {
    recordStart = stream.handedOut;
    stream.set(bytes, offset, length);
    return parser;
  }

  /** Whether nothing but white space follows the token just read; ends the record. */
  boolean endIsBlank() throws IOException {
    unread.blank = true;
    parser.releaseBuffered(unread);
    return unread.blank && stream.restIsBlank();
  }

  /** How many bytes of the record have been read, for messages. */
  long position() {
    return Math.max(0, parser.currentLocation().getByteOffset() - recordStart);
  }

  /** Starts afresh, with nothing remembered: neither the rest of this record nor field names. */
  void renew() {
    try {
      parser.close();
    } catch (IOException e) {
      throw new UncheckedIOException("closing a parser of bytes in memory failed", e);
    }
    parser = newParser();
  }

  private JsonParser newParser() {
    stream.set(LEAD_IN, 0, LEAD_IN.length);
    stream.handedOut = 0;
    try {
      return factory.createParser(stream);
    } catch (IOException e) {
      throw new UncheckedIOException("reading bytes in memory failed", e);
    }
  }

  private static boolean isBlank(byte[] bytes, int start, int end) {
    for (int i = start; i < end; i++) {
      byte b = bytes[i];
      if (b != ' ' && b != '\n' && b != '\r' && b != '\t') {
        return false;
      }
    }
    return true;
  }

  /** The bytes of the current record; at its end the stream ends, until the next record is set. */
  private static final class RecordStream extends InputStream {

    private byte[] bytes = LEAD_IN;
    private int next;
    private int end;
    private long handedOut;

    void set(byte[] bytes, int offset, int length) {
      this.bytes = bytes;
      next = offset;
      end = offset + length;
    }

    boolean restIsBlank() {
      return isBlank(bytes, next, end);
    }

    @Override
    public int read() {
      if (next == end) {
        return -1;
      }
      handedOut++;
      return bytes[next++] & 0xFF;
    }

    @Override
    public int read(byte[] target, int offset, int length) {
      if (next == end) {
        return -1;
      }
      int count = Math.min(length, end - next);
      System.arraycopy(bytes, next, target, offset, count);
      next += count;
      handedOut += count;
      return count;
    }
  }

  /** Takes back what the parser had read ahead. */
  private static final class BlankCheck extends OutputStream {

    private boolean blank;

    @Override
    public void write(int b) {
      blank &= b == ' ' || b == '\n' || b == '\r' || b == '\t';
    }

    @Override
    public void write(byte[] bytes, int offset, int length) {
      blank &= isBlank(bytes, offset, offset + length);
    }
  }
}
