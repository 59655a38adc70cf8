package io.promptmonitor.common.ingest;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import org.apache.datasketches.memory.XxHash;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Hashes are kept in state and compared over years: these values may never change. */
class HashesTest {

  private static final long PRIME32 = 2_654_435_761L;

  @ParameterizedTest
  @CsvSource({
    "'', EF46DB3751D8E999",
    "a, D24EC4F1A98C6E5B",
    "abc, 44BC2CF5AD770999",
    "Nobody inspects the spammish repetition, FBCEA83C8A378BF1"
  })
  void xxHash64OfTexts(String text, String expected) {
    byte[] bytes = ("12345" + text).getBytes(StandardCharsets.US_ASCII);
    assertThat(XxHash.hashByteArr(bytes, 5, text.length(), 0))
        .isEqualTo(Long.parseUnsignedLong(expected, 16));
  }

  /** The vectors of the reference implementation. */
  @ParameterizedTest
  @CsvSource({
    "0, EF46DB3751D8E999, AC75FDA2929B17EF",
    "1, 4FCE394CC88952D8, 739840CB819FA723",
    "14, CFFA8DB881BC3A3D, 5B9611585EFCC9CB",
    "101, 0EAB543384F878AD, CAA65939306F1E21"
  })
  void xxHash64OfTheReferenceBuffer(int length, String unseeded, String seeded) {
    byte[] buffer = new byte[101];
    int generator = (int) PRIME32;
    for (int i = 0; i < buffer.length; i++) {
      buffer[i] = (byte) (generator >>> 24);
      generator *= generator;
    }
    assertThat(XxHash.hashByteArr(buffer, 0, length, 0))
        .isEqualTo(Long.parseUnsignedLong(unseeded, 16));
    assertThat(XxHash.hashByteArr(buffer, 0, length, PRIME32))
        .isEqualTo(Long.parseUnsignedLong(seeded, 16));
  }

  /** The vectors of the reference implementation: key 00 01 … 0f, text 00 01 …. */
  @ParameterizedTest
  @CsvSource({
    "0, 310e0edd47db6f72",
    "1, fd67dc93c539f874",
    "2, 5a4fa9d909806c0d",
    "7, 37d1018bf50002ab",
    "8, 6224939a79f5f593",
    "15, e545be4961ca29a1"
  })
  void sipHash24(int length, String littleEndian) {
    byte[] text = new byte[length + 3];
    for (int i = 0; i < length; i++) {
      text[i + 3] = (byte) i;
    }
    long expected =
        ByteBuffer.wrap(HexFormat.of().parseHex(littleEndian))
            .order(ByteOrder.LITTLE_ENDIAN)
            .getLong();
    assertThat(UserHashKey.ofWords(0x0706050403020100L, 0x0f0e0d0c0b0a0908L).hash(text, 3, length))
        .isEqualTo(expected);
  }

  @Test
  void keysComeFromTheWholeSecretAndStayHidden() {
    UserHashKey key = UserHashKey.fromSecret("a long secret");
    assertThat(key).isEqualTo(UserHashKey.fromSecret("a long secret"));
    assertThat(key).isNotEqualTo(UserHashKey.fromSecret("a long secreT"));
    assertThat(key).hasToString("UserHashKey[secret]");
  }
}
