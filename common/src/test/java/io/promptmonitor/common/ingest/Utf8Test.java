package io.promptmonitor.common.ingest;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CoderResult;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;

class Utf8Test {

  @Test
  void agreesOnAllSequencesOfUpToThreeBytesAndTheEdgesOfFour() {
    for (int lead = 0x80; lead < 0x100; lead++) {
      for (int second = 0; second < 0x100; second++) {
        for (int third : new int[] {0x00, 0x41, 0x7F, 0x80, 0xBF, 0xC0, 0xFF}) {
          for (int fourth : new int[] {0x41, 0x7F, 0x80, 0xBF, 0xC0}) {
            check(new byte[] {(byte) lead, (byte) second, (byte) third, (byte) fourth});
          }
        }
      }
      check(new byte[] {(byte) lead});
    }
  }

  @Property(tries = 3000, seed = "1")
  void agreesWithTheStandardLibrary(@ForAll long seed) {
    Random random = new Random(seed);
    StringBuilder text = new StringBuilder();
    int length = random.nextInt(60);
    while (text.length() < length) {
      int codePoint = random.nextInt(3) > 0 ? random.nextInt(0x80) : random.nextInt(0x110000);
      if (codePoint < 0xD800 || codePoint > 0xDFFF) {
        text.appendCodePoint(codePoint);
      }
    }
    byte[] bytes = text.toString().getBytes(StandardCharsets.UTF_8);
    check(bytes);
    if (bytes.length > 0) {
      bytes[random.nextInt(bytes.length)] = (byte) random.nextInt();
      check(bytes);
    }
  }

  private static void check(byte[] bytes) {
    ByteBuffer input = ByteBuffer.wrap(bytes);
    CoderResult result =
        StandardCharsets.UTF_8
            .newDecoder()
            .onMalformedInput(CodingErrorAction.REPORT)
            .decode(input, CharBuffer.allocate(bytes.length), true);
    int expected = result.isError() ? input.position() : -1;
    byte[] padded = new byte[bytes.length + 7];
    System.arraycopy(bytes, 0, padded, 3, bytes.length);
    int invalid = Utf8.firstInvalid(padded, 3, bytes.length);
    assertThat(invalid < 0 ? invalid : invalid - 3).isEqualTo(expected);
  }
}
