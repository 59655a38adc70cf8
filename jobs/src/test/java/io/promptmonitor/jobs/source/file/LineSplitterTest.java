package io.promptmonitor.jobs.source.file;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;

class LineSplitterTest {

  /** A line as the oracle and the splitter report it; the text of one that is too long is null. */
  private record Line(long number, long length, String text, long nextOffset) {}

  private enum Ending {
    LF("\n"),
    CRLF("\r\n");

    private final String text;

    Ending(String text) {
      this.text = text;
    }
  }

  /** Mostly short lines, some blank, some around the limit, some with stray carriage returns. */
  private enum Kind {
    EMPTY,
    BLANK,
    SHORT,
    MEDIUM,
    RETURNS,
    AT_LIMIT,
    OVER_LIMIT,
    FAR_OVER_LIMIT
  }

  @Property(tries = 300)
  void findsTheLinesThatANaiveSplitFinds(
      @ForAll @Size(max = 40) List<Kind> kinds,
      @ForAll Ending ending,
      @ForAll boolean finalNewline,
      @ForAll @IntRange(min = 1, max = 70_000) int chunkSize,
      @ForAll long seed)
      throws IOException {
    Random random = new Random(seed);
    StringBuilder text = new StringBuilder();
    int large = 0;
    for (int i = 0; i < kinds.size(); i++) {
      Kind kind = kinds.get(i);
      if (kind.compareTo(Kind.AT_LIMIT) >= 0 && ++large > 3) {
        kind = Kind.SHORT;
      }
      text.append(line(kind, random));
      if (i < kinds.size() - 1 || finalNewline) {
        text.append(ending.text);
      }
    }
    byte[] bytes = text.toString().getBytes(UTF_8);

    assertThat(split(bytes, random, chunkSize)).isEqualTo(naiveSplit(bytes));
  }

  @Property(tries = 300)
  void findsTheFirstLineFeed(
      @ForAll @Size(max = 60) byte[] bytes, @ForAll @IntRange(max = 60) int from) {
    for (int i = 0; i < bytes.length; i += 7) {
      bytes[i] = (byte) (bytes[i] % 3 == 0 ? '\n' : bytes[i]);
    }
    int start = Math.min(from, bytes.length);
    int expected = -1;
    for (int i = bytes.length - 1; i >= start; i--) {
      expected = bytes[i] == '\n' ? i : expected;
    }
    assertThat(LineSplitter.indexOfLineFeed(bytes, start, bytes.length)).isEqualTo(expected);
  }

  @Test
  void aLineIsNeverOverwrittenAfterwards() throws IOException {
    byte[] bytes = new byte[LineSplitter.MAX_LENGTH * 3];
    Arrays.fill(bytes, (byte) 'x');
    byte[] first = "{\"first\":1}\n".getBytes(UTF_8);
    System.arraycopy(first, 0, bytes, 0, first.length);

    LineSplitter lines = new LineSplitter(new ByteArrayInputStream(bytes), 1, 0, () -> 1 << 21);
    assertThat(lines.next()).isTrue();
    byte[] chunk = lines.chunk();
    int start = lines.start();
    int length = (int) lines.length();
    assertThat(lines.next()).isTrue();
    assertThat(lines.isTooLong()).isTrue();
    assertThat(lines.next()).isFalse();

    assertThat(new String(chunk, start, length, UTF_8)).isEqualTo("{\"first\":1}");
  }

  @Test
  void holdsNoMoreThanTheLongestLineOfOneThatIsTooLong() throws IOException {
    long length = 300L << 20;
    LineSplitter lines = new LineSplitter(new Endless(length), 1, 0, () -> 1 << 16);

    assertThat(lines.next()).isTrue();
    assertThat(lines.isTooLong()).isTrue();
    assertThat(lines.length()).isEqualTo(length);
    assertThat(lines.nextOffset()).isEqualTo(length);
    assertThat(lines.chunk().length).isLessThanOrEqualTo(4 * LineSplitter.MAX_LENGTH);
  }

