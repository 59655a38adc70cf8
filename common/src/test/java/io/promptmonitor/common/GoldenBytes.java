package io.promptmonitor.common;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInput;
import java.io.DataInputStream;
import java.io.DataOutput;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;

/**
 * Bytes as an earlier version wrote them, in hexadecimal under {@code src/test/resources/golden}:
 * state and tables hold such bytes, so that they must stay readable, and be written the same.
 */
public final class GoldenBytes {

  /** Writes a value. */
  public interface Writer {
    /** Writes the value. */
    void write(DataOutput out) throws IOException;
  }

  /** Reads a value. */
  public interface Reader<T> {
    /** Reads the value. */
    T read(DataInput in) throws IOException;
  }

  private GoldenBytes() {}

  /** The bytes that {@code writer} writes. */
  public static byte[] bytes(Writer writer) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try {
      writer.write(new DataOutputStream(bytes));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return bytes.toByteArray();
  }

  /** The bytes that {@code writer} writes, in hexadecimal. */
  public static String hex(Writer writer) {
    return HexFormat.of().formatHex(bytes(writer));
  }

  /** Reads all of {@code bytes}. */
  public static <T> T read(byte[] bytes, Reader<T> reader) {
    ByteArrayInputStream in = new ByteArrayInputStream(bytes);
    try {
      T value = reader.read(new DataInputStream(in));
      assertThat(in.available()).as("bytes left").isZero();
      return value;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** The bytes of a golden file. */
  public static byte[] golden(String name) {
    try (InputStream in = GoldenBytes.class.getResourceAsStream("/golden/" + name + ".hex")) {
      assertThat(in).as("golden/%s.hex", name).isNotNull();
      String hex = new String(in.readAllBytes(), StandardCharsets.US_ASCII);
      return HexFormat.of().parseHex(hex.replaceAll("\\s", ""));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Asserts that {@code writer} writes what the golden file {@code name} holds. */
  public static void assertGolden(String name, Writer writer) {
    assertThat(hex(writer))
        .as("golden/%s.hex", name)
        .isEqualTo(HexFormat.of().formatHex(golden(name)));
  }
}
