package io.promptmonitor.flinksql;

import io.promptmonitor.common.sketch.DistinctSketch;
import io.promptmonitor.common.sketch.QuantileSketch;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInput;
import java.io.DataInputStream;
import java.io.DataOutput;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;

/** Sketches as the bytes that the columns of {@code window_metrics} hold. */
final class StoredSketches {

  private interface Writer {
    void write(DataOutput out) throws IOException;
  }

  private interface Reader<T> {
    T read(DataInput in) throws IOException;
  }

  private StoredSketches() {}

  /**
   * A distribution of latencies or tokens.
   *
   * @throws IllegalArgumentException if it is none
   */
  static QuantileSketch digest(byte[] bytes) {
    return read(bytes, QuantileSketch::read, "digest");
  }

  /**
   * A set of users.
   *
   * @throws IllegalArgumentException if it is none
   */
  static DistinctSketch users(byte[] bytes) {
    return read(bytes, DistinctSketch::read, "sketch of users");
  }

  static byte[] bytes(QuantileSketch digest) {
    return write(digest::write);
  }

  static byte[] bytes(DistinctSketch users) {
    return write(users::write);
  }

  private static <T> T read(byte[] bytes, Reader<T> reader, String what) {
    ByteArrayInputStream in = new ByteArrayInputStream(bytes);
    T sketch;
    try {
      sketch = reader.read(new DataInputStream(in));
    } catch (IOException | RuntimeException e) {
      throw new IllegalArgumentException("%d bytes are no %s".formatted(bytes.length, what), e);
    }
    if (in.available() > 0) {
      throw new IllegalArgumentException(
          "%d bytes are no %s: %d are left over".formatted(bytes.length, what, in.available()));
    }
    return sketch;
  }

  private static byte[] write(Writer writer) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try {
      writer.write(new DataOutputStream(bytes));
    } catch (IOException e) {
      throw new UncheckedIOException("an array takes all bytes", e);
    }
    return bytes.toByteArray();
  }
}