  @Test
  void skipsAByteOrderMark() throws IOException {
    LineSplitter lines =
        new LineSplitter(
            new ByteArrayInputStream("\uFEFF{}\n\uFEFF{}".getBytes(UTF_8)), 1, 0, () -> 64);

    assertThat(lines.next()).isTrue();
    assertThat(text(lines)).isEqualTo("{}");
    assertThat(lines.next()).isTrue();
    assertThat(text(lines)).isEqualTo("\uFEFF{}");
  }

  private static String line(Kind kind, Random random) {
    return switch (kind) {
      case EMPTY -> "";
      case BLANK -> " \t".repeat(random.nextInt(3));
      case SHORT -> letters(random.nextInt(30), random);
      case MEDIUM -> letters(500 + random.nextInt(5_000), random);
      case RETURNS -> "\r" + letters(random.nextInt(4), random) + "\r".repeat(random.nextInt(3));
      case AT_LIMIT -> "y".repeat(LineSplitter.MAX_LENGTH);
      case OVER_LIMIT -> "y".repeat(LineSplitter.MAX_LENGTH + 1 + random.nextInt(3));
      case FAR_OVER_LIMIT -> "y".repeat(LineSplitter.MAX_LENGTH + random.nextInt(1 << 21));
    };
  }

  private static String letters(int count, Random random) {
    StringBuilder letters = new StringBuilder(count);
    for (int i = 0; i < count; i++) {
      letters.append("abcü{\"\u000B ".charAt(random.nextInt(8)));
    }
    return letters.toString();
  }

  private static List<Line> split(byte[] bytes, Random random, int chunkSize) throws IOException {
    LineSplitter splitter = new LineSplitter(new Dribble(bytes, random), 1, 0, () -> chunkSize);
    List<Line> lines = new ArrayList<>();
    while (splitter.next()) {
      lines.add(
          new Line(
              splitter.lineNumber(),
              splitter.length(),
              splitter.isTooLong() ? null : text(splitter),
              splitter.nextOffset()));
    }
    return lines;
  }

  private static String text(LineSplitter lines) {
    return new String(lines.chunk(), lines.start(), (int) lines.length(), UTF_8);
  }

  private static List<Line> naiveSplit(byte[] bytes) {
    List<Line> lines = new ArrayList<>();
    int start = 0;
    for (long number = 1; start < bytes.length; number++) {
      int end = start;
      while (end < bytes.length && bytes[end] != '\n') {
        end++;
      }
      int next = Math.min(end + 1, bytes.length);
      int length = end > start && bytes[end - 1] == '\r' ? end - 1 - start : end - start;
      String text = new String(bytes, start, length, UTF_8);
      if (length > LineSplitter.MAX_LENGTH) {
        lines.add(new Line(number, length, null, next));
      } else if (!text.matches("[ \t]*")) {
        lines.add(new Line(number, length, text, next));
      }
      start = next;
    }
    return lines;
  }

  /** Gives as many bytes at a time as it likes, like a stream that is being uncompressed. */
  private static final class Dribble extends InputStream {

    private final ByteArrayInputStream in;
    private final Random random;

    Dribble(byte[] bytes, Random random) {
      this.in = new ByteArrayInputStream(bytes);
      this.random = random;
    }

    @Override
    public int read() {
      return in.read();
    }

    @Override
    public int read(byte[] buffer, int offset, int length) {
      return in.read(buffer, offset, random.nextBoolean() ? length : 1 + random.nextInt(length));
    }
  }

  /** So many times the same letter. */
  private static final class Endless extends InputStream {

    private long left;

    Endless(long length) {
      this.left = length;
    }

    @Override
    public int read() {
      return left-- > 0 ? 'x' : -1;
    }

    @Override
    public int read(byte[] buffer, int offset, int length) {
      int count = (int) Math.min(left, length);
      Arrays.fill(buffer, offset, offset + count, (byte) 'x');
      left -= count;
      return count == 0 ? -1 : count;
    }
  }
}
