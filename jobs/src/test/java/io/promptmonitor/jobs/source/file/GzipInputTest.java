package io.promptmonitor.jobs.source.file;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.zip.GZIPOutputStream;
import java.util.zip.ZipException;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;

class GzipInputTest {

  @Property(tries = 200)
  void uncompressesAllMembers(
      @ForAll @Size(min = 1, max = 5) List<@IntRange(max = 50_000) Integer> lengths,
      @ForAll @IntRange(min = 1, max = 5_000) int bufferSize,
      @ForAll @IntRange(max = 40) int padding,
      @ForAll long seed)
      throws IOException {
    Random random = new Random(seed);
    ByteArrayOutputStream plain = new ByteArrayOutputStream();
    ByteArrayOutputStream compressed = new ByteArrayOutputStream();
    for (int length : lengths) {
      byte[] member = compressible(length, random);
      plain.write(member);
      compressed.write(gzip(member));
      compressed.write(new byte[padding]);
    }

    assertThat(uncompress(compressed.toByteArray(), bufferSize)).isEqualTo(plain.toByteArray());
  }

  @Test
  void readsAHeaderWithEveryField() throws IOException {
    byte[] simple = gzip(new byte[] {'h', 'i'});
    ByteArrayOutputStream compressed = new ByteArrayOutputStream();
    compressed.write(simple, 0, 3);
    compressed.write(0x02 | 0x04 | 0x08 | 0x10);
    compressed.write(simple, 4, 6);
    compressed.write(new byte[] {3, 0, 'e', 'x', 't'});
    compressed.write(new byte[] {'n', 'a', 'm', 'e', 0});
    compressed.write(new byte[] {'c', 0});
    compressed.write(new byte[] {1, 2});
    compressed.write(simple, 10, simple.length - 10);

    assertThat(uncompress(compressed.toByteArray(), 4)).isEqualTo(new byte[] {'h', 'i'});
  }

  @Test
  void damageIsNeverTakenForTheEnd() throws IOException {
    byte[] member = gzip(compressible(10_000, new Random(1)));
    byte[] two = new byte[member.length * 2];
    System.arraycopy(member, 0, two, 0, member.length);
    System.arraycopy(member, 0, two, member.length, member.length);

    for (int length = 1; length < two.length; length++) {
      if (length != member.length) {
        byte[] truncated = Arrays.copyOf(two, length);
        assertThatThrownBy(() -> uncompress(truncated, 512))
            .as("the first %d bytes", length)
            .isInstanceOf(ZipException.class)
            .hasMessage("it ends in the middle of the compressed data");
      }
    }
    for (int at : new int[] {member.length, member.length + 1, member.length + 2}) {
      byte[] damaged = two.clone();
      damaged[at] ^= 0x55;
      assertThatThrownBy(() -> uncompress(damaged, 512))
          .as("byte %d changed", at)
          .isInstanceOf(ZipException.class);
    }
    byte[] wrongChecksum = member.clone();
    wrongChecksum[member.length - 8] ^= 1;
    assertThatThrownBy(() -> uncompress(wrongChecksum, 512))
        .isInstanceOf(ZipException.class)
        .hasMessage("the checksum does not match");
  }

  static byte[] gzip(byte[] bytes) throws IOException {
    ByteArrayOutputStream compressed = new ByteArrayOutputStream();
    try (GZIPOutputStream out = new GZIPOutputStream(compressed)) {
      out.write(bytes);
    }
    return compressed.toByteArray();
  }

  private static byte[] uncompress(byte[] compressed, int bufferSize) throws IOException {
    try (GzipInput in = new GzipInput(new ByteArrayInputStream(compressed), bufferSize)) {
      return in.readAllBytes();
    }
  }

  private static byte[] compressible(int length, Random random) {
    byte[] bytes = new byte[length];
    for (int i = 0; i < length; i++) {
      bytes[i] = (byte) (random.nextInt(10) == 0 ? random.nextInt(256) : 'a' + i % 7);
    }
    return bytes;
  }
}
